package io.meridian.ipvs;

import io.meridian.domain.net.IpAddress;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is, or should be, in the kernel of one network namespace.
 *
 * @param routes addresses with a {@code local} route on our interface: for these the host takes
 *     packets in
 */
public record KernelState(IpvsTable table, SortedSet<IpAddress> routes, LinkState link) {
    /** Nothing at all: what a fresh kernel holds. */
    public static final KernelState EMPTY =
            new KernelState(IpvsTable.EMPTY, new TreeSet<>(), LinkState.ABSENT);

    public KernelState {
        routes = Collections.unmodifiableSortedSet(new TreeSet<>(routes));
    }

    /** The same state; see {@link IpvsTable#sharing}. */
    public KernelState sharing(KernelState other) {
        return new KernelState(table.sharing(other.table), routes, link);
    }

    public static KernelState of(IpvsTable table, Collection<IpAddress> routes, LinkState link) {
        return new KernelState(table, new TreeSet<>(routes), link);
    }
}
