package io.meridian.controlplane.admin;

import io.meridian.domain.time.SteadyClock;
import io.meridian.feed.master.FeedServer.SeenNode;
import io.meridian.feed.wire.NodeStatus;

import java.util.List;

/** One element of {@code GET /api/nodes}. */
record NodeDocument(
        String id,
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
                node.address(),
                node.roles().stream().sorted().toList(),
                new Revisions(node.zoneRevision(), node.vipRevision()),
                node.lagSeconds(),
                node.dataplane(),
                SteadyClock.INSTANCE.wall(seen.seenAt()).toString());
    }
}
