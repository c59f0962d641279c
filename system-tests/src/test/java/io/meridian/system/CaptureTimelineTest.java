package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.controlplane.node.RunningNode;
import io.meridian.testkit.Fixtures;
import io.meridian.testkit.replay.CaptureReplay;
import io.meridian.testkit.replay.Moment;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/** Plays recordings of a real Marathon to the whole program, moment by moment. */
@Order(2)
final class CaptureTimelineTest {
    /** Limit of a wait, for a slow machine; a healthy one needs a tenth of it. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir static Path directory;
    private static Database database;

    @BeforeAll
    static void startDatabase() {
        database = new Database(directory.resolve("postgres"));
    }

    @AfterAll
    static void stopDatabase() {
        database.close();
    }

    static Stream<String> small() {
        return Captures.small().stream().map(folder -> folder.getFileName().toString());
    }

    static Stream<String> large() {
        return Captures.LARGE.stream();
    }

    @ParameterizedTest
    @MethodSource("small")
    void aRecordingEndsWithWhatItsLastSnapshotImpliesAndLosesNothingOnTheWay(String name)
            throws Exception {
        walk(Fixtures.recording(name));
    }

    @Tag("long")
    @ParameterizedTest
    @MethodSource("large")
    void aLargeRecordingEndsWithWhatItsLastSnapshotImplies(String name) throws Exception {
        walk(Fixtures.recording(name));
    }

    private static void walk(Path folder) throws Exception {
        String name = folder.getFileName().toString();
        Map<String, String> settings = new HashMap<>(Database.configuration(database.create(name)));
        settings.put("meridian.vip.literals", "10.1.2.0/24");
        settings.put("meridian.ingest.absence.missing-after-gap", "2s");
        settings.put("meridian.ingest.absence.missing-while-attached", "4s");
        try (CaptureReplay replay = CaptureReplay.open(folder);
                RunningNode node =
                        Nodes.start(directory.resolve(name), List.of(replay.url()), settings)) {
            new Walk(replay, node).toTheLastSnapshot();
        }
    }

    /** One recording, one node that follows it, and the checks of both. */
    private static final class Walk {
        private final CaptureReplay replay;
        private final NodeApi api;
        private final DnsClient dns;
        private final MarathonOracle oracle;
        private final Evidence evidence = new Evidence();
        private final Queue<ChangeLog.Loss> losses = new ConcurrentLinkedQueue<>();
        private volatile boolean gap;

        Walk(CaptureReplay replay, RunningNode node) throws Exception {
            this.replay = replay;
            this.api = new NodeApi(node.httpAddress().getPort());
            this.dns = new DnsClient(node.dnsAddresses().getFirst().getPort());
            this.oracle = Captures.oracle(replay);
        }

        void toTheLastSnapshot() throws Exception {
            Waiting.until("ready", LIMIT, api::isReady);
            assertThat(replay.awaitConsumer(LIMIT)).isTrue();
            List<Moment> timeline = replay.timeline();
            int last = last(timeline);
            try (ChangeLog log = ChangeLog.follow(api.url(), this::lost)) {
                for (int i = 0; i <= last; i++) {
                    Moment moment = timeline.get(i);
                    gap |= moment instanceof Moment.StreamEnds;
                    evidence.add(moment);
                    replay.playTo(i);
                    if (moment instanceof Moment.SnapshotTaken && i != last) {
                        awaitTables(moment.label());
                    }
                }
                awaitTables("the end");
                assertThat(log.broken()).isEmpty();
            }
            assertThat(losses).as("withdrawn without evidence").isEmpty();
            assertThat(dns.differences(expected().records(), 25)).isEmpty();
        }

        private static int last(List<Moment> timeline) {
            int snapshot = -1;
            int cleanUp = timeline.size() - 1;
            for (int i = 0; i < timeline.size(); i++) {
                snapshot = timeline.get(i) instanceof Moment.SnapshotTaken ? i : snapshot;
                cleanUp = timeline.get(i) instanceof Moment.CleanUp ? i : cleanUp;
            }
            return snapshot >= 0 ? snapshot : cleanUp;
        }

        /** After a gap in the stream, Marathon's listing is the only evidence. */
        private void lost(ChangeLog.Loss loss) {
            if (!evidence.explains(loss) && !(gap && !isListed(loss.task()))) {
                losses.add(loss);
            }
        }

        private boolean isListed(String task) {
            CaptureReplay.Listings now = replay.listings();
            return now.apps().toString().contains("\"" + task + "\"")
                    || now.pods().toString().contains("\"" + task + "\"");
        }

        private Tables expected() {
            CaptureReplay.Listings now = replay.listings();
            return ExpectedTask.tables(oracle.tasks(now.apps(), now.pods()));
        }

        private void awaitTables(String when) throws Exception {
            Tables expected = expected();
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (true) {
                Tables seen = api.tables().withoutUnreachable(expected);
                TreeSet<String> missing = new TreeSet<>(expected.lines());
                missing.removeAll(seen.lines());
                TreeSet<String> tooMuch = new TreeSet<>(seen.lines());
                tooMuch.removeAll(expected.lines());
                if (missing.isEmpty() && tooMuch.isEmpty()) {
                    return;
                }
                if (System.nanoTime() > deadline) {
                    assertThat(seen.lines())
                            .as(
                                    "%s at %s: missing %s, unexpected %s",
                                    replay.name(), when, missing, tooMuch)
                            .isEqualTo(expected.lines());
                }
                Thread.sleep(50);
            }
        }
    }
}
