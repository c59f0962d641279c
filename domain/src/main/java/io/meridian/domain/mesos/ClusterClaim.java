package io.meridian.domain.mesos;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.text.StorableText;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * An observation of the Mesos cluster itself: its masters, agents and frameworks. Texts are
 * verbatim, except for what {@link StorableText} replaces.
 */
public sealed interface ClusterClaim {
    /**
     * The masters of the cluster.
     *
     * @param leader {@code master@address:port} (readers ignore the part before the {@code @});
     *     empty if no leader is known
     * @param masters {@code address:port} of each master, in the order of the source's list
     */
    record Masters(String leader, List<String> masters) implements ClusterClaim {
        public Masters {
            masters = List.copyOf(masters);
        }
    }

    /**
     * A registered agent.
     *
     * @param pid process id of the agent, {@code slave(1)@host:port}
     * @param hostname {@code --hostname} of the agent
     * @param addresses addresses of the pid's host; empty while unresolved
     */
    record AgentSeen(String id, String pid, String hostname, List<IpAddress> addresses)
            implements ClusterClaim {
        public AgentSeen {
            StorableText.checkedId(id, StorableText.MAX_ID, "agent id");
            addresses = List.copyOf(addresses);
        }
    }

    record AgentGone(String id) implements ClusterClaim {}

    /**
     * A subscribed framework, connected or not.
     *
     * @param pid process id of the scheduler, {@code scheduler(1)@host:port}; empty for an HTTP
     *     scheduler
     * @param hostname hostname of the scheduler
     * @param addresses addresses of the pid's host, or of the hostname if there is no pid; empty
     *     while unresolved
     */
    record FrameworkSeen(
            String id, String name, String pid, String hostname, List<IpAddress> addresses)
            implements ClusterClaim {
        public FrameworkSeen {
            StorableText.checkedId(id, StorableText.MAX_ID, "framework id");
            addresses = List.copyOf(addresses);
        }
    }

    record FrameworkGone(String id) implements ClusterClaim {}

    /** All agents and frameworks of the cluster; others are gone. */
    record ClusterListed(List<AgentSeen> agents, List<FrameworkSeen> frameworks)
            implements ClusterClaim {
        public ClusterListed {
            agents = List.copyOf(agents);
            frameworks = List.copyOf(frameworks);
        }
    }

    /** Ids of all agents and frameworks of the cluster; others are gone. */
    record Present(SortedSet<String> agents, SortedSet<String> frameworks) implements ClusterClaim {
        public Present {
            agents = Collections.unmodifiableSortedSet(new TreeSet<>(agents));
            frameworks = Collections.unmodifiableSortedSet(new TreeSet<>(frameworks));
        }

        /** The ids of a listing. */
        public static Present of(ClusterListed listed) {
            SortedSet<String> agents = new TreeSet<>();
            SortedSet<String> frameworks = new TreeSet<>();
            listed.agents().forEach(agent -> agents.add(agent.id()));
            listed.frameworks().forEach(framework -> frameworks.add(framework.id()));
            return new Present(agents, frameworks);
        }
    }
}
