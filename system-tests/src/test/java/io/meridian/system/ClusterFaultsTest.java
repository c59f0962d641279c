package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.database.PostgresSettings;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;
import io.meridian.simulator.marathon.fault.AnswerEffect;
import io.meridian.simulator.marathon.fault.AnswerTarget;
import io.meridian.simulator.marathon.fault.Ending;
import io.meridian.simulator.marathon.fault.Faults;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;

/**
 * One cluster of three masters and two agents, each a process, one PostgreSQL and one Marathon; one
 * fault after the other. Meanwhile agents are queried for names that must not change. {@code
 * -Dmeridian.outage=240} is the length of outages of masters and database in seconds.
 */
@Tag("long")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(value = 15, unit = TimeUnit.MINUTES)
final class ClusterFaultsTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /**
     * Default outage in seconds: long enough for an agent to give its masters up and look for
     * others.
     */
    private static final Duration OUTAGE =
            Duration.ofSeconds(Integer.getInteger("meridian.outage", 25));

    private static final List<String> REPORT = new ArrayList<>();

    @TempDir static Path directory;
    private static Database postgres;
    private static Relay toDatabase;
    private static SimulatedMarathon marathon;
    private static ClusterNodes nodes;
    private static AnswerChecker checker;
    private static Acknowledged acknowledged;
    private static int size = 3;

    @BeforeAll
    static void startCluster() throws Exception {
        postgres = new Database(directory.resolve("postgres"));
        PostgresSettings database = postgres.create("cluster");
        toDatabase =
                new Relay("127.0.0.1", new InetSocketAddress(database.host(), database.port()));
        marathon = SimulatedMarathon.start(SimulatedMarathonSettings.defaults().withSeed(7));
        deploy("steady", 2);
        deploy("moving", size);
        nodes =
                new ClusterNodes(
                        directory, ClusterNodes.onLoopback(3, 2), settings(database), marathon);
        nodes.startAll();
        nodes.awaitAllReady();
        nodes.awaitTruth(names());
        acknowledged = new Acknowledged(database);
        checker = new AnswerChecker(servers(), truth()).start();
    }

    private static Map<String, String> settings(PostgresSettings database) {
        Map<String, String> settings = new HashMap<>(Database.configuration(database));
        settings.put("meridian.journal.postgres.port", Integer.toString(toDatabase.port()));
        settings.put("meridian.sources.marathon.urls", "[\"" + marathon.url() + "\"]");
        settings.put("meridian.sources.marathon.backoff.min", "100ms");
        settings.put("meridian.sources.marathon.backoff.max", "1s");
        settings.put("meridian.sources.marathon.listing.interval", "2s");
        settings.put("meridian.ingest.absence.missing-after-gap", "3s");
        settings.put("meridian.cluster.rejoin-after", "10s");
        return settings;
    }

    private static void deploy(String app, int instances) {
        marathon.deploy(
                """
                {"id": "/%1$s", "cmd": "x", "instances": %2$d, "portDefinitions":
                  [{"port": 0, "protocol": "tcp", "name": "http", "labels": {"VIP_0": "/%1$s:80"}}]}\
                """
                        .formatted(app, instances));
    }

    private static Map<String, InetSocketAddress> servers() {
        Map<String, InetSocketAddress> servers = new HashMap<>();
        nodes.agents().forEach(agent -> servers.put(agent, nodes.dns(agent)));
        return servers;
    }

    /** Addresses of the names that never change, as all agents answer at the start. */
    private static Map<String, SortedSet<String>> truth() throws Exception {
        Map<String, SortedSet<String>> truth = new HashMap<>();
        for (String name :
                List.of("steady.marathon.mesos.", "steady.marathon.l4lb.thisdcos.directory.")) {
            for (String agent : nodes.agents()) {
                SortedSet<String> addresses = new DnsClient(nodes.dns(agent)).ask(name, "A").data();
                assertThat(addresses).as(agent + " " + name).isNotEmpty();
                assertThat(truth.computeIfAbsent(name, _ -> addresses)).isEqualTo(addresses);
            }
        }
        assertThat(truth.get("steady.marathon.l4lb.thisdcos.directory.")).hasSize(1);
        return truth;
    }

    private static List<String> names() {
        return nodes.sites().stream().map(Site::name).toList();
    }

    @AfterEach
    void nothingIsLostOrWrong() throws Exception {
        assertThat(checker.wrong()).isEmpty();
        assertThat(acknowledged.lost()).isEmpty();
        assertThat(acknowledged.gaps()).isEmpty();
    }

    @AfterAll
    static void stopCluster() throws Exception {
        if (checker != null) {
            System.out.printf(
                    "cluster faults: %d answers, wrong %d, longest wrong answer %d ms, %d events%n",
                    checker.answers(),
                    checker.wrong().size(),
                    checker.longestWrong().toMillis(),
                    acknowledged.size());
            REPORT.forEach(line -> System.out.println("  " + line));
            checker.close();
        }
        nodes.close();
        marathon.close();
        toDatabase.close();
        postgres.close();
    }

    /** Scales an app and waits until all these nodes show the change. */
    private static void change(String fault, List<String> follow) throws Exception {
        marathon.scale("/moving", ++size);
        Waiting.until("tasks run", LIMIT, () -> marathon.runningTasks("/moving").size() == size);
        note(fault, nodes.awaitTruth(follow));
    }

    private static void note(String fault, Duration took) {
        StringBuilder line =
                new StringBuilder("%s: followed %d ms after".formatted(fault, took.toMillis()));
        nodes.agents()
                .forEach(
                        agent ->
                                line.append(
                                        ", %s silent for %d ms at most"
                                                .formatted(
                                                        agent,
                                                        checker.longestSilence(agent).toMillis())));
        REPORT.add(line.toString());
    }

    private static void allEqual(String fault) throws Exception {
        nodes.awaitAllReady();
        change(fault + ", healed", names());
        nodes.awaitSameRevisions("master-2");
    }

    @Test
    @Order(1)
    void allNodesFollowAChange() throws Exception {
        change("no fault", names());
    }

    @Test
    @Order(2)
    void otherNodesFollowWhileAnAgentIsDown() throws Exception {
        nodes.kill("agent-1");
        change("agent killed", List.of("master-1", "agent-2"));
        nodes.start("agent-1");
        allEqual("agent killed");
    }

    @Test
    @Order(3)
    void otherNodesFollowWhileTheOldestMasterIsDown() throws Exception {
        nodes.kill("master-1");
        change("oldest master killed", List.of("master-2", "master-3", "agent-1", "agent-2"));
        nodes.start("master-1");
        allEqual("oldest master killed");
    }

    @Test
    @Order(4)
    void allNodesFollowAfterTheDatabaseIsKilled() throws Exception {
        long pid = postgres.server().pid();
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        change("database killed", names());
    }

    @Test
    @Order(5)
    @EnabledIfSystemProperty(named = "meridian.outage", matches = "[0-9]+")
    void changesMadeDuringADatabaseOutageAreServedAfterwards() throws Exception {
        toDatabase.cut(true);
        for (int i = 0; i < 10; i++) {
            marathon.scale("/moving", ++size);
            Thread.sleep(OUTAGE.toMillis() / 10);
        }
        names().forEach(name -> assertThat(nodes.isAlive(name)).as(name).isTrue());
        toDatabase.cut(false);
        note("database away for " + OUTAGE.toSeconds() + " s", nodes.awaitTruth(names()));
        allEqual("database away");
    }

    @Test
    @Order(6)
    void anEmptyListingWithdrawsNothingInACluster() throws Exception {
        marathon.faults()
                .onAnswers(AnswerTarget.LISTING, Faults.ALWAYS, new AnswerEffect.EmptyListing());
        marathon.faults().endStreams(Ending.RESET);
        // a fixed time, because no change can be awaited; listings are read every 2 s meanwhile
        Thread.sleep(8000);
        marathon.faults().clear();
        change("empty listing", names());
    }

    @Test
    @Order(7)
    void agentsAnswerAndRestartWhileAllMastersAreDown() throws Exception {
        for (String master : nodes.masters()) {
            nodes.kill(master);
        }
        Thread.sleep(OUTAGE.toMillis() / 2);
        long before = checker.answers();
        long killed = System.nanoTime();
        nodes.kill("agent-2");
        nodes.start("agent-2");
        DnsClient dns = new DnsClient(nodes.dns("agent-2")).patience(Duration.ofMillis(300));
        Waiting.until(
                "answers from its disk",
                LIMIT,
                () -> dns.tryToAsk("steady.marathon.mesos.", "A").isPresent());
        REPORT.add(
                "agent-2 answered from its disk %d ms after it was killed"
                        .formatted((System.nanoTime() - killed) / 1_000_000));
        marathon.scale("/moving", ++size);
        Thread.sleep(OUTAGE.toMillis() / 2);
        assertThat(checker.answers()).isGreaterThan(before);
        for (String master : nodes.masters()) {
            nodes.start(master);
        }
        note(
                "all masters killed for %d s, from their start".formatted(OUTAGE.toSeconds()),
                nodes.awaitTruth(names()));
        allEqual("all masters killed");
    }

    @Test
    @Order(8)
    void aRollingRestart() throws Exception {
        for (String name : names()) {
            nodes.stop(name);
            nodes.start(name);
            nodes.awaitReady(name);
            note(name + " restarted", nodes.awaitTruth(List.of(name)));
        }
        allEqual("rolling restart");
    }
}
