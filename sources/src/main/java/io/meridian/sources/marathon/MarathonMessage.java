package io.meridian.sources.marathon;

import io.meridian.domain.net.IpAddress;
import io.meridian.sources.http.StreamEvent;

import java.util.List;

/** Messages of a Marathon source to itself. */
sealed interface MarathonMessage extends MarathonSource.Command {
    /** A message that is void once its connection is lost, see {@link #epoch}. */
    sealed interface OfConnection extends MarathonMessage {
        /** Number of the connection; see {@link io.meridian.sources.http.Reconnector}. */
        int epoch();
    }

    record Streamed(int epoch, StreamEvent<MarathonEvent> event) implements OfConnection {}

    record ListingRead(int epoch, ReadResult.OfListing result) implements OfConnection {}

    record ServiceRead(int epoch, ReadSchedule.Job.Service job, ReadResult.OfService result)
            implements OfConnection {}

    record VersionRead(int epoch, ReadSchedule.Job.Version job, ReadResult.OfVersion result)
            implements OfConnection {}

    /**
     * @param addresses empty if the lookup failed
     */
    record HostResolved(String host, List<IpAddress> addresses) implements MarathonMessage {}

    /** A deadline of {@link MarathonProcessor#nextDue} has come. */
    record Wake() implements MarathonMessage {}
}
