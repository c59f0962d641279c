package io.meridian.controlplane.admin;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.Vip;
import io.meridian.ipvs.AffectedServers;
import io.meridian.ipvs.GracefulTransition;
import io.meridian.ipvs.reconcile.Failure;
import io.meridian.ipvs.reconcile.IpvsStatus;
import io.meridian.ipvs.reconcile.NamespaceStatus;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Problems of each VIP on this node: refused labels, conflicting options, kernel refusals and
 * backends that get no connections. Pure; an instance serves one answer.
 */
final class VipProblems {
    private final Map<Endpoint, List<Vip>> sharing = new HashMap<>();
    private final Map<Endpoint, List<Reported>> ofServers = new HashMap<>();
    private final Map<IpAddress, List<Reported>> ofAddresses = new HashMap<>();
    private final Map<Endpoint, SortedMap<Endpoint, GracefulTransition.Drain>> drains =
            new HashMap<>();
    private final UnaryOperator<Instant> wall;

    /**
     * @param vips all of an image, sorted
     * @param dataPlane adds what this node's writers have reported
     * @param wall converts times of the writers' clock to wall time
     */
    VipProblems(List<Vip> vips, Optional<DataPlane> dataPlane, UnaryOperator<Instant> wall) {
        this.wall = wall;
        vips.forEach(vip -> sharing.computeIfAbsent(server(vip), _ -> new ArrayList<>(1)).add(vip));
        dataPlane.ifPresent(
                plane -> {
                    plane.status().ifPresent(this::addHost);
                    addContainers(plane.namespaces());
                });
    }

    /**
     * A row that a writer could not bring to its desired state.
     *
     * @param containers whose network namespaces have the problem; empty for the host's
     */
    private record Reported(Failure failure, Optional<Instant> nextTry, List<String> containers) {
        static Reported of(Failure failure, IpvsStatus status) {
            return new Reported(
                    failure,
                    failure.nextTry().or(() -> status.lastRound().nextTry()),
                    new ArrayList<>(0));
        }
    }

    private void addHost(IpvsStatus status) {
        status.failures().forEach(failure -> add(Reported.of(failure, status)));
        status.fallbacks().forEach(failure -> add(Reported.of(failure, status)));
        status.table()
                .draining()
                .forEach(
                        (key, drain) ->
                                drains.computeIfAbsent(key.server(), _ -> new TreeMap<>())
                                        .put(key.real(), drain));
    }

    /** Reports one row once for all containers that have it, because there may be hundreds. */
    private void addContainers(List<NamespaceStatus> namespaces) {
        SortedMap<String, Reported> byRow = new TreeMap<>();
        for (NamespaceStatus namespace : namespaces) {
            if (namespace.status().isPresent()) {
                IpvsStatus status = namespace.status().get();
                for (Failure failure : status.failures()) {
                    byRow.computeIfAbsent(failure.row(), _ -> Reported.of(failure, status))
                            .containers()
                            .add(namespace.container());
                }
            }
        }
        byRow.values().forEach(this::add);
    }

    private void add(Reported reported) {
        switch (reported.failure().affected()) {
            case AffectedServers.Listed one ->
                    one.servers()
                            .forEach(
                                    server ->
                                            ofServers
                                                    .computeIfAbsent(server, _ -> new ArrayList<>())
                                                    .add(reported));
            case AffectedServers.AtAddress one ->
                    ofAddresses
                            .computeIfAbsent(one.address(), _ -> new ArrayList<>())
                            .add(reported);
            case AffectedServers.All _ -> {} // concerns every VIP: /api/nodes shows it
        }
    }

    private static Endpoint server(Vip vip) {
        return new Endpoint(vip.address(), vip.key().port(), vip.key().protocol());
    }

    /** The problems of one VIP, in the order: labels, kernel, backends, drains. */
    List<VipProblem> of(Vip vip) {
        Endpoint server = server(vip);
        List<VipProblem> problems = new ArrayList<>();
        vip.refused().forEach(sentence -> problems.add(VipProblem.of("label", sentence)));
        vip.conflicts().forEach(sentence -> problems.add(VipProblem.of("options", sentence)));
        List<Vip> all = sharing.getOrDefault(server, List.of());
        if (all.size() > 1) {
            problems.add(VipProblem.of("address", shared(server, all)));
        }
        ofAddresses.getOrDefault(vip.address(), List.of()).forEach(one -> problems.add(of(one)));
        ofServers.getOrDefault(server, List.of()).forEach(one -> problems.add(of(one)));
        problems.addAll(backendProblems(vip));
        drained(drains.getOrDefault(server, new TreeMap<>())).ifPresent(problems::add);
        return problems;
    }

    private static String shared(Endpoint server, List<Vip> vips) {
        return String.join(" and ", vips.stream().map(vip -> vip.key().toString()).toList())
                + " share virtual server "
                + server
                + " and its backends; the options of "
                + vips.getFirst().key()
                + ", the first by name, apply";
    }

    private VipProblem of(Reported reported) {
        Failure failure = reported.failure();
        return new VipProblem(
                failure.kind().label(),
                failure.message(),
                null,
                failure.row(),
                failure.errno().isEmpty() ? null : failure.errno(),
                wall.apply(failure.since()).toString(),
                null,
                failure.tries() > 0 ? failure.tries() : null,
                reported.nextTry().map(at -> wall.apply(at).toString()).orElse(null),
                reported.containers().isEmpty() ? null : List.copyOf(reported.containers()));
    }

    private static List<VipProblem> backendProblems(Vip vip) {
        List<VipProblem> problems = new ArrayList<>();
        held(
                        vip,
                        backend -> backend.state() == BackendState.DRAINING,
                        "draining",
                        "task is stopping or unhealthy: no new connections")
                .ifPresent(problems::add);
        held(
                        vip,
                        backend ->
                                isLost(backend)
                                        && backend.row().state() == BackendState.UNREACHABLE,
                        "unreachable",
                        "Mesos has lost contact with the agent: " + effectOfLostAgent(vip))
                .ifPresent(problems::add);
        held(
                        vip,
                        backend ->
                                isLost(backend)
                                        && backend.row().state() != BackendState.UNREACHABLE,
                        "unreachable",
                        "this node's cluster has lost contact with the agent: "
                                + effectOfLostAgent(vip))
                .ifPresent(problems::add);
        if (vip.backends().stream().noneMatch(backend -> backend.weight() > 0)) {
            problems.add(VipProblem.of("unserved", "no backend takes new connections"));
        }
        return problems;
    }

    private static boolean isLost(Vip.Backend backend) {
        return backend.state() == BackendState.UNREACHABLE;
    }

    private static String effectOfLostAgent(Vip vip) {
        return vip.backends().stream().anyMatch(backend -> isLost(backend) && backend.weight() > 0)
                ? "takes connections all the same, because no other backend is left"
                : "no new connections until the agent is back";
    }

    private static Optional<VipProblem> held(
            Vip vip, Predicate<Vip.Backend> which, String kind, String message) {
        List<String> backends =
                vip.backends().stream()
                        .filter(which)
                        .map(backend -> backend.endpoint().toString())
                        .toList();
        return backends.isEmpty()
                ? Optional.empty()
                : Optional.of(VipProblem.of(kind, message, backends));
    }

    private Optional<VipProblem> drained(SortedMap<Endpoint, GracefulTransition.Drain> leaving) {
        if (leaving.isEmpty()) {
            return Optional.empty();
        }
        Instant since =
                leaving.values().stream()
                        .map(GracefulTransition.Drain::since)
                        .min(Instant::compareTo)
                        .orElseThrow();
        Instant until =
                leaving.values().stream()
                        .map(GracefulTransition.Drain::deadline)
                        .max(Instant::compareTo)
                        .orElseThrow();
        return Optional.of(
                new VipProblem(
                        "draining",
                        "removed from the VIP: open connections continue until they end",
                        leaving.keySet().stream().map(Endpoint::toString).toList(),
                        null,
                        null,
                        wall.apply(since).toString(),
                        wall.apply(until).toString(),
                        null,
                        null,
                        null));
    }
}
