package io.meridian.sources.mesos;

import io.meridian.sources.SourceSignal;
import io.meridian.sources.http.Server;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/** What {@link MesosProcessor} asks {@link MesosSource} to do; executed in order. */
sealed interface MesosEffect {
    /** Open the event stream. */
    record Connect(URI base, int epoch) implements MesosEffect {}

    /** Close the event stream, which has failed. */
    record Disconnect() implements MesosEffect {}

    /** Set the longest silence on the stream. */
    record AllowSilence(Duration silence) implements MesosEffect {}

    /** Signal the ingest. */
    record Emit(SourceSignal signal) implements MesosEffect {}

    /**
     * Read the whole state; answered by {@link MesosMessage.Polled} or {@link
     * MesosMessage.PollFailed}.
     */
    record Poll(int epoch, Server server) implements MesosEffect {}

    /** Ask which master answers; answered by {@link MesosMessage.LeaderNamed}. */
    record AskLeader(int epoch, Server server) implements MesosEffect {}

    /** Read the pids of schedulers; answered by {@link MesosMessage.SchedulersRead}. */
    record AskSchedulers(int epoch, Server server) implements MesosEffect {}

    /**
     * Read the ids of agents; answered by {@link MesosMessage.AgentsRead}.
     *
     * @param heard {@link MesosFold#heard} now, for {@link MesosMessage.AgentsRead}
     */
    record AskAgents(int epoch, Server server, long heard) implements MesosEffect {}

    /** Resolve a host name; answered by {@link MesosMessage.HostResolved}. */
    record LookUp(String host) implements MesosEffect {}

    /** Allow redirects and credentials to these masters, instead of those named before. */
    record TrustMasters(List<URI> masters) implements MesosEffect {}

    record Warn(String message) implements MesosEffect {}

    record Inform(String message) implements MesosEffect {}
}
