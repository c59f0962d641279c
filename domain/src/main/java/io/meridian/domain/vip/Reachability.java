package io.meridian.domain.vip;

import io.meridian.domain.net.IpAddress;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Which agents this node takes for lost, before Mesos has noticed (specs: dcos-net 2.6). An agent
 * that no member of the cluster stands for is not judged.
 *
 * @param lost their addresses
 */
public record Reachability(SortedSet<IpAddress> lost) {
    /** Nobody is lost. */
    public static final Reachability ALL = new Reachability(Collections.emptySortedSet());

    /**
     * Another node of the cluster, as this one sees it.
     *
     * @param address where it is, the same as its Mesos agent's
     * @param reachable whether the cluster has contact with it
     */
    public record Member(IpAddress address, boolean reachable) {}

    public Reachability {
        lost = Collections.unmodifiableSortedSet(new TreeSet<>(lost));
    }

    /**
     * What follows from the others: who is unreachable is lost, unless that is most of them. Then
     * it is rather this node that is cut off, and it judges nobody; so does one that knows nobody.
     *
     * @param others without this node
     */
    public static Reachability of(Collection<Member> others) {
        SortedSet<IpAddress> lost = new TreeSet<>();
        long unreachable = 0;
        for (Member member : others) {
            if (!member.reachable()) {
                unreachable++;
                lost.add(member.address());
            }
        }
        if (2 * unreachable > others.size()) {
            return ALL;
        }
        others.stream().filter(Member::reachable).map(Member::address).forEach(lost::remove);
        return new Reachability(lost);
    }

    /** The state of a backend on this node: only one that serves can be lost here. */
    BackendState state(VipRow.Backend row) {
        return row.state() == BackendState.SERVING && lost.contains(row.at())
                ? BackendState.UNREACHABLE
                : row.state();
    }
}
