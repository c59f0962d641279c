package io.meridian.controlplane.admin;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.vip.Vip;
import io.meridian.ipvs.DesiredState;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.Proposal;
import io.meridian.ipvs.Statistics;
import io.meridian.ipvs.reconcile.IpvsSettings;
import io.meridian.ipvs.reconcile.IpvsStatus;
import io.meridian.ipvs.reconcile.NamespaceStatus;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** An agent's data plane as the admin HTTP sees it. */
public interface DataPlane {
    /** As of the last report; empty before the first. */
    Optional<IpvsStatus> status();

    /** VIPs in containers' own network namespaces, as of the last report. */
    List<NamespaceStatus> namespaces();

    /** Which node it is of: tells where it sends what is for a backend of its own. */
    NodeView node();

    /** How it is set. */
    IpvsSettings settings();

    /** What would be changed now, and why. */
    CompletionStage<Proposal> plan();

    /** What the kernel has counted for a VIP. */
    default Optional<Statistics.Server> counted(Vip vip) {
        return status().map(now -> now.counted().statistics().servers().get(server(vip)));
    }

    /** What the kernel has counted for one backend of a VIP. */
    default Optional<Statistics.Real> counted(Vip vip, Vip.Backend backend) {
        return status().flatMap(
                        now ->
                                now.counted()
                                        .statistics()
                                        .of(server(vip), DesiredState.reached(backend, node())));
    }

    private static Endpoint server(Vip vip) {
        return new Endpoint(vip.address(), vip.key().port(), vip.key().protocol());
    }
}
