package io.meridian.feed.master;

import io.meridian.feed.wire.NodeStatus;

import java.time.Instant;
import java.util.Locale;

/**
 * A node as one master sees it.
 *
 * @param status the node's last report
 * @param seenAt arrival of that report, by this node's clock
 */
public record SeenNode(NodeStatus status, State state, Instant seenAt) {
    /** Whether a node still reports. */
    public enum State {
        /** The node reports in time and its tables are current. */
        OK,
        /** The node's report is overdue, or its tables may be out of date. */
        LATE,
        /** The node has not reported for {@code meridian.feed.nodes.lost-after}. */
        LOST,
        /** The node has left the cluster in good order. */
        LEFT;

        /** Name in the API and in metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
