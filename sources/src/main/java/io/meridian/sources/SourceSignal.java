package io.meridian.sources;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A message of a source to the ingest. One source's signals come in the order of its stream. */
public sealed interface SourceSignal {
    /**
     * The event stream is open and live.
     *
     * @param leader {@code host:port} of the leader, or the URL's authority if it names none
     */
    record Attached(String leader) implements SourceSignal {}

    /**
     * The stream is lost or could not be opened. The source tries again with backoff.
     *
     * @param attempt 1 for the first failure since the source was attached
     */
    record Detached(String cause, int attempt) implements SourceSignal {}

    /** An observation from an event or from a re-read of one service. */
    record Observed(Observation observation) implements SourceSignal {}

    /**
     * A complete listing: all responses were 200, readable to their end and of one leader, and the
     * stream was attached. Anything less is {@link ListingFailed}.
     *
     * @param services one for each service of the source that could be read
     * @param exceptions entries that could not be read
     * @param askedAt when the first request of the listing was sent
     */
    record ListedAll(List<Observation.Listing> services, Exceptions exceptions, Instant askedAt)
            implements SourceSignal {
        public ListedAll {
            services = List.copyOf(services);
        }

        /** A listing without exceptions. */
        public ListedAll(List<Observation.Listing> services, Instant askedAt) {
            this(services, Exceptions.NONE, askedAt);
        }
    }

    /**
     * Entries of a listing that could not be read. Each costs itself only; the others count.
     *
     * @param sentences one for each such entry, for the operator; after {@value #MOST}, the number
     *     of the others
     * @param nameless whether there is an entry whose id is not known. It may be any service, so
     *     the listing proves no service's absence. An entry with an id that is refused ({@link
     *     io.meridian.domain.text.StorableText}) is no known service and blocks nothing.
     */
    record Exceptions(List<String> sentences, boolean nameless) {
        public static final Exceptions NONE = new Exceptions(List.of(), false);

        private static final int MOST = 20;

        public Exceptions {
            List<String> shown = new ArrayList<>(sentences);
            if (shown.size() > MOST) {
                shown.subList(MOST, shown.size()).clear();
                shown.add("and " + (sentences.size() - MOST) + " more");
            }
            sentences = List.copyOf(shown);
        }
    }

    /** A claim about the cluster itself. */
    record ClusterObserved(ClusterClaim claim) implements SourceSignal {}

    /** A full listing failed; the source tries again. */
    record ListingFailed(String cause) implements SourceSignal {}

    /**
     * Marathon answered a re-read with "does not exist". This is evidence for the end of the
     * service, not proof.
     */
    record NotDefined(ServiceId service) implements SourceSignal {}

    /**
     * An event reported an end without naming tasks. Together with a complete listing that lacks
     * the instance or service, this is proof.
     *
     * @param instance id of the instance; empty if the whole service ended
     */
    record EndHinted(ServiceId service, Optional<String> instance, String reason)
            implements SourceSignal {}

    /**
     * Answer to {@link SourceCommand.ReadVersion}.
     *
     * @param observation empty if the source can't read that version; the newest definition applies
     *     then
     */
    record VersionRead(
            ServiceId service, Instant version, Optional<Observation.Defined> observation)
            implements SourceSignal {}
}
