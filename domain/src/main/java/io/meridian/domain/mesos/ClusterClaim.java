package io.meridian.domain.mesos;

import io.meridian.domain.net.IpAddress;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A claim by Mesos about the cluster itself: its masters, agents and frameworks. Texts are
 * verbatim.
 */
public sealed interface ClusterClaim {
    /**
     * The masters are these.
     *
     * @param leader {@code master@address:port} (what stands before the {@code @} means nothing);
     *     empty if there is none
     * @param masters {@code address:port} each, in the order in which they are known
     */
    record Masters(String leader, List<String> masters) implements ClusterClaim {
        public Masters {
            masters = List.copyOf(masters);
        }
    }

    /**
     * An agent is registered.
     *
     * @param pid {@code slave(1)@host:port}
     * @param hostname as it calls itself
     * @param addresses what the host of the pid stands for; empty while that is not known
     */
    record AgentSeen(String id, String pid, String hostname, List<IpAddress> addresses)
            implements ClusterClaim {
        public AgentSeen {
            addresses = List.copyOf(addresses);
        }
    }

    record AgentGone(String id) implements ClusterClaim {}

    /**
     * A framework is subscribed, whether or not it is connected just now.
     *
     * @param pid of its scheduler, {@code scheduler(1)@host:port}; empty for one that speaks HTTP
     * @param hostname of its scheduler
     * @param addresses what the host of the pid, or without pid the hostname, stands for; empty
     *     while that is not known
     */
    record FrameworkSeen(
            String id, String name, String pid, String hostname, List<IpAddress> addresses)
            implements ClusterClaim {
        public FrameworkSeen {
            addresses = List.copyOf(addresses);
        }
    }

    record FrameworkGone(String id) implements ClusterClaim {}

    /** All agents and frameworks; what is not here is gone. */
    record ClusterListed(List<AgentSeen> agents, List<FrameworkSeen> frameworks)
            implements ClusterClaim {
        public ClusterListed {
            agents = List.copyOf(agents);
            frameworks = List.copyOf(frameworks);
        }
    }

    /** Ids of all agents and frameworks; what is not here is gone. Tells nothing else of them. */
    record Present(SortedSet<String> agents, SortedSet<String> frameworks) implements ClusterClaim {
        public Present {
            agents = Collections.unmodifiableSortedSet(new TreeSet<>(agents));
            frameworks = Collections.unmodifiableSortedSet(new TreeSet<>(frameworks));
        }

        /** Those that a listing has. */
        public static Present of(ClusterListed listed) {
            SortedSet<String> agents = new TreeSet<>();
            SortedSet<String> frameworks = new TreeSet<>();
            listed.agents().forEach(agent -> agents.add(agent.id()));
            listed.frameworks().forEach(framework -> frameworks.add(framework.id()));
            return new Present(agents, frameworks);
        }
    }
}
