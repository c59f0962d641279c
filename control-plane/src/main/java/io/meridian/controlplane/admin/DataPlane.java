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

/** An agent's data plane, for the admin HTTP. */
public interface DataPlane {
    /** Status of the IPVS writer as of its last report; empty before the first. */
    Optional<IpvsStatus> status();

    /** Status of each container's network namespace, as of the last report. */
    List<NamespaceStatus> namespaces();

    /** This node's view: decides the address at which it reaches a backend of its own. */
    NodeView node();

    /** Settings of the IPVS writer. */
    IpvsSettings settings();

    /** The operations that the writer would run now, and why. */
    CompletionStage<Proposal> plan();

    /** The kernel's counters of a VIP; empty before they are read. */
    default Optional<Statistics.Server> counted(Vip vip) {
        return status().map(now -> now.counted().statistics().servers().get(server(vip)));
    }

    /** The kernel's counters of one backend of a VIP; empty before they are read. */
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
