package io.meridian.controlplane.admin;

import akka.actor.typed.ActorRef;

import io.meridian.dns.ServedZone;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.master.FeedServer;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What a running node lets the admin HTTP see. All methods answer at once, from any thread. */
public interface AdminData {
    /** Zone table as this node has it. */
    CurrentImage<ZoneRow, ZoneImage> zones();

    /** VIP table as this node has it. */
    CurrentImage<VipRow, VipImage> vips();

    /** Which agents this node holds for lost. */
    Reachability reachability();

    /** Every zone that this node serves, at one instant, sorted by origin. */
    List<ServedZone> servedZones();

    /** Nodes that have reported lately, sorted by id. */
    CompletionStage<List<FeedServer.SeenNode>> nodes();

    /**
     * The service tables; empty on a node that is no master, or while its database is not there.
     */
    Optional<ServiceReader> services();

    /** The feed, where it runs on this node and serves. */
    Optional<ActorRef<FeedServer.Command>> feed();

    /** This node's data plane; empty on a node that is no agent. */
    Optional<DataPlane> dataPlane();

    /** Whether this node serves, and how it is doing. */
    CompletionStage<Readiness> readiness();

    /**
     * @param reasons why it is not ready, one sentence each; empty if it is
     * @param details condition by name, sorted; staleness is here, as it is no outage
     */
    record Readiness(List<String> reasons, java.util.SortedMap<String, Object> details) {
        public Readiness {
            reasons = List.copyOf(reasons);
        }
    }
}
