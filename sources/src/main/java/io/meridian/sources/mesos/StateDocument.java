package io.meridian.sources.mesos;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The whole cluster as one master tells it.
 *
 * @param tasks launched, unreachable and orphan ones
 * @param completed of these it says that they ended, with their states
 * @param recovered ids of agents that the master knows of but has not heard from
 * @param leader {@code master@address:port}; empty if the document does not say
 * @param pid of the master that answered; empty if the document does not say
 * @param silentSince when the master was elected, if it does not tell recovered agents: then its
 *     word is no proof of absence for a while
 * @param unreadable tasks, agents and frameworks without id
 */
record StateDocument(
        List<AgentReport> agents,
        Set<String> recovered,
        List<FrameworkReport> frameworks,
        List<TaskReport> tasks,
        List<TaskReport> completed,
        String leader,
        String pid,
        Optional<Instant> silentSince,
        int unreadable) {
    StateDocument {
        agents = List.copyOf(agents);
        recovered = Set.copyOf(recovered);
        frameworks = List.copyOf(frameworks);
        tasks = List.copyOf(tasks);
        completed = List.copyOf(completed);
    }
}
