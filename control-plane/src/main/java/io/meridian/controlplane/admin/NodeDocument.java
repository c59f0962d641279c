package io.meridian.controlplane.admin;

import io.meridian.domain.time.SteadyClock;
import io.meridian.feed.master.SeenNode;
import io.meridian.feed.wire.NodeStatus;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * One element of {@code GET /api/nodes}.
 *
 * @param state {@code ok}, {@code late}, {@code lost} or {@code left}
 * @param seenSeconds seconds since the node's last report
 * @param seenAt wall clock time of the node's last report
 */
record NodeDocument(
        String id,
        String state,
        double seenSeconds,
        String version,
        String address,
        List<String> roles,
        Revisions revisions,
        double lagSeconds,
        NodeStatus.Dataplane dataplane,
        String seenAt) {
    static List<NodeDocument> all(List<SeenNode> nodes) {
        return nodes.stream().map(NodeDocument::of).toList();
    }

    private static NodeDocument of(SeenNode seen) {
        NodeStatus node = seen.status();
        return new NodeDocument(
                node.id(),
                seen.state().label(),
                seconds(seen.seenAt()),
                node.version(),
                node.address(),
                node.roles().stream().sorted().toList(),
                new Revisions(node.zoneRevision(), node.vipRevision()),
                node.lagSeconds(),
                node.dataplane(),
                SteadyClock.INSTANCE.wall(seen.seenAt()).toString());
    }

    private static double seconds(Instant since) {
        return Duration.between(since, SteadyClock.INSTANCE.instant()).toMillis() / 1000.0;
    }
}
