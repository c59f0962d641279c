package io.meridian.actors.journal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.Done;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import reactor.core.publisher.Flux;

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

    private List<String> column(String sql) {
        return Flux.usingWhen(
                        connections.create(),
                        connection ->
                                Flux.from(connection.createStatement(sql).execute())
                                        .concatMap(
                                                result ->
                                                        result.map(
                                                                row -> String.valueOf(row.get(0)))),
                        Connection::close)
                .collectList()
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

    @Test
    void textThatPostgresqlCannotHoldFailsForEverAndMayBeOfOneRow() {
        String id = "service|a" + (char) 0;
        List<Throwable> failures = new ArrayList<>();
        get(sql.highest(List.of(id)).handle((_, failure) -> failures.add(failure)));
        get(
                sql.write(List.of(List.of(event(id, 1))))
                        .handle((_, failure) -> failures.add(failure)));
        get(sql.snapshots(List.of(id)).handle((_, failure) -> failures.add(failure)));

        assertThat(failures).allMatch(JournalSql::isPermanent).allMatch(JournalSql::isOfOneRow);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 20_000})
    void everyEventOfATransactionIsQueuedInTheOrderOfItsEntity(int count) {
        List<List<Event>> writes = new ArrayList<>();
        for (int i = 0; i < count; i += 2) {
            String id = "service|q" + count + "-" + i;
            writes.add(List.of(event(id, 1), event(id, 2)));
        }
        get(sql.write(writes));

        assertThat(
                        column(
                                """
                                SELECT count(*) FROM event_journal e JOIN projection_queue q
                                USING (entity_type, persistence_id, seq_nr)
                                WHERE persistence_id LIKE 'service|q%d-%%'
                                """
                                        .formatted(count)))
                .containsExactly(String.valueOf(2 * writes.size()));
        assertThat(
                        column(
                                """
                                SELECT count(*) FROM projection_queue a JOIN projection_queue b
                                USING (persistence_id) WHERE a.seq_nr < b.seq_nr AND a.place >= b.place
                                """))
                .containsExactly("0");
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
        assertThat(column("SELECT 1 FROM projection_queue WHERE persistence_id = 'service|c2'"))
                .isEmpty();
    }

    /**
     * The write of an entity that another node has continued fails; other entities' writes in the
     * batch do not.
     */
    @Test
    void aConflictFailsTheWriteOfItsEntityOnly() {
        get(sql.write(List.of(List.of(event("service|d0", 1)))));
        RequestBatcher<List<Event>, Done> writes =
                new RequestBatcher<>(1, 64, sql::write, JournalSql::isOfOneRow);
        List<CompletionStage<Done>> written =
                List.of(
                        writes.ask(List.of(event("service|d1", 1))), // alone
                        writes.ask(List.of(event("service|d2", 1))),
                        writes.ask(List.of(event("service|d0", 1))),
                        writes.ask(List.of(event("service|d3", 1), event("service|d3", 2))));

        for (int i : new int[] {0, 1, 3}) {
            assertThat(get(written.get(i))).isEqualTo(Done.getInstance());
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
