package io.meridian.sources.mesos;

import io.meridian.sources.SourceSignal;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The state of the whole cluster as one master reports it.
 *
 * @param tasks launched, unreachable and orphan tasks
 * @param completed tasks that have ended, with their last states
 * @param recovered ids of agents that the master knows from its registry and that have not
 *     reregistered
 * @param leader {@code master@address:port}; empty if the document names no leader
 * @param pid process id of the master that answered; empty if the document has none
 * @param silentSince when the master was elected, if the document lists no recovered agents:
 *     absence from it then proves nothing for a while; empty otherwise
 * @param unreadable number of entries that could not be read
 * @param exceptions what is to be said of these
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
        int unreadable,
        SourceSignal.Exceptions exceptions) {
    StateDocument {
        agents = List.copyOf(agents);
        recovered = Set.copyOf(recovered);
        frameworks = List.copyOf(frameworks);
        tasks = List.copyOf(tasks);
        completed = List.copyOf(completed);
    }
}
