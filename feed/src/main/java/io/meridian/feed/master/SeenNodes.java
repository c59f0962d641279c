package io.meridian.feed.master;

import io.meridian.feed.FeedSettings;
import io.meridian.feed.wire.NodeStatus;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The last report of every node, as one master has it. Any thread. Of two reports of one node the
 * later one stays, so masters that exchange their reports list the same nodes.
 */
public final class SeenNodes {
    /** A node's report is overdue after that many report intervals. */
    private static final int OVERDUE = 3;

    private final Map<String, Entry> nodes = new ConcurrentSkipListMap<>();
    private final FeedSettings.Nodes settings;
    private final Clock clock;

    private record Entry(NodeStatus status, boolean left, Instant seenAt) {
        Entry later(Entry other) {
            return other.seenAt.isBefore(seenAt) ? this : other;
        }
    }

    /**
     * @param clock not moved by steps of the wall clock
     */
    public SeenNodes(FeedSettings.Nodes settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** Takes a node's report, which has just arrived. */
    void reported(NodeStatus status) {
        nodes.put(status.id(), new Entry(status, false, clock.instant()));
    }

    /** Takes a node's word that it leaves the cluster; without effect for an unknown node. */
    void left(String id) {
        nodes.computeIfPresent(id, (_, last) -> new Entry(last.status(), true, clock.instant()));
    }

    /** Takes what another master knows. */
    void merge(List<NodeRegistry.KnownNode> others) {
        Instant now = clock.instant();
        for (NodeRegistry.KnownNode other : others) {
            Entry entry =
                    new Entry(other.status(), other.left(), now.minusMillis(other.ageMillis()));
            nodes.merge(other.status().id(), entry, Entry::later);
        }
    }

    /** What another master may merge. */
    List<NodeRegistry.KnownNode> known() {
        Instant now = clock.instant();
        return nodes.values().stream()
                .map(
                        entry ->
                                new NodeRegistry.KnownNode(
                                        entry.status(),
                                        entry.left(),
                                        Duration.between(entry.seenAt(), now).toMillis()))
                .toList();
    }

    /** Nodes with a report within {@code meridian.feed.nodes.forget-after}, sorted by id. */
    public List<SeenNode> list() {
        Instant now = clock.instant();
        Instant oldest = now.minus(settings.forgetAfter());
        nodes.values().removeIf(entry -> entry.seenAt().isBefore(oldest));
        return nodes.values().stream()
                .map(entry -> new SeenNode(entry.status(), state(entry, now), entry.seenAt()))
                .toList();
    }

    private SeenNode.State state(Entry entry, Instant now) {
        Duration age = Duration.between(entry.seenAt(), now);
        if (entry.left()) {
            return SeenNode.State.LEFT;
        }
        if (age.compareTo(settings.lostAfter()) >= 0) {
            return SeenNode.State.LOST;
        }
        boolean overdue = age.compareTo(settings.reportInterval().multipliedBy(OVERDUE)) > 0;
        return overdue || entry.status().lagSeconds() > 0 ? SeenNode.State.LATE : SeenNode.State.OK;
    }
}
