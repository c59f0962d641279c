package io.meridian.domain;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.BoundPort;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.LabelledVip;
import io.meridian.domain.service.MesosFacts;
import io.meridian.domain.service.MesosPorts;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Builds instances for tests: a running Mesos container on a bridge, without health checks, unless
 * told otherwise.
 */
public final class Running {
    private String task = "web.1";
    private Agent agent =
            new Agent("20261122-101010-1-S7", "192.0.2.7", List.of(IpAddress.literal("192.0.2.7")));
    private List<IpAddress> addresses = List.of(IpAddress.literal("172.31.254.5"));
    private NetworkMode mode = NetworkMode.BRIDGE;
    private Containerizer containerizer = Containerizer.MESOS;
    private final List<BoundPort> ports = new ArrayList<>();
    private TaskPhase phase = TaskPhase.RUNNING;
    private boolean unreachable;
    private boolean healthChecked;
    private Health health = Health.UNKNOWN;

    public static Running task(String id) {
        Running running = new Running();
        running.task = id;
        return running;
    }

    public Running agent(String id, String... addresses) {
        agent = new Agent(id, "agent.example.org", ips(addresses));
        return this;
    }

    /** Mesos's {@code --hostname} of the agent; to be called after {@link #agent}. */
    public Running host(String name) {
        agent = new Agent(agent.id(), name, agent.addresses());
        return this;
    }

    public Running addresses(String... addresses) {
        this.addresses = ips(addresses);
        return this;
    }

    public Running mode(NetworkMode mode) {
        this.mode = mode;
        return this;
    }

    public Running containerizer(Containerizer containerizer) {
        this.containerizer = containerizer;
        return this;
    }

    /**
     * @param vipLabels as {@link LabelledVip#toString()} writes them
     */
    public Running port(
            String name, String protocols, int containerPort, int hostPort, String... vipLabels) {
        ports.add(
                new BoundPort(
                        name,
                        protocols(protocols),
                        containerPort,
                        hostPort,
                        Stream.of(vipLabels).map(LabelledVip::parse).toList()));
        return this;
    }

    public Running phase(TaskPhase phase) {
        this.phase = phase;
        return this;
    }

    public Running unreachable() {
        unreachable = true;
        return this;
    }

    public Running checked(Health health) {
        healthChecked = true;
        this.health = health;
        return this;
    }

    public Running health(Health health) {
        this.health = health;
        return this;
    }

    public Instance build() {
        return new Instance(
                new TaskId(task),
                "instance-of-" + task,
                Instant.EPOCH,
                agent,
                addresses,
                mode,
                containerizer,
                ports,
                phase,
                unreachable,
                healthChecked,
                health);
    }

    /**
     * An instance with what Mesos tells of it.
     *
     * @param alone whether nobody else does
     */
    public static Instance ofMesos(NetworkMode mode, boolean discovered, boolean alone) {
        MesosFacts facts =
                new MesosFacts(
                        alone,
                        "Broker.0",
                        discovered
                                ? Optional.of(
                                        new MesosTask.Discovery(
                                                "Broker.Kafka",
                                                List.of(
                                                        new MesosTask.Port(
                                                                9092,
                                                                "udp,tcp",
                                                                "client",
                                                                new TreeMap<>(
                                                                        Map.of("VIP", "b:9092"))))))
                                : Optional.empty(),
                        ips("172.17.0.9"),
                        ips("9.0.0.9"),
                        List.of(31000, 31001),
                        List.of(new MesosTask.PortMapping(31001, 9092, "tcp")),
                        new TreeMap<>(Map.of("vip_port0", "tcp://1.2.3.4:80")),
                        new TreeSet<>());
        Instance told = task("broker.1").mode(mode).addresses("9.0.0.5", "fd01:b::5").build();
        return new Instance(
                told.task(),
                told.instance(),
                told.version(),
                told.agent(),
                told.addresses(),
                mode,
                told.containerizer(),
                MesosPorts.of(facts, mode).ports(),
                told.phase(),
                told.unreachable(),
                told.healthChecked(),
                told.health(),
                Optional.of(facts));
    }

    /** {@code tcp}, {@code udp}, {@code udp,tcp} or nothing. */
    public static SortedSet<Protocol> protocols(String text) {
        SortedSet<Protocol> protocols = new TreeSet<>();
        for (String part : text.isEmpty() ? Set.<String>of() : Set.of(text.split(","))) {
            protocols.add(Protocol.parse(part).orElseThrow());
        }
        return protocols;
    }

    private static List<IpAddress> ips(String... texts) {
        return List.of(texts).stream().map(IpAddress::literal).toList();
    }
}
