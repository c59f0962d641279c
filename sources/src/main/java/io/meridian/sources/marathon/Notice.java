package io.meridian.sources.marathon;

import io.meridian.domain.net.IpAddress;

import java.util.List;

/**
 * What the source tells itself. {@code epoch} counts connections: a notice of an earlier one is
 * void.
 */
sealed interface Notice extends MarathonSource.Command {
    /** Time for the next attempt. */
    record Connect() implements Notice {}

    record Opened(int epoch, StreamPart.Opened stream) implements Notice {}

    /** Events in the order of the stream; at least one. */
    record Received(int epoch, List<MarathonEvent> events) implements Notice {}

    record Ended(int epoch, String cause) implements Notice {}

    /** No event has come in time. */
    record FirstEventLate(int epoch) implements Notice {}

    /** Something may be due. */
    record Pump() implements Notice {}

    record ListingAnswered(int epoch, Outcome.OfListing outcome) implements Notice {}

    record ServiceAnswered(int epoch, ReadSchedule.Job.Service job, Outcome.OfService outcome)
            implements Notice {}

    record VersionAnswered(int epoch, ReadSchedule.Job.Version job, Outcome.OfVersion outcome)
            implements Notice {}

    /** A lookup has ended; without addresses it failed. */
    record HostAnswered(String host, List<IpAddress> addresses) implements Notice {}

    /** A failed lookup may be tried again. */
    record HostRetry(String host) implements Notice {}

    /** The stream and the REST API don't belong together. */
    record Reattach(int epoch, String cause) implements Notice {}
}
