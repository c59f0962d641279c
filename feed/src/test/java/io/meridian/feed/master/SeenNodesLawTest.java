package io.meridian.feed.master;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.feed.FeedSettings;
import io.meridian.feed.wire.NodeStatus;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

class SeenNodesLawTest {
    private static final FeedSettings.Nodes SETTINGS =
            new FeedSettings.Nodes(
                    Duration.ofSeconds(1), Duration.ofSeconds(8), Duration.ofDays(1));
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final Hand clock = new Hand();

    @ParameterizedTest
    @CsvSource({"0, OK", "3000, OK", "3001, LATE", "7999, LATE", "8000, LOST", "86400000, LOST"})
    void theAgeOfTheLastReportDecidesTheState(long millis, SeenNode.State expected) {
        SeenNodes nodes = new SeenNodes(SETTINGS, clock);
        nodes.reported(status("a", 0));
        clock.now = START.plusMillis(millis);

        assertThat(nodes.list()).extracting(SeenNode::state).containsExactly(expected);
    }

    @Test
    void aNodeWhoseTablesMayBeOutOfDateIsLate() {
        SeenNodes nodes = new SeenNodes(SETTINGS, clock);
        nodes.reported(status("a", 17.4));

        assertThat(nodes.list()).extracting(SeenNode::state).containsExactly(SeenNode.State.LATE);
    }

    @Test
    void aNodeThatLeftStaysLeftUntilItReports() {
        SeenNodes nodes = new SeenNodes(SETTINGS, clock);
        nodes.left("unknown");
        nodes.reported(status("a", 0));
        nodes.left("a");
        clock.now = START.plusSeconds(60);
        assertThat(nodes.list()).extracting(SeenNode::state).containsExactly(SeenNode.State.LEFT);

        nodes.reported(status("a", 0));

        assertThat(nodes.list()).extracting(SeenNode::state).containsExactly(SeenNode.State.OK);
    }

    @Test
    void aNodeIsForgottenAfterForgetAfter() {
        SeenNodes nodes = new SeenNodes(SETTINGS, clock);
        nodes.reported(status("a", 0));
        clock.now = START.plus(SETTINGS.forgetAfter()).plusMillis(1);

        assertThat(nodes.list()).isEmpty();
    }

    /** Masters that have exchanged what they know list the same nodes, in any order of messages. */
    @Test
    void exchangeInAnyOrderGivesEveryMasterTheSameList() {
        for (int seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            clock.now = START;
            List<SeenNodes> masters = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                masters.add(new SeenNodes(SETTINGS, clock));
            }
            for (int step = 0; step < 40; step++) {
                clock.now = clock.now.plusMillis(1 + random.nextInt(3000));
                SeenNodes master = masters.get(random.nextInt(3));
                String id = "n" + random.nextInt(4);
                if (random.nextInt(5) == 0) {
                    master.left(id);
                } else {
                    master.reported(status(id, random.nextInt(2)));
                }
                if (random.nextInt(4) == 0) {
                    masters.get(random.nextInt(3)).merge(masters.get(random.nextInt(3)).known());
                }
            }
            List<List<NodeRegistry.KnownNode>> messages = new ArrayList<>();
            masters.forEach(master -> messages.add(master.known()));
            messages.addAll(List.copyOf(messages));
            for (SeenNodes master : masters) {
                Collections.shuffle(messages, random);
                messages.forEach(master::merge);
            }

            assertThat(masters)
                    .as("seed %d", seed)
                    .allSatisfy(
                            master ->
                                    assertThat(master.list()).isEqualTo(masters.getFirst().list()));
        }
    }

    private static NodeStatus status(String id, double lag) {
        return new NodeStatus(
                id, "1", "192.0.2.1", List.of("agent"), 1, 1, lag, NodeStatus.Dataplane.NONE);
    }

    private static final class Hand extends Clock {
        private Instant now = START;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException();
        }
    }
}
