package io.meridian.actors.journal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.actors.journal.r2dbc.JournalSql.Event;
import io.meridian.actors.journal.r2dbc.JournalSql.Snapshot;
import io.meridian.actors.journal.r2dbc.JournalSql.Written;
import io.meridian.database.EmbeddedPostgresExtension;
import io.meridian.database.PostgresSettings;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.R2dbcDataIntegrityViolationException;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import reactor.core.publisher.Mono;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

@ExtendWith(EmbeddedPostgresExtension.class)
class JournalSqlTest {
    private static final byte[] EVERY_BYTE = new byte[256];

    private JournalSql sql;
    private ConnectionFactory connections;

    @BeforeEach
    void connect(PostgresSettings settings) {
        for (int i = 0; i < EVERY_BYTE.length; i++) {
            EVERY_BYTE[i] = (byte) i;
        }
        connections = settings.connections("test");
        sql = new JournalSql(connections);
    }

    private void execute(String statement) {
        Mono.usingWhen(
                        connections.create(),
                        connection -> Mono.from(connection.createStatement(statement).execute()),
                        Connection::close)
                .block();
    }

    private static Event event(String id, long sequenceNr) {
        return new Event(
                7, "service", id, sequenceNr, "w", new Written(1, "service.x.1", EVERY_BYTE));
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(4, TimeUnit.MINUTES).join();
    }

    @Test
    void eachEntityHasItsHighestNumber() {
        get(sql.write(List.of(List.of(event("service|h1", 1), event("service|h1", 2)))));
        get(sql.write(List.of(List.of(event("service|h1", 3)), List.of(event("service|h2", 1)))));

        assertThat(get(sql.highest(List.of("service|h2", "service|none", "service|h1"))))
                .containsExactly(1L, 0L, 3L);
    }

    /** Projections read in the order of timestamps, and must see an entity's events in order. */
    @Test
    void anEntitysTimestampsRise() {
        Instant before = Instant.EPOCH;
        for (int i = 1; i < 50; i++) {
            Instant at =
                    get(sql.write(List.of(List.of(event("service|t", i))))).getFirst().getFirst();
            assertThat(at).isAfter(before);
            before = at;
        }
    }

    /** Readers page by timestamp: events of one transaction must not fill a page with one. */
    @Test
    void noTwoEventsOfATransactionHaveOneTimestamp() {
        get(sql.write(List.of(List.of(event("service|u0", 1)))));
        List<List<Event>> writes = new ArrayList<>();
        writes.add(List.of(event("service|u0", 2), event("service|u0", 3)));
        for (int i = 1; i < 2000; i++) {
            writes.add(List.of(event("service|u" + i, 1), event("service|u" + i, 2)));
        }
        List<Instant> timestamps = get(sql.write(writes)).stream().flatMap(List::stream).toList();
        assertThat(timestamps).hasSize(4000).doesNotHaveDuplicates().isSorted();
    }

    @Test
    void timestampsRiseAfterTheClockWasSetBack() {
        Instant ahead = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.MICROS);
        get(sql.write(List.of(List.of(event("service|v", 1)))));
        execute(
                "UPDATE event_journal SET db_timestamp = '%s' WHERE persistence_id = 'service|v'"
                        .formatted(ahead));
        List<List<Instant>> timestamps =
                get(
                        sql.write(
                                List.of(
                                        List.of(event("service|w", 1)),
                                        List.of(event("service|v", 2), event("service|v", 3)))));
        assertThat(timestamps.getLast()).isSorted().allMatch(at -> at.isAfter(ahead));
        assertThat(timestamps.stream().flatMap(List::stream)).doesNotHaveDuplicates();
    }

    @Test
    void aTakenSequenceNumberFailsAndNothingIsWritten() {
        get(sql.write(List.of(List.of(event("service|c1", 1)))));

        assertThatThrownBy(
                        () ->
                                get(
                                        sql.write(
                                                List.of(
                                                        List.of(event("service|c2", 1)),
                                                        List.of(event("service|c1", 1))))))
                .hasCauseInstanceOf(R2dbcDataIntegrityViolationException.class)
                .matches(JournalSql::isOfOneRow);
        assertThat(get(sql.highest(List.of("service|c1", "service|c2")))).containsExactly(1L, 0L);
    }

    /**
     * The write of an entity that another node has continued fails; other entities' writes in the
     * batch do not.
     */
    @Test
    void aConflictFailsTheWriteOfItsEntityOnly() {
        get(sql.write(List.of(List.of(event("service|d0", 1)))));
        RequestBatcher<List<Event>, List<Instant>> writes =
                new RequestBatcher<>(1, 64, sql::write, JournalSql::isOfOneRow);
        List<CompletionStage<List<Instant>>> written =
                List.of(
                        writes.ask(List.of(event("service|d1", 1))), // alone
                        writes.ask(List.of(event("service|d2", 1))),
                        writes.ask(List.of(event("service|d0", 1))),
                        writes.ask(List.of(event("service|d3", 1), event("service|d3", 2))));

        for (int i : new int[] {0, 1, 3}) {
            assertThat(get(written.get(i))).isNotEmpty();
        }
        assertThatThrownBy(() -> get(written.get(2)))
                .hasCauseInstanceOf(R2dbcDataIntegrityViolationException.class);
        assertThat(
                        get(
                                sql.highest(
                                        List.of(
                                                "service|d0",
                                                "service|d1",
                                                "service|d2",
                                                "service|d3"))))
                .containsExactly(1L, 1L, 1L, 2L);
    }

    @Test
    void theLastSnapshotIsKept() {
        get(sql.save(snapshot(50, new byte[] {1})));
        get(sql.save(snapshot(100, EVERY_BYTE)));

        var found = get(sql.snapshots(List.of("service|none", "service|s")));
        assertThat(found).containsOnlyKeys("service|s");
        assertThat(found.get("service|s").sequenceNr()).isEqualTo(100);
        assertThat(found.get("service|s").state().manifest()).isEqualTo("service.state.1");
        assertThat(Arrays.equals(found.get("service|s").state().bytes(), EVERY_BYTE)).isTrue();
    }

    private static Snapshot snapshot(long sequenceNr, byte[] bytes) {
        return new Snapshot(
                7,
                "service",
                "service|s",
                sequenceNr,
                sequenceNr,
                new Written(1, "service.state.1", bytes));
    }
}
