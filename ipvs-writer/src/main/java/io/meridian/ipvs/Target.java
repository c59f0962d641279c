package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;

import java.util.Collections;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * What one node's kernel should come to, and how gently.
 *
 * @param state what the VIP image asks for
 * @param paces of virtual servers that are not at the defaultPolicy one
 * @param defaultPolicy pace of all others
 * @param tentative the image is from before a restart, so the kernel may know better: what it
 *     serves stays as it is
 * @param keepingClients virtual servers whose real servers are to see their clients' own addresses
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

    /** Where every client is masqueraded. */
    public Target(
            KernelState state,
            Map<Endpoint, TransitionPolicy> policies,
            TransitionPolicy defaultPolicy,
            boolean tentative) {
        this(state, policies, defaultPolicy, tentative, new TreeSet<>());
    }

    /** At once, without drains and slow starts. */
    public static Target of(KernelState state) {
        return new Target(state, Map.of(), TransitionPolicy.IMMEDIATE, false);
    }

    /** The same with another state. */
    public Target with(UnaryOperator<KernelState> change) {
        return new Target(change.apply(state), policies, defaultPolicy, tentative, keepingClients);
    }

    /** Of a virtual server that this target asks for. */
    TransitionPolicy policy(Endpoint server) {
        return policies.getOrDefault(server, defaultPolicy);
    }

    /**
     * What may be done to that kernel. If tentative, what it lacks is filled in; virtual servers
     * that have a serving real server stay exactly as they are, whether asked for or not, and so do
     * routes to them.
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
