package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;

import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * The state that a node's kernel should reach, and the policies on the way.
 *
 * @param state that the VIP image requests
 * @param policies of virtual servers that differ from the default
 * @param defaultPolicy of all other virtual servers
 * @param tentative whether the image is from before a restart and unconfirmed; the kernel may be
 *     newer, so virtual servers that serve keep their state
 * @param keepingClients virtual servers whose real servers should see the addresses of clients
 */
public record Target(
        KernelState state,
        Map<Endpoint, TransitionPolicy> policies,
        TransitionPolicy defaultPolicy,
        boolean tentative,
        SortedSet<Endpoint> keepingClients) {
    public Target {
        policies = Map.copyOf(policies);
        keepingClients = Collections.unmodifiableSortedSet(new TreeSet<>(keepingClients));
    }

    /** A target that masquerades every client. */
    public Target(
            KernelState state,
            Map<Endpoint, TransitionPolicy> policies,
            TransitionPolicy defaultPolicy,
            boolean tentative) {
        this(state, policies, defaultPolicy, tentative, new TreeSet<>());
    }

    /** A target without drains and slow starts. */
    public static Target of(KernelState state) {
        return new Target(state, Map.of(), TransitionPolicy.IMMEDIATE, false);
    }

    /** A copy with another state. */
    public Target with(UnaryOperator<KernelState> change) {
        return new Target(change.apply(state), policies, defaultPolicy, tentative, keepingClients);
    }

    /** The policy of a virtual server of this target. */
    TransitionPolicy policy(Endpoint server) {
        return policies.getOrDefault(server, defaultPolicy);
    }

    /**
     * Limits a tentative target to additions: virtual servers with a serving real server keep the
     * kernel's state, and so do the routes to them. A confirmed target is returned unchanged.
     */
    public Target on(KernelState kernel) {
        if (!tentative) {
            return this;
        }
        IpvsTable.Builder table = new IpvsTable.Builder();
        SortedSet<IpAddress> routes = new TreeSet<>(state.routes());
        state.table().entries().forEach(table::put);
        for (IpvsTable.Entry present : kernel.table().entries()) {
            if (present.realServers().stream().anyMatch(RealServer::serves)) {
                table.put(present);
                IpAddress address = present.server().endpoint().address();
                if (kernel.routes().contains(address)) {
                    routes.add(address);
                }
            }
        }
        return with(_ -> new KernelState(table.build(), routes, state.link()));
    }
}
