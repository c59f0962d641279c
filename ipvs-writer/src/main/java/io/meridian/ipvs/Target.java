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
 * @param paces of virtual servers that are not at the usual one
 * @param usual pace of all others
 * @param tentative the image is from before a restart, so the kernel may know better: what it
 *     serves stays as it is
 * @param keepingClients virtual servers whose real servers are to see their clients' own addresses
 */
public record Target(
        KernelState state,
        Map<Endpoint, Pace> paces,
        Pace usual,
        boolean tentative,
        SortedSet<Endpoint> keepingClients) {
    public Target {
        paces = Map.copyOf(paces);
        keepingClients = Collections.unmodifiableSortedSet(new TreeSet<>(keepingClients));
    }

    /** Where every client is masqueraded. */
    public Target(KernelState state, Map<Endpoint, Pace> paces, Pace usual, boolean tentative) {
        this(state, paces, usual, tentative, new TreeSet<>());
    }

    /** At once, without drains and slow starts. */
    public static Target of(KernelState state) {
        return new Target(state, Map.of(), Pace.AT_ONCE, false);
    }

    /** The same with another state. */
    public Target with(UnaryOperator<KernelState> change) {
        return new Target(change.apply(state), paces, usual, tentative, keepingClients);
    }

    /** Of a virtual server that this target asks for. */
    Pace pace(Endpoint server) {
        return paces.getOrDefault(server, usual);
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
