package io.meridian.ipvs;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.Vip;

import java.util.Set;

/**
 * What a node knows of itself, and of others.
 *
 * @param addresses its own addresses, at least the one that its Mesos agent announces
 * @param agents ids of Mesos agents that are known to run on it; may be empty, the addresses then
 *     tell
 * @param reachability which agents it holds for lost
 */
public record NodeView(Set<IpAddress> addresses, Set<String> agents, Reachability reachability) {
    public NodeView {
        addresses = Set.copyOf(addresses);
        agents = Set.copyOf(agents);
    }

    /** One that judges nobody. */
    public NodeView(Set<IpAddress> addresses, Set<String> agents) {
        this(addresses, agents, Reachability.ALL);
    }

    public static NodeView at(IpAddress address) {
        return new NodeView(Set.of(address), Set.of());
    }

    public NodeView withReachability(Reachability lost) {
        return new NodeView(addresses, agents, lost);
    }

    /** Whether that backend's task runs here. */
    public boolean owns(Vip.Backend backend) {
        return agents.contains(backend.agent())
                || addresses.contains(backend.at())
                || addresses.contains(backend.endpoint().address());
    }
}
