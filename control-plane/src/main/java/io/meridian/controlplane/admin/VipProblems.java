package io.meridian.controlplane.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

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
 * What is not as a VIP's labels ask, or held back, on the node that is asked: what the tables know
 * and what the node's writers have reported, sorted out by VIP. Pure; made for one answer.
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
     * @param wall from the writers' clock to the wall's
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
     * A row as writers tell of it.
     *
     * @param containers in whose network namespaces; empty for the host's
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

    /** One for all containers that have the same; there may be hundreds of them. */
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
            case AffectedServers.All _ -> {} // the node's status shows it
        }
    }

    private static Endpoint server(Vip vip) {
        return new Endpoint(vip.address(), vip.key().port(), vip.key().protocol());
    }

    /** Adds what concerns that VIP: what is asked for, what the kernel says, who is held back. */
    void put(Vip vip, ArrayNode problems) {
        Endpoint server = server(vip);
        vip.refused().forEach(sentence -> add(problems, "label", sentence));
        vip.conflicts().forEach(sentence -> add(problems, "options", sentence));
        List<Vip> all = sharing.getOrDefault(server, List.of());
        if (all.size() > 1) {
            add(problems, "address", shared(server, all));
        }
        ofAddresses.getOrDefault(vip.address(), List.of()).forEach(one -> add(problems, one));
        ofServers.getOrDefault(server, List.of()).forEach(one -> add(problems, one));
        heldBack(vip, problems);
        drained(drains.getOrDefault(server, new TreeMap<>()), problems);
    }

    private static String shared(Endpoint server, List<Vip> vips) {
        return String.join(" and ", vips.stream().map(vip -> vip.key().toString()).toList())
                + " are one virtual server, "
                + server
                + ", with the backends of all; options are those of "
                + vips.getFirst().key()
                + ", the first by name";
    }

    private void add(ArrayNode problems, Reported reported) {
        Failure failure = reported.failure();
        ObjectNode problem = add(problems, failure.kind().label(), failure.message());
        problem.put("row", failure.row());
        if (!failure.errno().isEmpty()) {
            problem.put("errno", failure.errno());
        }
        problem.put("since", wall.apply(failure.since()).toString());
        if (failure.tries() > 0) {
            problem.put("tries", failure.tries());
        }
        reported.nextTry().ifPresent(at -> problem.put("next_try", wall.apply(at).toString()));
        if (!reported.containers().isEmpty()) {
            ArrayNode containers = problem.putArray("containers");
            reported.containers().forEach(containers::add);
        }
    }

    private static ObjectNode add(ArrayNode problems, String kind, String message) {
        return problems.addObject().put("kind", kind).put("message", message);
    }

    private static void heldBack(Vip vip, ArrayNode problems) {
        held(
                vip,
                backend -> backend.state() == BackendState.DRAINING,
                "draining",
                "told to stop, or not healthy: no new connections",
                problems);
        held(
                vip,
                backend -> isLost(backend) && backend.row().state() == BackendState.UNREACHABLE,
                "unreachable",
                "Mesos has lost contact with the agent: " + whatOfTheLost(vip),
                problems);
        held(
                vip,
                backend -> isLost(backend) && backend.row().state() != BackendState.UNREACHABLE,
                "unreachable",
                "this node's cluster has lost contact with the agent: " + whatOfTheLost(vip),
                problems);
        if (vip.backends().stream().noneMatch(backend -> backend.weight() > 0)) {
            add(problems, "unserved", "no backend takes new connections");
        }
    }

    private static boolean isLost(Vip.Backend backend) {
        return backend.state() == BackendState.UNREACHABLE;
    }

    private static String whatOfTheLost(Vip vip) {
        return vip.backends().stream().anyMatch(backend -> isLost(backend) && backend.weight() > 0)
                ? "kept in service all the same, as nobody else is left"
                : "no new connections until it is back";
    }

    private static void held(
            Vip vip,
            Predicate<Vip.Backend> which,
            String kind,
            String message,
            ArrayNode problems) {
        List<Vip.Backend> backends = vip.backends().stream().filter(which).toList();
        if (!backends.isEmpty()) {
            ArrayNode list = add(problems, kind, message).putArray("backends");
            backends.forEach(backend -> list.add(backend.endpoint().toString()));
        }
    }

    private void drained(
            SortedMap<Endpoint, GracefulTransition.Drain> leaving, ArrayNode problems) {
        if (leaving.isEmpty()) {
            return;
        }
        ObjectNode problem =
                add(
                        problems,
                        "draining",
                        "gone from the VIP: the kernel keeps their connections until they end");
        leaving.values().stream()
                .map(GracefulTransition.Drain::since)
                .min(Instant::compareTo)
                .ifPresent(since -> problem.put("since", wall.apply(since).toString()));
        leaving.values().stream()
                .map(GracefulTransition.Drain::deadline)
                .max(Instant::compareTo)
                .ifPresent(until -> problem.put("until", wall.apply(until).toString()));
        ArrayNode list = problem.putArray("backends");
        leaving.keySet().forEach(real -> list.add(real.toString()));
    }
}
