package io.meridian.ipvs;

import io.meridian.domain.net.IpAddress;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * State of one network namespace: as observed, or as desired.
 *
 * @param routes addresses with a host route on Meridian's interface, whose packets reach IPVS
 */
public record KernelState(IpvsTable table, SortedSet<IpAddress> routes, LinkState link) {
    /** An empty state, as of a new kernel. */
    public static final KernelState EMPTY =
            new KernelState(IpvsTable.EMPTY, new TreeSet<>(), LinkState.ABSENT);

    public KernelState {
        routes = Collections.unmodifiableSortedSet(new TreeSet<>(routes));
    }

    /** An equal state that shares entries; see {@link IpvsTable#sharing}. */
    public KernelState sharing(KernelState other) {
        return new KernelState(table.sharing(other.table), routes, link);
    }

    public static KernelState of(IpvsTable table, Collection<IpAddress> routes, LinkState link) {
        return new KernelState(table, new TreeSet<>(routes), link);
    }
}
