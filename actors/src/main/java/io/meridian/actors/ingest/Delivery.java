package io.meridian.actors.ingest;

import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;

import java.time.Instant;

/**
 * Delivery of one observation to its service's entity. As an effect: send it, and answer with
 * {@link Input.Acknowledged} or {@link Input.NotAcknowledged}.
 *
 * @param attachment number of the source's attachment in which the observation arrived; tasks that
 *     it lacks count as missing only during that attachment
 * @param asked when the source requested the listing; for any other observation, {@code received}
 * @param received when the ingest received the observation
 */
record Delivery(Observation observation, int attachment, Instant asked, Instant received)
        implements Effect {
    ServiceId service() {
        return observation.service();
    }

    /** The same evidence for another observation of the service. */
    Delivery with(Observation other) {
        return new Delivery(other, attachment, asked, received);
    }
}
