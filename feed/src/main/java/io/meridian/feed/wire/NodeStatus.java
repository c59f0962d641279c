package io.meridian.feed.wire;

import io.meridian.feed.Provenance;

import java.util.List;

/**
 * What a node says about itself, to every master, once a second.
 *
 * @param id the node's id, unique and stable
 * @param address where it can be reached
 * @param roles {@code master}, {@code agent} or both
 * @param zoneRevision what its DNS front end has applied; {@link Provenance#NO_REVISION} if nothing
 * @param vipRevision what its data plane has applied; {@link Provenance#NO_REVISION} if nothing
 * @param lagSeconds for how long its images may have been out of date; 0 if they are not
 */
public record NodeStatus(
        String id,
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
     * What its data plane has done.
     *
     * @param kind {@code dry-run}, {@code ipvs} or {@code none}
     * @param virtualServers in the kernel now
     * @param realServers in the kernel now
     * @param operations since the node started
     * @param failures operations that the kernel refused, since the node started
     * @param drift differences that nobody asked for and that were repaired, since the node started
     * @param detail for people: the last failure, or empty
     */
    public record Dataplane(
            String kind,
            int virtualServers,
            int realServers,
            long operations,
            long failures,
            long drift,
            String detail) {
        /** Of a node without one. */
        public static final Dataplane NONE = new Dataplane("none", 0, 0, 0, 0, 0, "");
    }
}
