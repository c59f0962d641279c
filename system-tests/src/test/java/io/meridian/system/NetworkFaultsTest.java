package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.database.PostgresSettings;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Three masters and two agents in network namespaces, under random network faults. {@code
 * -Dmeridian.faults=50} sets the number of faults, {@code -Dmeridian.seed=N} repeats a run, {@code
 * -Dmeridian.downing=CLASS} selects another downing provider.
 */
@Tag("long")
final class NetworkFaultsTest {
    private static final int FAULTS = Integer.getInteger("meridian.faults", 4);
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /**
     * Length of a fault: longer than the failure detector's pause and stable-after, so that masters
     * take a downing decision.
     */
    private static final Duration LONG = Duration.ofSeconds(18);

    /**
     * Delay of each direction; short enough for the failure detector, so no downing decision is
     * due.
     */
    private static final Duration DELAY = Duration.ofMillis(300);

    private static final Duration JITTER = Duration.ofMillis(100);

    @TempDir Path directory;

    private SimulatedMarathon marathon;
    private Network network;
    private ClusterNodes nodes;
    private int size = 3;

    /** Kinds of faults. */
    private enum Fault {
        MASTER_FROM_MASTERS,
        AGENT_FROM_MASTERS,
        ALL_APART,
        AGENT_DEAF_TO_ONE_MASTER,
        MASTER_MUTE,
        LOSS,
        DELAY,
        DATABASE_AWAY,
        MASTER_STOPPED_FOR_A_WHILE,
        AGENT_FROM_AGENT
    }

    /** Kinds of faults that every run has. */
    private static final List<Fault> SHORT =
            List.of(
                    Fault.DELAY,
                    Fault.MASTER_FROM_MASTERS,
                    Fault.AGENT_DEAF_TO_ONE_MASTER,
                    Fault.ALL_APART);

    @Test
    @Timeout(value = 4, unit = TimeUnit.HOURS)
    void networkFaultsCauseNoWrongAnswerAndLoseNoEvent() throws Exception {
        Network.require();
        long seed = Long.getLong("meridian.seed", System.nanoTime());
        System.out.println("network faults=" + FAULTS + " seed=" + seed);
        try (Database postgres = new Database(directory.resolve("postgres"));
                SimulatedMarathon simulated =
                        SimulatedMarathon.start(SimulatedMarathonSettings.defaults().withSeed(7));
                Network wires = new Network()) {
            marathon = simulated;
            network = wires;
            PostgresSettings database = postgres.create("cluster");
            try (Relay toDatabase = relay(database.host(), database.port());
                    Relay toMarathon = relay("127.0.0.1", marathon.port())) {
                deploy("steady", 2);
                deploy("moving", size);
                try (ClusterNodes all =
                        new ClusterNodes(
                                directory,
                                hosts(),
                                settings(database, toDatabase, toMarathon),
                                marathon)) {
                    nodes = all;
                    nodes.startAll();
                    nodes.awaitAllReady();
                    nodes.awaitTruth(names());
                    failAgainAndAgain(new Random(seed), database, toDatabase);
                }
            }
        }
    }

    private Relay relay(String host, int port) throws Exception {
        return new Relay(network.address(), new InetSocketAddress(host, port));
    }

    private List<Site> hosts() throws Exception {
        List<Site> sites = new ArrayList<>();
        for (int i = 1; i <= 3; i++) {
            sites.add(network.host("master-" + i, 10 + i));
        }
        for (int i = 1; i <= 2; i++) {
            sites.add(network.host("agent-" + i, 20 + i));
        }
        return sites;
    }

    private Map<String, String> settings(
            PostgresSettings database, Relay toDatabase, Relay toMarathon) {
        Map<String, String> settings = new HashMap<>(Database.configuration(database));
        settings.put("meridian.journal.postgres.host", network.address());
        settings.put("meridian.journal.postgres.port", Integer.toString(toDatabase.port()));
        settings.put(
                "meridian.sources.marathon.urls",
                "[\"http://" + network.address() + ":" + toMarathon.port() + "\"]");
        settings.put("meridian.sources.marathon.backoff.min", "100ms");
        settings.put("meridian.sources.marathon.backoff.max", "1s");
        settings.put("meridian.sources.marathon.listing.interval", "2s");
        settings.put("meridian.ingest.absence.missing-after-gap", "3s");
        settings.put("meridian.cluster.rejoin-after", "20s");
        String downing = System.getProperty("meridian.downing");
        if (downing != null) {
            settings.put("akka.cluster.downing-provider-class", downing);
        }
        return settings;
    }

    private void deploy(String app, int instances) {
        marathon.deploy(
                """
                {"id": "/%1$s", "cmd": "x", "instances": %2$d, "portDefinitions":
                  [{"port": 0, "protocol": "tcp", "name": "http", "labels": {"VIP_0": "/%1$s:80"}}]}\
                """
                        .formatted(app, instances));
    }

    private List<String> names() {
        return nodes.sites().stream().map(Site::name).toList();
    }

    private void failAgainAndAgain(Random random, PostgresSettings database, Relay toDatabase)
            throws Exception {
        Acknowledged acknowledged = new Acknowledged(database);
        Map<String, InetSocketAddress> servers = new HashMap<>();
        nodes.agents().forEach(agent -> servers.put(agent, nodes.dns(agent)));
        try (AnswerChecker checker = new AnswerChecker(servers, truth()).start()) {
            List<Fault> plan = plan(random);
            for (int i = 0; i < FAULTS; i++) {
                Fault fault = plan.get(i);
                List<String> masters = new ArrayList<>(nodes.masters());
                java.util.Collections.shuffle(masters, random);
                String agent = nodes.agents().get(random.nextInt(2));
                Map<String, Long> before = rejoins();
                begin(fault, masters, agent, random, toDatabase);
                marathon.scale("/moving", ++size);
                if (fault == Fault.DELAY) {
                    followLate(masters);
                } else {
                    // a fixed time: a decision, or its absence, cannot be awaited
                    Thread.sleep(LONG.toMillis());
                }
                heal(fault, masters, toDatabase);
                Duration took = nodes.awaitTruth(names());
                nodes.awaitSameRevisions(masters.getLast());
                System.out.printf(
                        "  %d %s of %s, %s: all equal %d ms after it healed; silent for %s ms;"
                                + " rejoined: %s%n",
                        i + 1,
                        fault,
                        masters.getFirst(),
                        agent,
                        took.toMillis(),
                        nodes.agents().stream()
                                .map(one -> checker.longestSilence(one).toMillis())
                                .toList(),
                        since(before));
                assertThat(checker.wrong()).as(fault.toString()).isEmpty();
                assertThat(acknowledged.lost()).as(fault.toString()).isEmpty();
                assertThat(acknowledged.gaps()).as(fault.toString()).isEmpty();
                names().forEach(name -> assertThat(nodes.isAlive(name)).as(name).isTrue());
            }
            System.out.printf(
                    "network faults: %d answers, wrong %d, longest wrong answer %d ms, %d events%n",
                    checker.answers(),
                    checker.wrong().size(),
                    checker.longestWrong().toMillis(),
                    acknowledged.size());
        }
    }

    /** Number of times that each node has logged that it replaces its membership. */
    private Map<String, Long> rejoins() throws IOException {
        Map<String, Long> counts = new TreeMap<>();
        for (String name : names()) {
            try (Stream<String> lines = Files.lines(nodes.log(name))) {
                counts.put(
                        name, lines.filter(line -> line.contains("rejoins the cluster")).count());
            }
        }
        return counts;
    }

    private Map<String, Long> since(Map<String, Long> before) throws IOException {
        Map<String, Long> counts = rejoins();
        counts.replaceAll((name, count) -> count - before.get(name));
        counts.values().removeIf(count -> count == 0);
        return counts;
    }

    /**
     * Scales an app twice while all packets between nodes are delayed; all nodes show each change.
     */
    private void followLate(List<String> masters) throws Exception {
        Duration first = nodes.awaitTruth(names());
        marathon.scale("/moving", ++size);
        Duration second = nodes.awaitTruth(names());
        nodes.awaitSameRevisions(masters.getFirst());
        for (Site site : nodes.sites()) {
            assertThat(network.isDelayed(site)).as(site.name()).isTrue();
        }
        System.out.printf(
                "  late by %d ms +- %d each way: all follow %d and %d ms after a change%n",
                DELAY.toMillis(), JITTER.toMillis(), first.toMillis(), second.toMillis());
    }

    /** Random sequence of faults that has every kind once before any kind again. */
    private static List<Fault> plan(Random random) {
        List<Fault> plan = new ArrayList<>(FAULTS <= SHORT.size() ? SHORT : List.of());
        while (plan.size() < FAULTS) {
            List<Fault> round = new ArrayList<>(List.of(Fault.values()));
            java.util.Collections.shuffle(round, random);
            plan.addAll(round);
        }
        return plan;
    }

    private Map<String, SortedSet<String>> truth() throws Exception {
        Map<String, SortedSet<String>> truth = new HashMap<>();
        for (String name :
                List.of("steady.marathon.mesos.", "steady.marathon.l4lb.thisdcos.directory.")) {
            for (String agent : nodes.agents()) {
                SortedSet<String> addresses = new DnsClient(nodes.dns(agent)).ask(name, "A").data();
                assertThat(addresses).isNotEmpty();
                assertThat(truth.computeIfAbsent(name, _ -> addresses)).isEqualTo(addresses);
            }
        }
        return truth;
    }

    private void begin(
            Fault fault, List<String> masters, String agent, Random random, Relay toDatabase)
            throws Exception {
        Site first = nodes.site(masters.getFirst());
        switch (fault) {
            case MASTER_FROM_MASTERS -> {
                network.part(first, nodes.site(masters.get(1)));
                network.part(first, nodes.site(masters.get(2)));
            }
            case AGENT_FROM_MASTERS -> {
                for (String master : masters) {
                    network.part(nodes.site(agent), nodes.site(master));
                }
            }
            case ALL_APART -> {
                for (Site one : nodes.sites()) {
                    for (Site other : nodes.sites()) {
                        if (!one.equals(other)) {
                            network.drop(one, other);
                        }
                    }
                }
            }
            case AGENT_DEAF_TO_ONE_MASTER -> network.drop(first, nodes.site(agent));
            case MASTER_MUTE -> {
                for (Site other : nodes.sites()) {
                    if (!other.equals(first)) {
                        network.drop(first, other);
                    }
                }
            }
            case LOSS -> {
                for (Site one : nodes.sites()) {
                    for (Site other : nodes.sites()) {
                        if (!one.equals(other)) {
                            network.lose(one, other, 0.05 + random.nextDouble() / 5);
                        }
                    }
                }
            }
            case DELAY -> {
                for (Site one : nodes.sites()) {
                    network.delay(
                            one,
                            nodes.sites().stream()
                                    .filter(other -> !other.equals(one))
                                    .map(Site::address)
                                    .toList(),
                            DELAY,
                            JITTER);
                }
            }
            case DATABASE_AWAY -> toDatabase.cut(true);
            case MASTER_STOPPED_FOR_A_WHILE -> signal("STOP", masters.getFirst());
            case AGENT_FROM_AGENT ->
                    network.part(
                            nodes.site(nodes.agents().getFirst()),
                            nodes.site(nodes.agents().getLast()));
        }
    }

    private void heal(Fault fault, List<String> masters, Relay toDatabase) throws Exception {
        for (Site site : nodes.sites()) {
            long late = network.heal(site);
            assertThat(late > 0).as(site.name()).isEqualTo(fault == Fault.DELAY);
        }
        toDatabase.cut(false);
        if (fault == Fault.MASTER_STOPPED_FOR_A_WHILE) {
            signal("CONT", masters.getFirst());
        }
    }

    private void signal(String name, String node) throws Exception {
        Process kill =
                new ProcessBuilder("kill", "-" + name, Long.toString(nodes.pid(node))).start();
        assertThat(kill.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }
}
