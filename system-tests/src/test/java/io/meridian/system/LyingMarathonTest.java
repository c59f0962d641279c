package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.controlplane.node.RunningNode;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;
import io.meridian.simulator.marathon.fault.AnswerEffect;
import io.meridian.simulator.marathon.fault.AnswerTarget;
import io.meridian.simulator.marathon.fault.Ending;
import io.meridian.simulator.marathon.fault.Faults;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Wrong answers, failures and outages of Marathon withdraw nothing. Each fault lasts until the
 * program has read it several times. A real change afterwards proves that the program was reading.
 */
@Order(4)
final class LyingMarathonTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /**
     * Number of requests during a fault of listings: about five rounds of an app listing and a pod
     * listing.
     */
    private static final int LISTED = 12;

    /** Number of requests while reads fail: the source repeats these with growing delays. */
    private static final int REFUSED = 4;

    @TempDir static Path directory;
    private static SimulatedMarathon marathon;
    private static RunningNode node;
    private static NodeApi api;
    private static ChangeLog log;
    private static final Queue<ChangeLog.Loss> LOSSES = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void startHouse() throws Exception {
        marathon =
                SimulatedMarathon.start(
                        SimulatedMarathonSettings.defaults().withMembers(2).withSeed(7));
        for (String app : List.of("a", "b", "c", "d")) {
            marathon.deploy(
                    """
                    {"id": "/%1$s", "cmd": "x", "instances": 3, "portDefinitions":
                      [{"port": 0, "protocol": "tcp", "name": "http", "labels": {"VIP_0": "/%1$s:80"}}]}\
                    """
                            .formatted(app));
        }
        node =
                Nodes.start(
                        directory,
                        marathon.urls(),
                        Map.of(
                                "meridian.sources.marathon.listing.interval", "200ms",
                                "meridian.sources.marathon.backoff.max", "1s"));
        api = new NodeApi(node.httpAddress().getPort());
        Waiting.until("ready", LIMIT, api::isReady);
        awaitServing("a", 3);
        awaitServing("d", 3);
        awaitTruth();
        log = ChangeLog.follow(api.url(), LOSSES::add);
    }

    @AfterAll
    static void stopHouse() throws Exception {
        log.close();
        node.close();
        marathon.close();
    }

    private static void awaitServing(String app, int count) throws Exception {
        Waiting.until(
                count + " tasks of " + app,
                LIMIT,
                () ->
                        api
                                        .tables()
                                        .backends()
                                        .getOrDefault(
                                                "tcp " + app + ".marathon:80",
                                                new java.util.TreeSet<>())
                                        .stream()
                                        .filter(backend -> backend.state().equals("serving"))
                                        .count()
                                == count);
    }

    /**
     * Injects a fault until the program has sent that many requests, clears it, and makes one real
     * change.
     */
    private static void tell(int requests, Runnable lie) throws Exception {
        Tables before = api.tables();
        int running = marathon.runningTasks("/a").size();
        long earlier = marathon.faults().requests();
        lie.run();
        try {
            awaitRequests(earlier + requests);
            assertThat(api.tables().lines()).isEqualTo(before.lines());
        } finally {
            marathon.faults().clear();
        }
        Waiting.until("a stream is attached", LIMIT, () -> marathon.consumers() > 0);
        marathon.scale("/a", running + 1);
        awaitServing("a", running + 1);
        awaitTruth();
        assertThat(api.tables().lines()).containsAll(before.lines());
        assertThat(LOSSES).isEmpty();
        assertThat(log.broken()).isEmpty();
    }

    private static void awaitRequests(long count) throws Exception {
        Waiting.until(count + " requests", LIMIT, () -> marathon.faults().requests() >= count);
    }

    /**
     * Both tables lag behind Marathon, each by its own time; the next lie must find them complete.
     */
    private static void awaitTruth() throws Exception {
        Waiting.until(
                "tables equal Marathon's listing",
                LIMIT,
                () -> api.tables().lines().equals(ClusterNodes.expected(marathon)));
    }

    private static void answers(AnswerTarget target, AnswerEffect effect) {
        marathon.faults().onAnswers(target, Faults.ALWAYS, effect);
    }

    @Test
    void anEmptyListingAfterALostStreamWithdrawsNothing() throws Exception {
        tell(
                LISTED,
                () -> {
                    answers(AnswerTarget.LISTING, new AnswerEffect.EmptyListing());
                    marathon.faults().endStreams(Ending.RESET);
                });
    }

    @Test
    void anEmptyListingOnAnOpenStreamWithdrawsNothing() throws Exception {
        tell(LISTED, () -> answers(AnswerTarget.LISTING, new AnswerEffect.EmptyListing()));
    }

    @Test
    void aPartialListingWithdrawsNothing() throws Exception {
        tell(
                LISTED,
                () -> {
                    answers(
                            AnswerTarget.LISTING,
                            new AnswerEffect.PartialListing(0.2, Set.of("/b", "/c")));
                    marathon.faults().endStreams(Ending.CLOSE);
                });
    }

    @Test
    void aTruncatedListingWithdrawsNothing() throws Exception {
        tell(
                REFUSED,
                () -> {
                    answers(AnswerTarget.LISTING, new AnswerEffect.Truncate(0.5));
                    marathon.faults().endStreams(Ending.CLOSE);
                });
    }

    @Test
    void refusalsWithdrawNothing() throws Exception {
        for (int status : List.of(404, 500, 503)) {
            tell(
                    REFUSED,
                    () -> {
                        answers(AnswerTarget.READ, new AnswerEffect.Status(status));
                        answers(AnswerTarget.ATTACH, new AnswerEffect.Status(status));
                        marathon.faults().endStreams(Ending.RESET);
                    });
        }
    }

    @Test
    void aNewLeaderWithdrawsNothing() throws Exception {
        tell(LISTED, marathon::newLeader);
    }

    @Test
    void noLeaderForAWhileWithdrawsNothing() throws Exception {
        Tables before = api.tables();
        marathon.abdicate();
        awaitRequests(marathon.faults().requests() + REFUSED);
        assertThat(api.tables().lines()).isEqualTo(before.lines());
        tell(LISTED, marathon::newLeader);
    }

    @Test
    void droppedStreamsWithdrawNothing() throws Exception {
        tell(
                LISTED,
                () -> {
                    for (int i = 0; i < 5; i++) {
                        marathon.faults().endStreams(i % 2 == 0 ? Ending.RESET : Ending.CLOSE);
                    }
                });
    }

    @Test
    void aSilentStreamWithdrawsNothing() throws Exception {
        tell(LISTED, () -> marathon.faults().silence(true));
    }
}
