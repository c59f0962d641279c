package io.meridian.actors.ingest;

import io.meridian.domain.service.ServiceId;

import java.time.Instant;

/**
 * Query for the state of a service that the source reports absent. As an effect: ask the entity,
 * and answer with {@link Input.StateRead} or {@link Input.StateUnread}.
 *
 * @param attachment number of the source's attachment in which the service was missing
 * @param asked a sign of life of this time or later refutes the absence
 * @param received when the ingest received the report of the absence
 * @param completeListing true if a complete listing lacks the service; false if a read of the
 *     service alone found none
 */
record StateQuery(
        ServiceId service, int attachment, Instant asked, Instant received, boolean completeListing)
        implements Effect {}
