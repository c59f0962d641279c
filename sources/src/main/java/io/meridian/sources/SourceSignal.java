package io.meridian.sources;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a source tells the ingest. Signals of one source come in the order in which the source
 * learned of them.
 */
public sealed interface SourceSignal {
    /**
     * The event stream is open and live.
     *
     * @param leader {@code host:port} of the leader, or the URL's authority if it names none
     */
    record Attached(String leader) implements SourceSignal {}

    /**
     * The stream is lost or could not be opened; attempts go on with backoff.
     *
     * @param attempt 1 for the first failure in a row
     */
    record Detached(String cause, int attempt) implements SourceSignal {}

    /** A claim from an event or from a re-read of one service. */
    record Observed(Observation observation) implements SourceSignal {}

    /**
     * Every service of the source: a complete, consistent listing (all its parts answered 2xx, were
     * read whole, and named the same leader), taken while the stream was attached. Anything less is
     * {@link ListingFailed}.
     *
     * @param services one per service that is the source's
     * @param askedAt when the first request of it was sent
     */
    record ListedAll(List<Observation.Listing> services, Instant askedAt) implements SourceSignal {
        public ListedAll {
            services = List.copyOf(services);
        }
    }

    /** A claim about the cluster itself. */
    record ClusterObserved(ClusterClaim claim) implements SourceSignal {}

    /** A full listing could not be had; it is tried again. */
    record ListingFailed(String cause) implements SourceSignal {}

    /**
     * A single re-read answered that the service is not defined ("does not exist"): evidence, not
     * yet proof.
     */
    record NotDefined(ServiceId service) implements SourceSignal {}

    /**
     * Somebody said that this ended, without naming tasks; together with a good listing that lacks
     * it that is proof.
     *
     * @param instance empty: the whole service
     */
    record EndHinted(ServiceId service, Optional<String> instance, String reason)
            implements SourceSignal {}

    /**
     * The definition that a task version needs.
     *
     * @param observation empty if it can't be had: then the newest definition must do
     */
    record VersionRead(
            ServiceId service, Instant version, Optional<Observation.Defined> observation)
            implements SourceSignal {}
}
