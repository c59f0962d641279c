package io.meridian.domain.vip;

import io.meridian.domain.net.IpAddress;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The Mesos agents that this node considers lost, before Mesos does (specs: dcos-net 2.6). An agent
 * without a member of the cluster is not judged.
 *
 * @param lost addresses of the agents
 */
public record Reachability(SortedSet<IpAddress> lost) {
    /** Every agent is reachable. */
    public static final Reachability ALL = new Reachability(Collections.emptySortedSet());

    /**
     * Another node of the cluster.
     *
     * @param address of the node, which is also its Mesos agent's
     * @param agent whether the node has role agent; a node without it has no Mesos agent to lose
     * @param reachable whether the cluster has contact with the node
     */
    public record Member(IpAddress address, boolean agent, boolean reachable) {}

    public Reachability {
        lost = Collections.unmodifiableSortedSet(new TreeSet<>(lost));
    }

    /**
     * Considers unreachable agents lost. If most members, masters included, are unreachable, the
     * node assumes that it is cut off itself, and considers no agent lost.
     *
     * @param others members without this node
     */
    public static Reachability of(Collection<Member> others) {
        SortedSet<IpAddress> lost = new TreeSet<>();
        long unreachable = 0;
        for (Member member : others) {
            if (!member.reachable()) {
                unreachable++;
                if (member.agent()) {
                    lost.add(member.address());
                }
            }
        }
        if (2 * unreachable > others.size()) {
            return ALL;
        }
        others.stream().filter(Member::reachable).map(Member::address).forEach(lost::remove);
        return new Reachability(lost);
    }

    /** The state of a backend on this node; only a serving backend can become unreachable. */
    BackendState state(VipRow.Backend row) {
        return row.state() == BackendState.SERVING && lost.contains(row.at())
                ? BackendState.UNREACHABLE
                : row.state();
    }
}
