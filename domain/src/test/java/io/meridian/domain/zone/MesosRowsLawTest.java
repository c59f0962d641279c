package io.meridian.domain.zone;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.mesos.HostPort;
import io.meridian.domain.mesos.MesosCluster;
import io.meridian.domain.mesos.MesosView;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Labels.HostNameRule;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Observations of a master's state become instances and events of the cluster, and those become
 * rows. The rows equal those that {@link MesosRules} derives from the whole state at once.
 */
class MesosRowsLawTest {
    private static final Map<String, List<IpAddress>> HOSTS =
            Map.of(
                    "both.example.org",
                    List.of(IpAddress.literal("192.0.2.20"), IpAddress.literal("2001:db8::20")));

    @Property
    void rowsOfSingleObservationsEqualThoseOfTheWholeState(@ForAll Random random) {
        MesosDnsRules names = names(random);
        MesosView view = view(random);
        MesosRules whole = new MesosRules(names, "ns.elsewhere.example", List.of());

        assertThat(byWayOfClaims(names, view, random))
                .isEqualTo(texts(whole.rows(view, MesosRowsLawTest::resolve)));
    }

    private static SortedSet<String> byWayOfClaims(
            MesosDnsRules names, MesosView view, Random random) {
        NamingRules rules = new NamingRules(names, false, false, false, new TreeSet<>());
        ClusterRules clusterRules = new ClusterRules(names, true);
        List<ZoneRow> rows = new ArrayList<>();
        Map<ServiceId, Service> services = new HashMap<>();
        List<Observation> claims = new ArrayList<>(claims(view));
        Collections.shuffle(claims, random);
        for (Observation claim : claims) {
            services.compute(
                    claim.service(),
                    (id, state) -> {
                        Service before = state == null ? Service.empty(id) : state;
                        return before.apply(before.decide(claim));
                    });
        }
        services.forEach(
                (id, service) ->
                        service.live()
                                .values()
                                .forEach(instance -> rows.addAll(rules.rows(id, instance))));
        MesosCluster cluster = MesosCluster.empty();
        cluster = cluster.apply(cluster.decide(clusterClaims(view)));
        rows.addAll(clusterRules.rows(cluster.masters()));
        cluster.agents().values().forEach(agent -> rows.addAll(clusterRules.rows(agent)));
        cluster.frameworks().values().forEach(one -> rows.addAll(clusterRules.rows(one)));
        return texts(rows);
    }

    private static List<ClusterClaim> clusterClaims(MesosView view) {
        List<ClusterClaim.AgentSeen> agents =
                view.agents().stream()
                        .map(
                                agent ->
                                        new ClusterClaim.AgentSeen(
                                                agent.id(),
                                                agent.pid(),
                                                "host-of-" + agent.id(),
                                                pidAddresses(agent.pid())))
                        .toList();
        List<ClusterClaim.FrameworkSeen> frameworks = new ArrayList<>();
        for (MesosView.Framework framework : view.frameworks()) {
            frameworks.add(
                    new ClusterClaim.FrameworkSeen(
                            "f" + frameworks.size(),
                            framework.name(),
                            framework.pid(),
                            framework.hostname(),
                            framework.pid().isEmpty()
                                    ? literalOr(framework.hostname())
                                    : pidAddresses(framework.pid())));
        }
        return List.of(
                new ClusterClaim.Masters(view.leader(), view.masters()),
                new ClusterClaim.ClusterListed(agents, frameworks));
    }

    /** The observations that a source emits for a state. */
    private static List<Observation> claims(MesosView view) {
        List<Observation> claims = new ArrayList<>();
        for (MesosView.Framework framework : view.frameworks()) {
            for (MesosView.Task task : framework.tasks()) {
                MesosTask claim = task(framework.name(), task, view);
                claim.service()
                        .ifPresent(
                                id ->
                                        claims.add(
                                                new Observation.MesosTaskSeen(
                                                        id, claim, true, task.state())));
            }
        }
        return claims;
    }

    private static MesosTask task(String framework, MesosView.Task task, MesosView view) {
        Optional<MesosView.Status> status =
                task.statuses().stream()
                        .filter(one -> one.state().equals("TASK_RUNNING"))
                        .filter(MesosRowsLawTest::hasAddresses)
                        .reduce((a, b) -> b.timestamp() > a.timestamp() ? b : a);
        Optional<MesosTask.Discovery> discovery =
                task.discovery().equals(MesosView.Discovery.NONE)
                        ? Optional.empty()
                        : Optional.of(
                                new MesosTask.Discovery(
                                        task.discovery().name(),
                                        task.discovery().ports().stream()
                                                .map(
                                                        port ->
                                                                new MesosTask.Port(
                                                                        port.number(),
                                                                        port.protocol(),
                                                                        port.name(),
                                                                        new TreeMap<>()))
                                                .toList()));
        return new MesosTask(
                new TaskId(task.id()),
                framework,
                task.name(),
                discovery,
                switch (task.state()) {
                    case "TASK_STAGING" -> TaskPhase.STAGING;
                    case "TASK_STARTING" -> TaskPhase.STARTING;
                    case "TASK_RUNNING", "TASK_UNREACHABLE" -> TaskPhase.RUNNING;
                    case "TASK_KILLING" -> TaskPhase.KILLING;
                    default -> TaskPhase.GONE;
                },
                task.state().equals("TASK_UNREACHABLE"),
                view.agents().stream()
                        .filter(agent -> agent.id().equals(task.agent()))
                        .findFirst()
                        .map(
                                agent ->
                                        new Agent(
                                                agent.id(),
                                                "host-of-" + agent.id(),
                                                pidAddresses(agent.pid())))
                        .orElseGet(() -> new Agent(task.agent(), "", List.of())),
                NetworkMode.CONTAINER,
                Containerizer.MESOS,
                addresses(networkAddresses(status.stream())),
                addresses(labels(status, "Docker.NetworkSettings.IPAddress")),
                addresses(labels(status, "MesosContainerizer.NetworkSettings.IPAddress")),
                PortRanges.parse(task.ports()),
                List.of(),
                new TreeMap<>(),
                Health.UNKNOWN,
                false);
    }

    /** A source keeps the addresses of the status before a status that has none. */
    private static boolean hasAddresses(MesosView.Status status) {
        return !addresses(
                        Stream.of(
                                        networkAddresses(Stream.of(status)),
                                        labels(
                                                Optional.of(status),
                                                "Docker.NetworkSettings.IPAddress"),
                                        labels(
                                                Optional.of(status),
                                                "MesosContainerizer.NetworkSettings.IPAddress"))
                                .flatMap(texts -> texts))
                .isEmpty();
    }

    private static Stream<String> networkAddresses(Stream<MesosView.Status> statuses) {
        return statuses.flatMap(one -> one.networks().stream())
                .flatMap(
                        info ->
                                info.addresses().isEmpty()
                                        ? Stream.of(info.address())
                                        : info.addresses().stream());
    }

    private static Stream<String> labels(Optional<MesosView.Status> status, String key) {
        return status.stream()
                .flatMap(one -> one.labels().stream())
                .filter(label -> label.key().equals(key))
                .map(MesosView.Label::value);
    }

    private static List<IpAddress> addresses(Stream<String> texts) {
        return texts.flatMap(text -> IpAddress.parse(text).stream()).distinct().toList();
    }

    private static List<IpAddress> pidAddresses(String pid) {
        return HostPort.ofPid(pid).map(at -> literalOr(at.host())).orElse(List.of());
    }

    private static List<IpAddress> literalOr(String host) {
        return IpAddress.parse(host).map(List::of).orElseGet(() -> resolve(host));
    }

    private static List<IpAddress> resolve(String host) {
        return HOSTS.getOrDefault(host, List.of());
    }

    private static SortedSet<String> texts(List<ZoneRow> rows) {
        SortedSet<String> texts = new TreeSet<>();
        rows.forEach(
                row ->
                        texts.add(
                                row.zone()
                                        + ": "
                                        + row.name()
                                        + " "
                                        + row.type()
                                        + " "
                                        + row.data()));
        return texts;
    }

    private static MesosDnsRules names(Random random) {
        List<IpSource> sources = new ArrayList<>(List.of(IpSource.values()));
        Collections.shuffle(sources, random);
        return new MesosDnsRules(
                random.nextBoolean() ? "mesos" : "a.example",
                sources.subList(0, 1 + random.nextInt(sources.size())),
                random.nextInt(4) == 0 ? HostNameRule.RFC952 : HostNameRule.RFC1123,
                random.nextInt(3));
    }

    private static MesosView view(Random random) {
        List<String> pids =
                List.of(
                        "slave(1)@192.0.2.7:5051",
                        "slave(1)@192.0.2.8:5052",
                        "slave(1)@[2001:db8::9]:5051",
                        "slave(1)@both.example.org:5051",
                        "slave(1)@gone.example.org:5051",
                        "nonsense",
                        "");
        List<MesosView.Agent> agents = new ArrayList<>();
        for (int i = 0; i < random.nextInt(5); i++) {
            agents.add(new MesosView.Agent("m-S" + i, pick(random, pids)));
        }
        List<MesosView.Framework> frameworks = new ArrayList<>();
        for (int f = 0; f < random.nextInt(4); f++) {
            List<MesosView.Task> tasks = new ArrayList<>();
            for (int t = 0; t < random.nextInt(6); t++) {
                tasks.add(task("f" + f + ".t" + t, random));
            }
            frameworks.add(
                    new MesosView.Framework(
                            pick(
                                    random,
                                    List.of("kafka", "Team.A/My_FW", "a:b%3Ac", "-", "", "4x")),
                            pick(random, List.of("", "s@192.0.2.9:99", "s@[2001:db8::1]:1", "bad")),
                            pick(random, List.of("192.0.2.30", "both.example.org", "gone", "")),
                            tasks));
        }
        List<String> masters =
                List.of("", "192.0.2.1:5050", "192.0.2.2:5050", "192.0.2.3:5050", "name:5050");
        List<String> listed = new ArrayList<>();
        for (int i = 0; i < random.nextInt(5); i++) {
            listed.add(pick(random, masters));
        }
        return new MesosView(
                pick(random, List.of("", "master@192.0.2.1:5050", "m@[2001:db8::1]:5050", "m@x:1")),
                listed,
                agents,
                frameworks);
    }

    private static MesosView.Task task(String id, Random random) {
        List<MesosView.Status> statuses = new ArrayList<>();
        for (int i = 0; i < random.nextInt(4); i++) {
            statuses.add(status(random));
        }
        return new MesosView.Task(
                id,
                pick(random, List.of("broker", "Web.App_1", "/slash", "", "w".repeat(70), "-x-")),
                "m-S" + random.nextInt(6),
                pick(
                        random,
                        List.of(
                                "TASK_RUNNING",
                                "TASK_RUNNING",
                                "TASK_RUNNING",
                                "TASK_STAGING",
                                "TASK_STARTING",
                                "TASK_KILLING",
                                "TASK_UNREACHABLE",
                                "TASK_FAILED")),
                pick(random, List.of("", "[]", "[31000-31001, 31005-31005]", "[0-1]", "[x]")),
                statuses,
                random.nextInt(3) == 0 ? MesosView.Discovery.NONE : discovery(random));
    }

    private static MesosView.Status status(Random random) {
        List<MesosView.NetworkInfo> networks = new ArrayList<>();
        for (int i = 0; i < random.nextInt(3); i++) {
            networks.add(
                    new MesosView.NetworkInfo(
                            random.nextBoolean()
                                    ? List.of()
                                    : List.of(pick(random, ADDRESSES), pick(random, ADDRESSES)),
                            pick(random, ADDRESSES)));
        }
        return new MesosView.Status(
                pick(random, List.of("TASK_RUNNING", "TASK_RUNNING", "TASK_STARTING")),
                random.nextInt(3),
                networks,
                List.of(
                        new MesosView.Label(
                                "Docker.NetworkSettings.IPAddress", pick(random, ADDRESSES)),
                        new MesosView.Label("other", "172.17.0.9"),
                        new MesosView.Label(
                                "MesosContainerizer.NetworkSettings.IPAddress",
                                pick(random, ADDRESSES))));
    }

    private static final List<String> ADDRESSES =
            List.of("", "9.0.1.5", "9.0.1.6", "fd01:b::5", "::ffff:9.0.1.5", "no address");

    private static MesosView.Discovery discovery(Random random) {
        List<MesosView.Port> ports = new ArrayList<>();
        for (int i = 0; i < random.nextInt(4); i++) {
            ports.add(
                    new MesosView.Port(
                            pick(random, List.of(0, 80, 9092, 65535)),
                            pick(random, List.of("", "tcp", "udp", "udp,tcp", "TCP", "sctp")),
                            pick(random, List.of("", "http", "Client Port", "-"))));
        }
        return new MesosView.Discovery(
                pick(random, List.of("", "broker", "Liquor.Store", "/a/b", "d".repeat(80))), ports);
    }

    private static <T> T pick(Random random, List<T> among) {
        return among.get(random.nextInt(among.size()));
    }
}
