package io.meridian.actors.ingest;

import io.meridian.domain.service.ObservationReport;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceId;
import io.meridian.sources.SourceSignal;

import java.util.Set;
import java.util.SortedMap;

/** Input of {@link IngestCore}: a signal of the source, a reply to an effect, or a timer. */
sealed interface Input extends Ingest.Command {
    record Signalled(SourceSignal signal) implements Input {}

    /** The services in the journal, read before the source starts. */
    record KnownServices(Set<ServiceId> services) implements Input {}

    /**
     * The entity has journalled what follows from an observation.
     *
     * @param sequenceNumber the entity's last event; 0 if it has none
     */
    record Acknowledged(Delivery delivery, long sequenceNumber, ObservationReport report)
            implements Input {}

    /** The entity has not answered, or its journal has failed: the observation is sent again. */
    record NotAcknowledged(Delivery delivery, String cause) implements Input {}

    /** The journal can never hold what follows from an observation, which is given up. */
    record Refused(Delivery delivery, String cause) implements Input {}

    record StateRead(StateQuery query, Service state) implements Input {}

    record StateUnread(StateQuery query, String cause) implements Input {}

    /**
     * The VIP pool has journalled a reservation.
     *
     * @param refusals a sentence for each name that gets no address, by name
     * @param sequenceNumber the pool's last event; 0 if it has none
     */
    record Reserved(Effect.Reserve request, SortedMap<String, String> refusals, long sequenceNumber)
            implements Input {}

    record NotReserved(String cause) implements Input {}

    /**
     * The cluster's entity has journalled what follows from the observations in flight.
     *
     * @param sequenceNumber the entity's last event; 0 if it has none
     */
    record ClusterAcknowledged(long sequenceNumber) implements Input {}

    record ClusterNotAcknowledged(String cause) implements Input {}

    enum Timer implements Input {
        /** Send unacknowledged messages again. */
        RETRY,
        /** Ask the source for listings that may prove that missing tasks have ended. */
        ABSENCE_CHECK
    }
}
