package io.meridian.sources.marathon;

import io.meridian.sources.SourceSignal;
import io.meridian.sources.http.Server;

import org.jspecify.annotations.Nullable;

import java.net.URI;

/** What {@link MarathonProcessor} asks {@link MarathonSource} to do; executed in order. */
sealed interface MarathonEffect {
    /** Open the event stream. */
    record Connect(URI base, int epoch) implements MarathonEffect {}

    /** Close the event stream. */
    record Disconnect() implements MarathonEffect {}

    /** Signal the ingest. */
    record Emit(SourceSignal signal) implements MarathonEffect {}

    /**
     * Read a full listing; answered by {@link MarathonMessage.ListingRead}.
     *
     * @param podsSeen whether this Marathon has ever listed a pod
     */
    record ReadListing(int epoch, Server server, boolean podsSeen) implements MarathonEffect {}

    /**
     * Read one service; answered by {@link MarathonMessage.ServiceRead}.
     *
     * @param podApi whether this Marathon has pods
     */
    record ReadService(
            int epoch,
            Server server,
            ReadSchedule.Job.Service job,
            ServiceKind kind,
            boolean podApi)
            implements MarathonEffect {}

    /** Read one version of a definition; answered by {@link MarathonMessage.VersionRead}. */
    record ReadVersion(
            int epoch,
            Server server,
            ReadSchedule.Job.Version job,
            ServiceKind kind,
            boolean podApi)
            implements MarathonEffect {}

    /** Resolve a host name; answered by {@link MarathonMessage.HostResolved}. */
    record LookUp(String host) implements MarathonEffect {}

    /**
     * Count content of a response that could not be read.
     *
     * @param line to log; null for a repetition that is left out
     */
    record Unreadable(@Nullable String line) implements MarathonEffect {}

    /**
     * Count a failed read of a service or a version.
     *
     * @param line as in {@link Unreadable}
     */
    record ReadFailed(@Nullable String line) implements MarathonEffect {}

    record Warn(String message) implements MarathonEffect {}

    record Inform(String message) implements MarathonEffect {}
}
