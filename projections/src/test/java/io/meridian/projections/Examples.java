package io.meridian.projections;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.BoundPort;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.LabelledVip;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.PortDefinition;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.vip.VipPoolEvent;
import io.meridian.domain.zone.NamingRules;

import java.time.Instant;
import java.util.List;
import java.util.TreeSet;

/** Example services, instances and events. */
final class Examples {
    static final NamingRules RULES = NamingRules.of("mesos");
    static final ProjectionSettings SETTINGS =
            new ProjectionSettings(500, java.time.Duration.ofMillis(5), 10_000);
    static final Instant VERSION = Instant.parse("2026-11-22T10:00:00Z");

    private Examples() {}

    static VipPoolEvent.Reserved reserved(String name, String address) {
        return new VipPoolEvent.Reserved(
                List.of(
                        new VipPoolEvent.Allocation(
                                name, new TreeSet<>(List.of(IpAddress.literal(address))))),
                new TreeSet<>());
    }

    static ServiceId service(String path) {
        return new ServiceId("marathon", path);
    }

    /** A host-mode task with one port and a VIP on it. */
    static Instance instance(String task, String agentAddress, int hostPort) {
        return instance(task, agentAddress, hostPort, "web:80");
    }

    static Instance instance(String task, String agentAddress, int hostPort, String vip) {
        return new Instance(
                new TaskId(task),
                task + "-instance",
                VERSION,
                new Agent("agent-1", agentAddress, List.of(IpAddress.literal(agentAddress))),
                List.of(IpAddress.literal(agentAddress)),
                NetworkMode.HOST,
                Containerizer.MESOS,
                List.of(
                        new BoundPort(
                                "http",
                                new TreeSet<>(List.of(Protocol.TCP)),
                                0,
                                hostPort,
                                List.of(LabelledVip.parse(vip)))),
                TaskPhase.RUNNING,
                false,
                false,
                Health.UNKNOWN);
    }

    static Instance killing(Instance one) {
        return new Instance(
                one.task(),
                one.instance(),
                one.version(),
                one.agent(),
                one.addresses(),
                one.mode(),
                one.containerizer(),
                one.ports(),
                TaskPhase.KILLING,
                one.unreachable(),
                one.healthChecked(),
                one.health());
    }

    static ServiceDefinition definition() {
        return definition("web:80");
    }

    static ServiceDefinition definition(String vip) {
        return new ServiceDefinition(
                VERSION,
                VERSION,
                NetworkMode.HOST,
                Containerizer.MESOS,
                List.of(
                        new PortDefinition(
                                "",
                                "http",
                                new TreeSet<>(List.of(Protocol.TCP)),
                                0,
                                true,
                                List.of(LabelledVip.parse(vip)))),
                new TreeSet<>(),
                List.of());
    }

    /** A journal entry that holds these events. */
    static SequencedEvent<ServiceEventBatch> entry(long sequenceNr, ServiceEvent... events) {
        ServiceEventBatch batch = new ServiceEventBatch(List.of(events));
        return new SequencedEvent<>(batch.service().toString(), sequenceNr, batch);
    }

    static ServiceEvent started(String path, Instance instance) {
        return new ServiceEvent.InstanceStarted(service(path), instance);
    }

    static ServiceEvent changed(String path, Instance instance) {
        return new ServiceEvent.InstanceChanged(service(path), instance);
    }

    static ServiceEvent ended(String path, String task) {
        return new ServiceEvent.InstanceEnded(service(path), new TaskId(task), "TASK_KILLED");
    }

    static ServiceEvent defined(String path) {
        return new ServiceEvent.DefinitionRevised(service(path), definition());
    }
}
