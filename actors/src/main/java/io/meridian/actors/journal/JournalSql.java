package io.meridian.actors.journal;

import akka.actor.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.persistence.r2dbc.ConnectionFactoryProvider;
import akka.serialization.Serialization;
import akka.serialization.Serializer;
import akka.serialization.Serializers;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Statement;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The statements of journal and snapshot store, each for many entities at once: a first listing
 * brings thousands of entities up, and alone each would ask for its snapshot, for its highest
 * number, and write. Tables and meaning are those of Akka Persistence R2DBC, whose queries read
 * them.
 */
final class JournalSql {
    private static final String SNAPSHOTS =
            "SELECT persistence_id, seq_nr, write_timestamp, ser_id, ser_manifest, snapshot FROM"
                    + " snapshot WHERE persistence_id = ANY($1)";

    private static final String HIGHEST =
            "SELECT n.id, (SELECT max(seq_nr) FROM event_journal e WHERE e.persistence_id = n.id)"
                    + " FROM unnest($1::text[]) AS n(id)";

    /**
     * A timestamp is that of the transaction, but always later than that of the entity's event
     * before: projections read in its order.
     */
    private static final String WRITE =
            """
            INSERT INTO event_journal (slice, entity_type, persistence_id, seq_nr, db_timestamp, writer,
              adapter_manifest, event_ser_id, event_ser_manifest, event_payload)
            SELECT slice, entity_type, id, seq_nr,
              greatest(CURRENT_TIMESTAMP, (SELECT e.db_timestamp + '1 microsecond'::interval
                FROM event_journal e WHERE e.persistence_id = n.id AND e.seq_nr = n.before)),
              writer, '', ser_id, ser_manifest, payload
            FROM unnest($1::integer[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[],
              $7::integer[], $8::text[], $9::bytea[])
              AS n(slice, entity_type, id, seq_nr, before, writer, ser_id, ser_manifest, payload)
            RETURNING persistence_id, db_timestamp
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
        return rows(
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
                                        .bind("$8", snapshot.state().manifest()),
                        row -> row)
                .then()
                .toFuture();
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
        return found.thenApply(all -> ids.stream().map(id -> all.get(id).sequenceNr()).toList());
    }

    /**
     * Writes all or nothing.
     *
     * @param writes each the events of one entity, in order, one or more
     * @return their timestamps, in that order
     */
    CompletionStage<List<Instant>> write(List<List<Event>> writes) {
        record Stamp(String id, Instant at) {}
        List<Event> events = writes.stream().flatMap(List::stream).toList();
        CompletionStage<Map<String, Stamp>> stamps =
                map(
                        connection -> bind(connection.createStatement(WRITE), writes, events),
                        row -> new Stamp(row.get(0, String.class), row.get(1, Instant.class)),
                        Stamp::id);
        return stamps.thenApply(
                all ->
                        writes.stream()
                                .map(write -> all.get(write.getFirst().persistenceId()).at())
                                .toList());
    }

    private static Statement bind(Statement statement, List<List<Event>> writes, List<Event> all) {
        Long[] before =
                writes.stream()
                        .flatMap(
                                write -> write.stream().map(_ -> write.getFirst().sequenceNr() - 1))
                        .toArray(Long[]::new);
        return statement
                .bind("$1", all.stream().map(Event::slice).toArray(Integer[]::new))
                .bind("$2", texts(all, Event::entityType))
                .bind("$3", texts(all, Event::persistenceId))
                .bind("$4", all.stream().map(Event::sequenceNr).toArray(Long[]::new))
                .bind("$5", before)
                .bind("$6", texts(all, Event::writer))
                .bind("$7", all.stream().map(e -> e.payload().serializer()).toArray(Integer[]::new))
                .bind("$8", texts(all, event -> event.payload().manifest()))
                .bind("$9", all.stream().map(e -> e.payload().bytes()).toArray(byte[][]::new));
    }

    private static String[] texts(List<Event> events, Function<Event, String> text) {
        return events.stream().map(text).toArray(String[]::new);
    }

    /** Whether it is one row's fault that a statement failed. */
    static boolean isOfOneRow(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
        return cause instanceof R2dbcDataIntegrityViolationException;
    }

    private <T> CompletionStage<Map<String, T>> map(
            Function<Connection, Statement> statement,
            Function<Readable, T> reader,
            Function<T, String> key) {
        return rows(statement, reader)
                .collect(() -> new HashMap<String, T>(), (map, row) -> map.put(key.apply(row), row))
                .<Map<String, T>>map(found -> found)
                .toFuture();
    }

    private <T> Flux<T> rows(
            Function<Connection, Statement> statement, Function<Readable, T> reader) {
        return Flux.usingWhen(
                Mono.from(connections.create()),
                connection ->
                        Flux.from(statement.apply(connection).execute())
                                .concatMap(result -> result.map(reader)),
                Connection::close);
    }
}
