package io.meridian.sources.mesos;

import io.meridian.domain.net.IpAddress;
import io.meridian.sources.http.StreamEvent;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Messages of a Mesos source to itself. */
sealed interface MesosMessage extends MesosSource.Command {
    /** A message that is void once its connection is lost, see {@link #epoch}. */
    sealed interface OfConnection extends MesosMessage {
        /** Number of the connection; see {@link io.meridian.sources.http.Reconnector}. */
        int epoch();
    }

    record Streamed(int epoch, StreamEvent<MesosEvent> event) implements OfConnection {}

    /** The state of a master that has no event stream. */
    record Polled(int epoch, StateDocument state) implements OfConnection {}

    record PollFailed(int epoch, String cause) implements OfConnection {}

    /**
     * @param pid {@code master@host:port} of the master that answered; empty if the response has
     *     none
     */
    record LeaderNamed(int epoch, String pid) implements OfConnection {}

    /**
     * @param pids of schedulers by framework id; empty if the master has no such list, which then
     *     is not asked for again
     */
    record SchedulersRead(int epoch, Optional<Map<String, String>> pids) implements OfConnection {}

    /**
     * @param ids ids of the agents that the master knows; empty if it does not tell
     * @param heard {@link MesosFold#heard} at the time of the question
     */
    record AgentsRead(int epoch, Optional<Set<String>> ids, long heard) implements OfConnection {}

    /** The master did not answer a question, and may later. */
    record Unanswered(int epoch, MasterQuestions.Question question, String cause)
            implements OfConnection {}

    /**
     * ZooKeeper's list of masters.
     *
     * @param pids {@code master@host:port} of each, the leader first
     */
    record MastersRegistered(List<String> pids) implements MesosMessage {}

    /**
     * @param addresses of the host; empty if the lookup failed
     */
    record HostResolved(String host, List<IpAddress> addresses) implements MesosMessage {}

    /** A deadline of {@link MesosProcessor#nextDue} has come. */
    record Wake() implements MesosMessage {}
}
