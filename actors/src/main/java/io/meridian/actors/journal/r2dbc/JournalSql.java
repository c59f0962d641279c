package io.meridian.actors.journal.r2dbc;

import akka.Done;
import akka.actor.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.persistence.SnapshotSelectionCriteria;
import akka.persistence.r2dbc.ConnectionFactoryProvider;
import akka.serialization.Serialization;
import akka.serialization.Serializer;
import akka.serialization.Serializers;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Result;
import io.r2dbc.spi.Statement;

import org.reactivestreams.Publisher;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * SQL of journal and snapshot store, on the tables of Akka Persistence R2DBC 1.1, whose queries
 * read them. A statement serves many entities: a first listing starts thousands of entities, and
 * each reads its snapshot, reads its highest sequence number, and writes. Any thread.
 */
final class JournalSql {
    private static final String SNAPSHOTS =
            """
            SELECT persistence_id, seq_nr, write_timestamp, ser_id, ser_manifest, snapshot
            FROM snapshot WHERE persistence_id = ANY($1)
            """;

    private static final String HIGHEST =
            """
            SELECT n.id, (SELECT max(seq_nr) FROM event_journal e WHERE e.persistence_id = n.id)
            FROM unnest($1::text[]) AS n(id)
            """;

    /**
     * Writes events and queues them for projections (ADR 0030), all or nothing. The queue's places
     * rise with the events of an entity, because PostgreSQL assigns them in the given order.
     */
    private static final String WRITE =
            """
            WITH written AS (
              INSERT INTO event_journal (slice, entity_type, persistence_id, seq_nr, db_timestamp, writer,
                adapter_manifest, event_ser_id, event_ser_manifest, event_payload)
              SELECT slice, entity_type, id, seq_nr, CURRENT_TIMESTAMP, writer, '', ser_id, ser_manifest, payload
              FROM unnest($1::integer[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::integer[], $7::text[],
                $8::bytea[]) AS w(slice, entity_type, id, seq_nr, writer, ser_id, ser_manifest, payload)
              RETURNING entity_type, persistence_id, seq_nr)
            INSERT INTO projection_queue (entity_type, persistence_id, seq_nr)
            SELECT entity_type, persistence_id, seq_nr FROM written ORDER BY seq_nr
            """;

    private static final String SAVE =
            """
            INSERT INTO snapshot (slice, entity_type, persistence_id, seq_nr, write_timestamp, snapshot,
              ser_id, ser_manifest)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (persistence_id) DO UPDATE SET seq_nr = excluded.seq_nr,
              write_timestamp = excluded.write_timestamp, snapshot = excluded.snapshot,
              ser_id = excluded.ser_id, ser_manifest = excluded.ser_manifest
            """;

    /** Keeps the row of the highest number, marked as deleted and empty: the number stays known. */
    private static final String DELETE_EVENTS =
            """
            WITH last AS (SELECT max(seq_nr) AS seq_nr FROM event_journal WHERE persistence_id = $1),
            marked AS (
              UPDATE event_journal e
              SET deleted = true, event_ser_id = 0, event_ser_manifest = '', event_payload = ''
              FROM last
              WHERE e.persistence_id = $1 AND e.seq_nr = last.seq_nr AND e.seq_nr <= $2)
            DELETE FROM event_journal e USING last
            WHERE e.persistence_id = $1 AND e.seq_nr <= $2 AND e.seq_nr < last.seq_nr
            """;

    private static final String DELETE_SNAPSHOT =
            """
            DELETE FROM snapshot WHERE persistence_id = $1 AND seq_nr BETWEEN $2 AND $3
              AND write_timestamp BETWEEN $4 AND $5
            """;

    private final ConnectionFactory connections;

    JournalSql(ConnectionFactory connections) {
        this.connections = connections;
    }

    /**
     * @param plugins where the settings of journal, snapshot store and connections are
     */
    static JournalSql of(ActorSystem system, String plugins) {
        return new JournalSql(
                ConnectionFactoryProvider.get(Adapter.toTyped(system))
                        .connectionFactoryFor(plugins + ".connection-factory"));
    }

    /** An event as written. */
    record Event(
            int slice,
            String entityType,
            String persistenceId,
            long sequenceNr,
            String writer,
            Written payload) {}

    /** An object in the journal's format. */
    record Written(int serializer, String manifest, byte[] bytes) {
        static Written of(Serialization serialization, Object object) {
            Serializer serializer = serialization.findSerializerFor(object);
            return new Written(
                    serializer.identifier(),
                    Serializers.manifestFor(serializer, object),
                    serialization.serialize(object).get());
        }
    }

    /** A snapshot as written. */
    record Snapshot(
            int slice,
            String entityType,
            String persistenceId,
            long sequenceNr,
            long timestamp,
            Written state) {}

    /** Last snapshots by persistence id; none for entities that have none. */
    CompletionStage<Map<String, Snapshot>> snapshots(List<String> ids) {
        return map(
                connection ->
                        connection
                                .createStatement(SNAPSHOTS)
                                .bind("$1", ids.toArray(String[]::new)),
                row ->
                        new Snapshot(
                                0,
                                "",
                                row.get(0, String.class),
                                row.get(1, Long.class),
                                row.get(2, Long.class),
                                new Written(
                                        row.get(3, Integer.class),
                                        row.get(4, String.class),
                                        row.get(5, byte[].class))),
                Snapshot::persistenceId);
    }

    CompletionStage<Void> save(Snapshot snapshot) {
        return update(
                connection ->
                        connection
                                .createStatement(SAVE)
                                .bind("$1", snapshot.slice())
                                .bind("$2", snapshot.entityType())
                                .bind("$3", snapshot.persistenceId())
                                .bind("$4", snapshot.sequenceNr())
                                .bind("$5", snapshot.timestamp())
                                .bind("$6", snapshot.state().bytes())
                                .bind("$7", snapshot.state().serializer())
                                .bind("$8", snapshot.state().manifest()));
    }

    /**
     * Deletes an entity's events.
     *
     * @param sequenceNr the last to delete
     */
    CompletionStage<Void> deleteEvents(String id, long sequenceNr) {
        return update(
                connection ->
                        connection
                                .createStatement(DELETE_EVENTS)
                                .bind("$1", id)
                                .bind("$2", sequenceNr));
    }

    /** Deletes an entity's snapshot if it meets the criteria. */
    CompletionStage<Void> deleteSnapshot(String id, SnapshotSelectionCriteria criteria) {
        return update(
                connection ->
                        connection
                                .createStatement(DELETE_SNAPSHOT)
                                .bind("$1", id)
                                .bind("$2", criteria.minSequenceNr())
                                .bind("$3", criteria.maxSequenceNr())
                                .bind("$4", criteria.minTimestamp())
                                .bind("$5", criteria.maxTimestamp()));
    }

    private CompletionStage<Void> update(Function<Connection, Statement> statement) {
        return results(statement, Result::getRowsUpdated).then().toFuture();
    }

    /** Highest sequence numbers, in the order of the ids; 0 for an entity without events. */
    CompletionStage<List<Long>> highest(List<String> ids) {
        record Highest(String id, long sequenceNr) {}
        CompletionStage<Map<String, Highest>> found =
                map(
                        connection ->
                                connection
                                        .createStatement(HIGHEST)
                                        .bind("$1", ids.toArray(String[]::new)),
                        row -> {
                            Long highest = row.get(1, Long.class);
                            return new Highest(
                                    row.get(0, String.class), highest == null ? 0 : highest);
                        },
                        Highest::id);
        return found.thenApply(
                all ->
                        ids.stream()
                                .map(id -> all.getOrDefault(id, new Highest(id, 0)).sequenceNr())
                                .toList());
    }

    /**
     * Writes all or nothing.
     *
     * @param writes each the events of one entity, in order, one or more
     * @return {@code Done} for each write
     */
    CompletionStage<List<Done>> write(List<List<Event>> writes) {
        List<Event> events = writes.stream().flatMap(List::stream).toList();
        return update(connection -> bind(connection.createStatement(WRITE), events))
                .thenApply(_ -> Collections.nCopies(writes.size(), Done.getInstance()));
    }

    private static Statement bind(Statement statement, List<Event> all) {
        return statement
                .bind("$1", all.stream().map(Event::slice).toArray(Integer[]::new))
                .bind("$2", texts(all, Event::entityType))
                .bind("$3", texts(all, Event::persistenceId))
                .bind("$4", all.stream().map(Event::sequenceNr).toArray(Long[]::new))
                .bind("$5", texts(all, Event::writer))
                .bind("$6", all.stream().map(e -> e.payload().serializer()).toArray(Integer[]::new))
                .bind("$7", texts(all, event -> event.payload().manifest()))
                .bind("$8", all.stream().map(e -> e.payload().bytes()).toArray(byte[][]::new));
    }

    private static String[] texts(List<Event> events, Function<Event, String> text) {
        return events.stream().map(text).toArray(String[]::new);
    }

    /** Whether a single row or id may have caused the failure of a statement. */
    static boolean isOfOneRow(Throwable failure) {
        return unwrapped(failure) instanceof R2dbcDataIntegrityViolationException
                || isPermanent(failure);
    }

    /**
     * Whether a statement fails with the same values whenever it is sent: a data exception
     * (SQLSTATE class 22, such as text with U+0000) or a limit of PostgreSQL (class 54, such as the
     * size of an index row).
     */
    static boolean isPermanent(Throwable failure) {
        return unwrapped(failure) instanceof R2dbcException database
                && database.getSqlState() != null
                && (database.getSqlState().startsWith("22")
                        || database.getSqlState().startsWith("54"));
    }

    static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
    }

    private <K, T> CompletionStage<Map<K, T>> map(
            Function<Connection, Statement> statement,
            Function<Readable, T> reader,
            Function<T, K> key) {
        return rows(statement, reader)
                .collect(() -> new HashMap<K, T>(), (map, row) -> map.put(key.apply(row), row))
                .<Map<K, T>>map(found -> found)
                .toFuture();
    }

    private <T> Flux<T> rows(
            Function<Connection, Statement> statement, Function<Readable, T> reader) {
        return results(statement, result -> result.map(reader));
    }

    private <T> Flux<T> results(
            Function<Connection, Statement> statement, Function<Result, Publisher<T>> reader) {
        return Flux.usingWhen(
                Mono.from(connections.create()),
                connection -> Flux.from(statement.apply(connection).execute()).concatMap(reader),
                Connection::close);
    }
}
