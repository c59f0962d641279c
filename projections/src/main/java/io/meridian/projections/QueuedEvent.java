package io.meridian.projections;

import org.jspecify.annotations.Nullable;

/**
 * An event that waits for its projection.
 *
 * @param place in the queue
 * @param payload null if the journal no longer has the event
 */
record QueuedEvent(
        long place,
        String persistenceId,
        long sequenceNr,
        int serializer,
        String manifest,
        byte @Nullable [] payload) {
    String entity() {
        return ServiceQueries.entityId(persistenceId);
    }
}
