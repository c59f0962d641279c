package io.meridian.domain.service;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Factories of observations. */
final class Claims {
    static final ServiceId WEB = new ServiceId("marathon", "/shop/web");
    static final Instant V1 = Instant.parse("2026-11-01T00:00:00Z");
    static final Instant V2 = Instant.parse("2026-11-02T00:00:00Z");
    static final Agent AGENT =
            new Agent("a-S1", "10.0.4.17", List.of(IpAddress.literal("10.0.4.17")));

    private Claims() {}

    static ServiceDefinition definition(Instant version, Instant since, String... healthChecked) {
        PortDefinition http =
                new PortDefinition(
                        "",
                        "http",
                        new TreeSet<>(Set.of(Protocol.TCP)),
                        80,
                        true,
                        List.of(LabelledVip.of("web:80")));
        PortDefinition inner =
                new PortDefinition(
                        "", "inner", new TreeSet<>(Set.of(Protocol.TCP)), 9090, false, List.of());
        PortDefinition dns =
                new PortDefinition(
                        "", "dns", new TreeSet<>(Set.of(Protocol.UDP)), 0, true, List.of());
        return new ServiceDefinition(
                version,
                since,
                NetworkMode.BRIDGE,
                Containerizer.MESOS,
                List.of(http, inner, dns),
                new TreeSet<>(List.of(healthChecked)),
                List.of());
    }

    static TaskSighting sighting(String task, TaskPhase phase) {
        return sighting(task, phase, V1, false, Health.UNKNOWN);
    }

    static TaskSighting sighting(
            String task, TaskPhase phase, Instant version, boolean unreachable, Health health) {
        boolean runs = phase == TaskPhase.RUNNING && !unreachable;
        return new TaskSighting(
                new TaskId(task),
                "instance-of-" + task,
                "",
                version,
                phase,
                unreachable,
                AGENT,
                runs ? List.of(IpAddress.literal("172.17.0.2")) : List.of(),
                List.of(31000, 31001),
                health);
    }

    static Observation.TaskSeen seen(String task, TaskPhase phase) {
        return new Observation.TaskSeen(WEB, sighting(task, phase), "TASK_" + phase);
    }

    static Observation.Defined defined(ServiceDefinition definition) {
        return new Observation.Defined(WEB, definition);
    }

    static Observation.Listed listed(ServiceDefinition definition, TaskSighting... tasks) {
        return new Observation.Listed(WEB, definition, List.of(tasks), true, false);
    }

    static Service after(Observation... claims) {
        return after(Service.empty(WEB), claims);
    }

    static Service after(Service state, Observation... claims) {
        Service now = state;
        for (Observation claim : claims) {
            now = now.apply(now.decide(claim));
        }
        return now;
    }
}
