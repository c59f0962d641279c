package io.meridian.actors.ingest;

import io.meridian.domain.service.ServiceId;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * When the source last showed that a service exists. A sign that is newer than a listing or read
 * refutes the service's absence from that listing or read.
 */
final class SignsOfLife {
    private final Map<ServiceId, Instant> last = new HashMap<>();
    private final Map<ServiceId, Instant> lastEvent = new HashMap<>();

    /** An event has shown a definition, or a task that is not stopping. */
    void event(ServiceId service, Instant at) {
        last.put(service, at);
        lastEvent.put(service, at);
    }

    /** A read of the service alone, or a listing, has the service. */
    void listed(ServiceId service, Instant at) {
        last.put(service, at);
    }

    /**
     * Whether a sign of life refutes an absence: any sign since the ingest received the report of
     * the absence, any since the listing was requested, or an event since the read was requested. A
     * listing does not refute a read that was requested before the listing arrived but answered
     * after it.
     */
    boolean refute(StateQuery absence) {
        Instant any = last.getOrDefault(absence.service(), Instant.MIN);
        Instant event = lastEvent.getOrDefault(absence.service(), Instant.MIN);
        return !any.isBefore(absence.completeListing() ? absence.asked() : absence.received())
                || !event.isBefore(absence.asked());
    }

    void forget(ServiceId service) {
        last.remove(service);
        lastEvent.remove(service);
    }
}
