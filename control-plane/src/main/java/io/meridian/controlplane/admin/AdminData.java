package io.meridian.controlplane.admin;

import akka.actor.typed.ActorRef;

import io.meridian.dns.ServedZone;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.vip.VipRules;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.master.SeenNode;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.CompletionStage;

/**
 * The data of a running node that the admin HTTP shows. All methods return at once, on any thread.
 */
public interface AdminData {
    /** This node's zone table. */
    CurrentImage<ZoneRow, ZoneImage> zones();

    /** This node's VIP table. */
    CurrentImage<VipRow, VipImage> vips();

    /** The agents that this node considers unreachable. */
    Reachability reachability();

    /** The rules by which masters read VIP labels. */
    VipRules vipRules();

    /** Every zone that this node serves, at one instant, sorted by origin. */
    List<ServedZone> servedZones();

    /**
     * The nodes that this master knows, sorted by id; on a node without role master only this node.
     */
    List<SeenNode> nodes();

    /**
     * The service tables; empty on a node without role master, or while its database is not
     * available.
     */
    Optional<ServiceReader> services();

    /** The feed; empty unless it runs and serves on this node. */
    Optional<ActorRef<FeedServer.Command>> feed();

    /** This node's data plane; empty on a node that is no agent. */
    Optional<DataPlane> dataPlane();

    /** Whether this node serves, and the state of its parts. */
    CompletionStage<Readiness> readiness();

    /**
     * @param reasons reasons why the node is not ready, one sentence each; empty if it is ready
     * @param conditions conditions under which the node serves and something stands still: a
     *     sentence by name; empty if none holds
     * @param details values by name, sorted; staleness is among them, because a stale node still
     *     serves
     */
    record Readiness(
            List<String> reasons,
            SortedMap<String, String> conditions,
            SortedMap<String, Object> details) {
        public Readiness {
            reasons = List.copyOf(reasons);
        }
    }
}
