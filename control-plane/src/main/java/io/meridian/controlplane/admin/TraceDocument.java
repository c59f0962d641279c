package io.meridian.controlplane.admin;

import io.meridian.controlplane.config.Role;
import io.meridian.domain.service.ServiceId;
import io.meridian.feed.master.SeenNode;
import io.meridian.feed.wire.NodeStatus;

import java.util.ArrayList;
import java.util.List;

/** {@code GET /api/trace/services/{id}}: which stages a service's last change has reached. */
record TraceDocument(String service, String framework, List<Stage> stages) {
    /**
     * @param at revision or sequence number of the change
     * @param has revision or sequence number that the stage has applied
     */
    record Stage(String stage, String where, long at, long has, boolean reached) {
        Stage(String stage, String where, long at, long has) {
            this(stage, where, at, has, has >= at);
        }
    }

    /**
     * @param zoneRevision of the zone table as this node has it
     * @param vipRevision of the VIP table as this node has it
     */
    static TraceDocument of(
            ServiceId id,
            ServiceReader.Progress progress,
            long zoneRevision,
            long vipRevision,
            List<SeenNode> nodes) {
        long journalled = progress.journalled();
        List<Stage> stages = new ArrayList<>();
        stages.add(new Stage("journal", id.toString(), journalled, journalled));
        stages.add(new Stage("tables", "sequence number", journalled, progress.projected()));
        stages.add(new Stage("feed", "zone", progress.zoneRevision(), zoneRevision));
        stages.add(new Stage("feed", "vip", progress.vipRevision(), vipRevision));
        nodes.forEach(node -> stages.addAll(of(node.status(), progress)));
        return new TraceDocument(id.path(), id.framework(), stages);
    }

    /** A node that is only a master answers no client; it shows what it feeds to others. */
    private static List<Stage> of(NodeStatus node, ServiceReader.Progress progress) {
        boolean agent = node.roles().contains(Role.AGENT.label());
        return List.of(
                new Stage(
                        agent ? "dns" : "feed",
                        agent ? node.id() : node.id() + " zone",
                        progress.zoneRevision(),
                        node.zoneRevision()),
                new Stage(
                        agent ? "kernel" : "feed",
                        agent ? node.id() : node.id() + " vip",
                        progress.vipRevision(),
                        node.vipRevision()));
    }
}
