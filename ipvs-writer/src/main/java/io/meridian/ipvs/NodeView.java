package io.meridian.ipvs;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.Vip;

import java.util.Set;

/**
 * A node's own addresses, and its view of other nodes.
 *
 * @param addresses of the node, with at least the one that its Mesos agent announces
 * @param agents ids of Mesos agents known to run on the node; if empty, {@code addresses} identify
 *     the agent
 * @param reachability the Mesos agents that this node considers lost
 */
public record NodeView(Set<IpAddress> addresses, Set<String> agents, Reachability reachability) {
    public NodeView {
        addresses = Set.copyOf(addresses);
        agents = Set.copyOf(agents);
    }

    /** A node that considers no agent lost. */
    public NodeView(Set<IpAddress> addresses, Set<String> agents) {
        this(addresses, agents, Reachability.ALL);
    }

    public static NodeView at(IpAddress address) {
        return new NodeView(Set.of(address), Set.of());
    }

    public NodeView withReachability(Reachability lost) {
        return new NodeView(addresses, agents, lost);
    }

    /** Whether the task of a backend runs on this node. */
    public boolean owns(Vip.Backend backend) {
        return agents.contains(backend.agent())
                || addresses.contains(backend.at())
                || addresses.contains(backend.endpoint().address());
    }
}
