package io.meridian.actors;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.LabelledVip;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.PortDefinition;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** Small claims about services of {@code marathon}; the VIP name is the path without slash. */
public final class Examples {
    public static final Instant V1 = Instant.parse("2026-11-01T10:00:00Z");

    private Examples() {}

    public static ServiceId service(String path) {
        return new ServiceId("marathon", path);
    }

    public static ServiceDefinition definition(Instant version, String... vipLabels) {
        return new ServiceDefinition(
                version,
                version,
                NetworkMode.BRIDGE,
                Containerizer.MESOS,
                List.of(
                        new PortDefinition(
                                "",
                                "http",
                                new TreeSet<>(List.of(Protocol.TCP)),
                                80,
                                true,
                                Stream.of(vipLabels).map(LabelledVip::of).toList())),
                new TreeSet<>(),
                List.of());
    }

    public static TaskSighting task(String id, TaskPhase phase) {
        return task(id, V1, phase, false, Health.UNKNOWN);
    }

    public static TaskSighting task(
            String id, Instant version, TaskPhase phase, boolean unreachable, Health health) {
        return new TaskSighting(
                new TaskId(id),
                "i-" + id,
                "",
                version,
                phase,
                unreachable,
                new Agent("S1", "10.0.0.1", List.of(IpAddress.literal("10.0.0.1"))),
                unreachable ? List.of() : List.of(IpAddress.literal("172.17.0.2")),
                List.of(31000),
                health);
    }

    public static Observation seen(ServiceId service, String task, TaskPhase phase) {
        return new Observation.TaskSeen(service, task(task, phase), "TASK_" + phase);
    }

    public static Observation.Listed listed(ServiceId service, String... running) {
        return listed(service, List.of(running));
    }

    public static Observation.Listed listed(ServiceId service, Collection<String> running) {
        return new Observation.Listed(
                service,
                definition(V1, service.path() + ":80"),
                running.stream().map(id -> task(id, TaskPhase.RUNNING)).toList(),
                true,
                false);
    }

    /** A running broker of kafka, on the host's network, with a VIP. */
    public static MesosTask mesosTask(String id) {
        return mesosTask(id, TaskPhase.RUNNING);
    }

    public static MesosTask mesosTask(String id, TaskPhase phase) {
        return new MesosTask(
                new TaskId(id),
                "kafka",
                "broker-" + id,
                Optional.of(
                        new MesosTask.Discovery(
                                "broker",
                                List.of(
                                        new MesosTask.Port(
                                                9092,
                                                "tcp",
                                                "broker",
                                                new TreeMap<>(Map.of("VIP_0", "broker:9092")))))),
                phase,
                false,
                new Agent("S1", "10.0.0.1", List.of(IpAddress.literal("10.0.0.1"))),
                NetworkMode.HOST,
                Containerizer.MESOS,
                List.of(IpAddress.literal("10.0.0.1")),
                List.of(),
                List.of(),
                List.of(9092),
                List.of(),
                new TreeMap<>(),
                Health.UNKNOWN,
                false);
    }
}
