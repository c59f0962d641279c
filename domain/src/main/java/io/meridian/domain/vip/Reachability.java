package io.meridian.domain.vip;

import io.meridian.domain.net.IpAddress;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * This node's view of the machines around it: the Mesos agents that the node considers lost, before
 * Mesos does (specs: dcos-net 2.6), and the IP VIPs that have a machine's address. An agent without
 * a member of the cluster is not judged.
 *
 * @param lost addresses of the agents
 * @param machines addresses of IP VIPs that are not created, each with its machine in the
 *     operator's words
 */
public record Reachability(SortedSet<IpAddress> lost, SortedMap<IpAddress, String> machines) {
    /** Every agent is reachable, and no IP VIP has the address of a machine. */
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
        machines = Collections.unmodifiableSortedMap(new TreeMap<>(machines));
    }

    /** A view in which no IP VIP has the address of a machine. */
    public Reachability(SortedSet<IpAddress> lost) {
        this(lost, Collections.emptySortedMap());
    }

    /** A copy with other IP VIPs at addresses of machines. */
    public Reachability with(SortedMap<IpAddress, String> others) {
        return new Reachability(lost, others);
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
