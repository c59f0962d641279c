package io.meridian.controlplane.compat;

import io.meridian.dns.ServedZone;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.master.FeedServer.SeenNode;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** What a running node lets the peers' APIs see. All methods answer at once, from any thread. */
public interface CompatData {
    /** Every zone that this node serves, at one instant, sorted by origin. */
    List<ServedZone> servedZones();

    /** VIP table as this node has it. */
    CurrentImage<VipRow, VipImage> vips();

    /** Nodes that have reported lately, sorted by id; on a node that is no master only itself. */
    CompletionStage<List<SeenNode>> nodes();
}
