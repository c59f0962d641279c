package io.meridian.sources.mesos;

import io.meridian.domain.net.IpAddress;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the source's own parts tell it. An {@code epoch} counts connections: what is late from an
 * earlier one is void.
 */
sealed interface Notice extends MesosSource.Command {
    record Connect() implements Notice {}

    /** The master has answered, with a stream or the lack of one. */
    record Answered(int epoch, StreamPart answer) implements Notice {}

    record Received(int epoch, List<MesosMessage> messages) implements Notice {}

    /**
     * @param cause empty if the stream ended in order
     */
    record Ended(int epoch, String cause) implements Notice {}

    record Polled(int epoch, MesosReads.Polled state) implements Notice {}

    record PollFailed(int epoch, String cause) implements Notice {}

    record Poll(int epoch) implements Notice {}

    /** {@code master@host:port} of who answers. */
    record Leads(int epoch, String pid) implements Notice {}

    /** Empty: this master has no list of them. */
    record Schedulers(int epoch, Optional<Map<String, String>> pids) implements Notice {}

    record AskSchedulers(int epoch) implements Notice {}

    /**
     * The agents that a master knows.
     *
     * @param asked see {@link MesosFold#agents}
     */
    record Named(Set<String> ids, long asked) {}

    /** Empty: it does not say. */
    record Agents(int epoch, Optional<Named> answer) implements Notice {}

    /** {@code master@host:port} of each, the leader first. */
    record Registered(List<String> masters) implements Notice {}

    record HostAnswered(String host, List<IpAddress> addresses) implements Notice {}

    record ListNow() implements Notice {}

    record Tick() implements Notice {}
}
