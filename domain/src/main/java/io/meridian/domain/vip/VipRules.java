package io.meridian.domain.vip;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.BoundPort;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.LabelledVip;
import io.meridian.domain.service.MesosPorts;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.PortDefinition;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.table.Owner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Derives the VIPs that a service requests, and the backends of an instance (specs: dcos-net 2.1,
 * 2.2).
 *
 * @param literals the addresses that may be IP VIPs
 * @param backends the endpoints of tasks
 */
public record VipRules(LiteralRules literals, BackendRules backends) {
    /**
     * Version of the rules; each change that gives other rows for an instance increments it, and
     * the database's rows are rebuilt.
     */
    public static final int VERSION = 2;

    /** Rules that allow IP VIPs at every unicast address, and backends at every address. */
    public static final VipRules ANY_LITERAL =
            new VipRules(LiteralRules.anyAddress(), new BackendRules(true));

    /** The VIPs that the labels of a definition request. */
    public SortedSet<VipKey> keys(ServiceId service, ServiceDefinition definition) {
        SortedSet<VipKey> keys = new TreeSet<>();
        for (PortDefinition port : definition.ports()) {
            for (LabelledVip label : port.vipLabels()) {
                if (parse(service, port, label) instanceof VipLabel.Keys found) {
                    keys.addAll(found.keys());
                }
            }
        }
        return keys;
    }

    /** The VIPs that the ports of an instance request. */
    public SortedSet<VipKey> keys(ServiceId service, List<BoundPort> ports) {
        SortedSet<VipKey> keys = new TreeSet<>();
        ports.forEach(port -> keys.addAll(asked(service, port).keySet()));
        return keys;
    }

    /** The invalid labels of a definition, one sentence each, in definition order. */
    public List<String> refusals(ServiceId service, ServiceDefinition definition) {
        return definition.ports().stream()
                .flatMap(
                        port -> port.vipLabels().stream().map(label -> parse(service, port, label)))
                .flatMap(
                        parsed ->
                                switch (parsed) {
                                    case VipLabel.Keys _ -> Stream.<String>empty();
                                    case VipLabel.Refused refused -> Stream.of(refused.sentence());
                                })
                .distinct()
                .toList();
    }

    /** The labels without effect of a task that only Mesos reports, one sentence each. */
    public List<String> refusals(ServiceId service, Instance instance) {
        List<String> all = new ArrayList<>();
        instance.mesosOnly()
                .ifPresent(
                        facts ->
                                MesosPorts.of(facts, instance.mode())
                                        .refusals()
                                        .forEach(
                                                one ->
                                                        all.add(
                                                                "label " + one.key() + "="
                                                                        + one.why())));
        for (BoundPort port : instance.ports()) {
            for (LabelledVip label : port.vipLabels()) {
                if (parse(service, label, port.protocols()) instanceof VipLabel.Refused refused) {
                    all.add(refused.sentence());
                }
            }
        }
        return all.stream().distinct().toList();
    }

    /**
     * The reasons why a running task is no backend of a VIP that its ports request, one sentence
     * for each VIP; without the task's id, so that tasks with one reason have one sentence.
     */
    public List<String> withoutBackend(ServiceId service, Instance instance) {
        if (instance.phase() != TaskPhase.RUNNING) {
            return List.of();
        }
        List<String> all = new ArrayList<>();
        for (BoundPort port : instance.ports()) {
            for (VipKey key : asked(service, port).keySet()) {
                backends.refusal(key, port, instance)
                        .ifPresent(
                                why ->
                                        all.add(
                                                "VIP %s has no backend at a task of the service: the task %s"
                                                        .formatted(key, why)));
            }
        }
        return all;
    }

    /**
     * The backends of one instance, for every VIP of its ports.
     *
     * <p>A port that has a host port is reached there, at the agent's first address of each family;
     * otherwise at every address of the task, unless that is on a bridge, whose addresses mean
     * nothing outside the agent. An IP VIP takes backends of its own family only. While the agent's
     * addresses are unknown, a task in host mode has them.
     *
     * @return sorted, without duplicates; empty while the instance has not passed the first of its
     *     health checks
     */
    public List<VipRow.Backend> rows(ServiceId service, Instance instance) {
        Optional<BackendState> state = state(instance);
        if (state.isEmpty()) {
            return List.of();
        }
        String owner = Owner.of(service, instance.task());
        SortedSet<VipRow.Backend> rows = new TreeSet<>();
        for (BoundPort port : instance.ports()) {
            asked(service, port)
                    .forEach(
                            (key, label) ->
                                    addRows(key, label, port, instance, owner, state.get(), rows));
        }
        return List.copyOf(rows);
    }

    /** Merges labels that name one VIP in two spellings; the first label's value counts. */
    private SortedMap<VipKey, LabelledVip> asked(ServiceId service, BoundPort port) {
        SortedMap<VipKey, LabelledVip> asked = new TreeMap<>();
        for (LabelledVip label : port.vipLabels()) {
            if (parse(service, label, port.protocols()) instanceof VipLabel.Keys found) {
                found.keys()
                        .forEach(
                                key ->
                                        asked.merge(
                                                key,
                                                label,
                                                (first, next) ->
                                                        new LabelledVip(
                                                                first.value(),
                                                                first.protocol(),
                                                                first.weight(),
                                                                first.options()
                                                                        .over(next.options()))));
            }
        }
        return asked;
    }

    private void addRows(
            VipKey key,
            LabelledVip label,
            BoundPort port,
            Instance instance,
            String owner,
            BackendState state,
            SortedSet<VipRow.Backend> rows) {
        for (Endpoint endpoint : backends.endpoints(key, port, instance)) {
            rows.add(
                    new VipRow.Backend(
                            key,
                            endpoint,
                            owner,
                            instance.agent().id(),
                            local(port, endpoint, instance),
                            state,
                            state == BackendState.SERVING ? label.weight() : 0,
                            label.options(),
                            agentAddress(endpoint, instance.agent())));
        }
    }

    /** The agent's address that identifies its node in the cluster: IPv4 before IPv6. */
    private static Optional<IpAddress> agentAddress(Endpoint endpoint, Agent agent) {
        return BackendRules.first(agent.addresses(), true)
                .or(() -> BackendRules.first(agent.addresses(), false))
                .filter(address -> !address.equals(endpoint.address()));
    }

    /**
     * The state of a backend. Draining takes precedence over unreachable: an unreachable backend
     * may serve as a last resort, a stopping or unhealthy one may not.
     */
    private static Optional<BackendState> state(Instance instance) {
        return switch (instance.phase()) {
            case STAGING, STARTING, GONE -> Optional.empty();
            case KILLING -> Optional.of(BackendState.DRAINING);
            case RUNNING -> {
                if (instance.health() == Health.UNHEALTHY) {
                    yield Optional.of(BackendState.DRAINING);
                }
                if (instance.healthChecked() && instance.health() == Health.UNKNOWN) {
                    yield Optional.empty();
                }
                yield Optional.of(
                        instance.unreachable() ? BackendState.UNREACHABLE : BackendState.SERVING);
            }
        };
    }

    /**
     * The endpoint on the task's own agent. Docker's rules let a container reach its agent's mapped
     * port; those for Mesos containers do not.
     */
    private static Optional<Endpoint> local(BoundPort port, Endpoint endpoint, Instance instance) {
        if (port.hostPort() == 0
                || instance.mode() == NetworkMode.HOST
                || instance.containerizer() == Containerizer.DOCKER) {
            return Optional.empty();
        }
        int containerPort = port.containerPort() == 0 ? port.hostPort() : port.containerPort();
        return BackendRules.first(instance.addresses(), endpoint.address().isIpv4())
                .map(address -> new Endpoint(address, containerPort, endpoint.protocol()));
    }

    private VipLabel parse(ServiceId service, PortDefinition port, LabelledVip label) {
        if (!port.hasHostPort() && port.containerPort() == 0) {
            return VipLabel.refused(
                    label.value(),
                    "is on a port that has neither a host port nor a container port");
        }
        return parse(service, label, port.protocols());
    }

    private VipLabel parse(ServiceId service, LabelledVip label, SortedSet<Protocol> ofPort) {
        return VipLabel.parse(
                label.value(),
                service.frameworkName(),
                label.protocol().<Set<Protocol>>map(Set::of).orElse(ofPort),
                literals);
    }
}
