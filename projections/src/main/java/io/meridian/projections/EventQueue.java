package io.meridian.projections;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Readable;

import reactor.core.publisher.Mono;

import java.util.List;

/**
 * SQL of the events of one entity type that wait for their projection, and of those set aside (ADR
 * 0030).
 */
record EventQueue(Progress progress) {
    /**
     * Takes events off the queue. A second master waits for the locks of the first, and then does
     * not find its events. Finds rows by ctid, because a plan with a join may read the whole queue.
     */
    private static final String TAKE =
            """
            WITH taken AS (
              DELETE FROM projection_queue WHERE ctid = ANY(ARRAY(
                SELECT ctid FROM projection_queue WHERE entity_type = $1 ORDER BY place LIMIT $2 FOR UPDATE))
              RETURNING place, persistence_id, seq_nr)
            SELECT t.place, t.persistence_id, t.seq_nr, coalesce(e.event_ser_id, 0),
              coalesce(e.event_ser_manifest, ''), e.event_payload
            FROM taken t
            LEFT JOIN event_journal e ON e.persistence_id = t.persistence_id AND e.seq_nr = t.seq_nr
            ORDER BY t.place
            """;

    private static final String SET_ASIDE =
            """
            WITH taken AS (DELETE FROM projection_queue WHERE entity_type = $1 AND place = $2)
            INSERT INTO projection_set_aside (entity_type, persistence_id, seq_nr, event, error)
            VALUES ($1, $3, $4, $5, $6)
            ON CONFLICT (persistence_id, seq_nr) DO UPDATE SET error = excluded.error
            """;

    private static final String ENTITIES_SET_ASIDE =
            """
            SELECT persistence_id, min(seq_nr) FROM projection_set_aside WHERE entity_type = $1
            GROUP BY persistence_id ORDER BY persistence_id
            """;

    private static final String EVENTS =
            """
            SELECT 0::bigint, persistence_id, seq_nr, event_ser_id, event_ser_manifest, event_payload
            FROM event_journal WHERE persistence_id = $1 AND seq_nr BETWEEN $2 AND $3 ORDER BY seq_nr
            """;

    private static final String RELEASE =
            "DELETE FROM projection_set_aside WHERE persistence_id = $1";

    /**
     * Takes the first events off the queue, in the order of each entity's journal.
     *
     * @param limit most events, 1 or more
     */
    Mono<List<QueuedEvent>> take(Connection connection, int limit) {
        return TableWriter.select(
                connection
                        .createStatement(TAKE)
                        .bind("$1", progress.entityType())
                        .bind("$2", limit),
                EventQueue::event);
    }

    /** Moves an event from the queue to those set aside; the entity's progress includes it. */
    Mono<Boolean> setAside(Connection connection, QueuedEvent event, Throwable failure) {
        return TableWriter.execute(
                        connection
                                .createStatement(SET_ASIDE)
                                .bind("$1", progress.entityType())
                                .bind("$2", event.place())
                                .bind("$3", event.persistenceId())
                                .bind("$4", event.sequenceNr())
                                .bind("$5", event.manifest())
                                .bind("$6", EventFailure.text(failure)))
                .then(progress.advance(connection, event.entity(), event.sequenceNr()))
                .thenReturn(true);
    }

    /** An entity with events set aside, and the sequence number of the first of them. */
    record SetAside(String persistenceId, long first) {
        String entity() {
            return ServiceQueries.entityId(persistenceId);
        }
    }

    Mono<List<SetAside>> setAside(Connection connection) {
        return TableWriter.select(
                connection.createStatement(ENTITIES_SET_ASIDE).bind("$1", progress.entityType()),
                row -> new SetAside(row.get(0, String.class), row.get(1, Long.class)));
    }

    /** Journalled events of an entity from the first one set aside to the last one given. */
    Mono<List<QueuedEvent>> events(Connection connection, SetAside entity, long last) {
        return TableWriter.select(
                connection
                        .createStatement(EVENTS)
                        .bind("$1", entity.persistenceId())
                        .bind("$2", entity.first())
                        .bind("$3", last),
                EventQueue::event);
    }

    /** Forgets that events of an entity were set aside. */
    Mono<Boolean> release(Connection connection, SetAside entity) {
        return TableWriter.execute(
                        connection.createStatement(RELEASE).bind("$1", entity.persistenceId()))
                .thenReturn(true);
    }

    private static QueuedEvent event(Readable row) {
        return new QueuedEvent(
                row.get(0, Long.class),
                row.get(1, String.class),
                row.get(2, Long.class),
                row.get(3, Integer.class),
                row.get(4, String.class),
                row.get(5, byte[].class));
    }
}
