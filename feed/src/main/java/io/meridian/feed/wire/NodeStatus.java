package io.meridian.feed.wire;

import io.meridian.feed.Provenance;

import java.util.List;

/**
 * A node's report about itself. The node sends one to every master each {@code report-interval}.
 *
 * @param id the node's id, unique and stable
 * @param version of the node's program
 * @param address the node's own address
 * @param roles {@code master}, {@code agent} or both
 * @param zoneRevision revision that the DNS front end has applied; {@link Provenance#NO_REVISION}
 *     if none
 * @param vipRevision revision that the data plane has applied; {@link Provenance#NO_REVISION} if
 *     none
 * @param lagSeconds time for which the node's images may have been out of date, seconds; 0 if they
 *     are current
 */
public record NodeStatus(
        String id,
        String version,
        String address,
        List<String> roles,
        long zoneRevision,
        long vipRevision,
        double lagSeconds,
        Dataplane dataplane)
        implements FeedMessage {
    public NodeStatus {
        roles = List.copyOf(roles);
    }

    /**
     * The state of a node's data plane.
     *
     * @param kind {@code dry-run}, {@code ipvs} or {@code none}
     * @param virtualServers in the kernel now
     * @param realServers in the kernel now
     * @param operations since the node started
     * @param failures operations that the kernel refused, since the node started
     * @param drift differences that others caused and the node repaired, since it started
     * @param detail the last failure as text for an operator; empty if none
     */
    public record Dataplane(
            String kind,
            int virtualServers,
            int realServers,
            long operations,
            long failures,
            long drift,
            String detail) {
        /** The state of a node without a data plane. */
        public static final Dataplane NONE = new Dataplane("none", 0, 0, 0, 0, 0, "");
    }
}
