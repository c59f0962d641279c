package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.controlplane.node.RunningNode;
import io.meridian.database.PostgresSettings;
import io.meridian.testkit.Fixtures;
import io.meridian.testkit.replay.CaptureReplay;
import io.meridian.testkit.replay.Moment;

import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Kills the node (kill -9) at random instants during a recorded rolling upgrade. {@code
 * -Dmeridian.kills=50} sets the number of kills, {@code -Dmeridian.seed=N} repeats their instants.
 */
@Order(3)
final class KilledAtRandomTest {
    private static final int KILLS = Integer.getInteger("meridian.kills", 4);
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String RECORDING = "05-rolling-upgrade-restart";
    private static final String NAME = "roll.marathon.mesos.";

    /** Snapshot after which the recording has moments without a running task. */
    private static final String LAST_WITH_TASKS = "06-rolled-back";

    @TempDir Path directory;

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void theTablesAreThoseOfAnUndisturbedRun() throws Exception {
        long seed = Long.getLong("meridian.seed", System.nanoTime());
        System.out.println("kills=" + KILLS + " seed=" + seed);
        try (Database database = new Database(directory.resolve("postgres"))) {
            List<String> undisturbed = undisturbed(database.create("undisturbed"));
            PostgresSettings settings = database.create("killed");
            disturb(settings, new Random(seed), undisturbed);
        }
    }

    private List<String> undisturbed(PostgresSettings settings) throws Exception {
        try (CaptureReplay replay = CaptureReplay.open(Fixtures.recording(RECORDING));
                RunningNode node =
                        Nodes.start(
                                directory.resolve("undisturbed"),
                                List.of(replay.url()),
                                more(settings))) {
            NodeApi api = new NodeApi(node.httpAddress().getPort());
            Waiting.until("ready", LIMIT, api::isReady);
            assertThat(replay.awaitConsumer(LIMIT)).isTrue();
            replay.playToLastSnapshot();
            awaitEnd(replay, api);
            return rows(settings);
        }
    }

    private static Map<String, String> more(PostgresSettings settings) {
        Map<String, String> more = new HashMap<>(Database.configuration(settings));
        more.put("meridian.ingest.absence.missing-after-gap", "2s");
        more.put("meridian.ingest.absence.missing-while-attached", "4s");
        return more;
    }

    private static void awaitEnd(CaptureReplay replay, NodeApi api) throws InterruptedException {
        CaptureReplay.Listings end = replay.expectedAtEnd();
        Tables expected =
                ExpectedTask.tables(Captures.oracle(replay).tasks(end.apps(), end.pods()));
        Waiting.until(
                "tables as the last snapshot implies",
                LIMIT,
                () -> api.tables().lines().equals(expected.lines()));
    }

    /** Both tables, VIP addresses too. */
    private static List<String> rows(PostgresSettings settings) {
        List<String> rows = new ArrayList<>();
        for (String table : List.of("zone_rows", "vip_rows")) {
            rows.addAll(
                    Database.rows(
                            settings,
                            "SELECT owner, string_to_table(rows, E'\n') AS line FROM " + table));
        }
        return rows.stream().sorted().toList();
    }

    private void disturb(PostgresSettings settings, Random random, List<String> undisturbed)
            throws Exception {
        int http = ChildNode.freePort();
        int dns = ChildNode.freePort();
        NodeApi api = new NodeApi(http);
        try (CaptureReplay replay = CaptureReplay.open(Fixtures.recording(RECORDING))) {
            Path configuration = configuration(replay.url(), settings, http, dns);
            warmUp(api, configuration, replay);
            int lastWithTasks = indexOf(replay, LAST_WITH_TASKS);
            ChildNode first = ChildNode.run(directory, configuration);
            try (DnsProbe probe =
                    DnsProbe.start(dns, NAME, () -> replay.position() < lastWithTasks)) {
                first.awaitReady(api, LIMIT);
                assertThat(new DnsClient(dns).ask(NAME, "A").data()).isNotEmpty();
                Player player = new Player(replay, Duration.ofSeconds(4L * KILLS));
                player.thread.start();
                ChildNode last = killAgainAndAgain(first, configuration, probe, random);
                try (last) {
                    player.thread.join();
                    assertThat(player.failure).isEmpty();
                    awaitEnd(replay, api);
                    Waiting.until(
                            "rows as without kills",
                            LIMIT,
                            () -> rows(settings).equals(undisturbed));
                }
                assertThat(probe.denials())
                        .as("wrong answers among %s for %s", probe.answers(), NAME)
                        .isEmpty();
            }
        }
    }

    /**
     * Plays to the first snapshot, and leaves a class data archive that makes later starts fast.
     */
    private void warmUp(NodeApi api, Path configuration, CaptureReplay replay) throws Exception {
        try (ChildNode node = ChildNode.run(directory, configuration)) {
            node.awaitReady(api, LIMIT);
            assertThat(replay.awaitConsumer(LIMIT)).isTrue();
            Path image = directory.resolve("state").resolve("images").resolve("zone.image");
            Waiting.until("an empty image on disk", LIMIT, () -> Files.exists(image));
            long empty = Files.size(image);
            replay.playTo("01-v1");
            Waiting.until("tasks on disk", LIMIT, () -> Files.size(image) > 2 * empty);
            assertThat(node.stop(LIMIT)).as(node.output()).isZero();
        }
    }

    private ChildNode killAgainAndAgain(
            ChildNode first, Path configuration, DnsProbe probe, Random random) throws Exception {
        ChildNode node = first;
        long slowest = 0;
        for (int i = 1; i <= KILLS; i++) {
            // also while it still starts
            Thread.sleep(random.nextInt(5000));
            node.kill();
            int answered = probe.answers();
            long started = System.nanoTime();
            node = ChildNode.run(directory, configuration);
            Waiting.until("DNS answers again", LIMIT, () -> probe.answers() > answered);
            long took = (System.nanoTime() - started) / 1_000_000;
            slowest = Math.max(slowest, took);
            System.out.println("kill " + i + ": answers " + took + " ms after process start");
        }
        System.out.println("slowest first answer: " + slowest + " ms");
        return node;
    }

    private Path configuration(URI marathon, PostgresSettings settings, int http, int dns)
            throws Exception {
        Map<String, String> all =
                Nodes.settings(directory.resolve("state"), List.of(marathon), more(settings));
        all.put("meridian.sources.marathon.urls", "[\"" + marathon + "\"]");
        all.put("meridian.http.listen", "127.0.0.1:" + http);
        all.put("meridian.dns.listen", "[\"127.0.0.1:" + dns + "\"]");
        return ChildNode.configuration(directory.resolve("node.conf"), all);
    }

    private static int indexOf(CaptureReplay replay, String snapshot) {
        List<Moment> timeline = replay.timeline();
        for (int i = 0; i < timeline.size(); i++) {
            if (timeline.get(i) instanceof Moment.SnapshotTaken
                    && timeline.get(i).label().equals(snapshot)) {
                return i;
            }
        }
        throw new AssertionError("no snapshot " + snapshot);
    }

    /** Plays the remaining moments in about this time, with or without a consumer. */
    private static final class Player {
        private final Thread thread;
        private volatile List<Exception> failure = List.of();

        Player(CaptureReplay replay, Duration length) {
            List<Moment> left = replay.timeline();
            Duration recorded =
                    Duration.between(
                            left.get(replay.position()).at(),
                            left.get(indexOf(replay, replay.snapshots().getLast())).at());
            double speed = (double) recorded.toMillis() / length.toMillis();
            thread =
                    Thread.ofPlatform()
                            .daemon()
                            .name("player")
                            .unstarted(
                                    () -> {
                                        try {
                                            replay.play(speed);
                                        } catch (InterruptedException | RuntimeException failed) {
                                            failure = List.of(failed);
                                        }
                                    });
        }
    }
}
