package io.meridian.controlplane.compat;

import io.meridian.dns.ServedZone;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.master.SeenNode;

import java.util.List;

/**
 * The data of a running node that the peers' APIs show. All methods return at once, on any thread.
 */
public interface CompatData {
    /** Every zone that this node serves, as of one instant, sorted by origin. */
    List<ServedZone> servedZones();

    /** This node's VIP table. */
    CurrentImage<VipRow, VipImage> vips();

    /** Nodes with a recent report, sorted by id; a node without role master knows only itself. */
    List<SeenNode> nodes();
}
