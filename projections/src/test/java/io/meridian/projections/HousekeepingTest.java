package io.meridian.projections;

import static io.meridian.projections.Examples.defined;
import static io.meridian.projections.Examples.ended;
import static io.meridian.projections.Examples.instance;
import static io.meridian.projections.Examples.service;
import static io.meridian.projections.Examples.started;
import static io.meridian.projections.TestDatabase.get;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.database.EmbeddedPostgresExtension;
import io.meridian.database.PostgresSettings;
import io.meridian.domain.service.ServiceEvent;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/** {@link Housekeeping} with the real journal and projections. */
@ExtendWith(EmbeddedPostgresExtension.class)
class HousekeepingTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private TestDatabase database;
    private TestNode node;
    private Housekeeping housekeeping;

    @BeforeEach
    void start(PostgresSettings settings) {
        database = new TestDatabase(settings);
        node = node();
        housekeeping =
                new Housekeeping(database.pool, new HousekeepingSettings(SECOND, SECOND, SECOND));
    }

    @AfterEach
    void stop() {
        node.close();
        database.close();
    }

    private TestNode node() {
        return TestNode.start(database.settings);
    }

    @Test
    void eventsThatASnapshotAndTheTablesIncludeAreDeleted() throws Exception {
        persist("/web", churn("/web", 5));
        awaitApplied("/web", 11);
        snapshot("/web", 8);
        await(
                () -> {
                    get(housekeeping.round());
                    return events("/web").equals(List.of("8", "9", "10", "11"));
                });
    }

    @Test
    void eventsThatOnlyTheSnapshotIncludesStay() throws Exception {
        persist("/web", churn("/web", 5));
        awaitApplied("/web", 11);
        node.close();
        database.run("UPDATE service SET seq_nr = 3");
        snapshot("/web", 11);
        await(
                () -> {
                    get(housekeeping.round());
                    return !events("/web").contains("2");
                });
        get(housekeeping.round());
        assertThat(events("/web").getFirst()).isEqualTo("3");
    }

    @Test
    void anEntityKeepsItsLastEventAndSequenceNumber() throws Exception {
        persist("/web", churn("/web", 5));
        awaitApplied("/web", 11);
        snapshot("/web", 11);
        await(
                () -> {
                    get(housekeeping.round());
                    return events("/web").equals(List.of("11"));
                });
        node.close();
        node = node();
        persist("/web", List.of(started("/web", instance("later", "10.0.0.1", 99))));
        awaitApplied("/web", 12);
        assertThat(column("SELECT task FROM service_instance")).containsExactly("later");
    }

    @Test
    void aServiceRemovedLongAgoIsDeletedAndMayBeCreatedAgain() throws Exception {
        List<Object> life = new ArrayList<>(churn("/job", 2));
        life.add(new ServiceEvent.ServiceRemoved(service("/job"), "deleted"));
        persist("/job", life);
        awaitApplied("/job", 6);
        await(
                () -> {
                    get(housekeeping.round());
                    return column("SELECT 1 FROM service WHERE service = 'marathon:/job'")
                            .isEmpty();
                });
        assertThat(events("/job")).isEmpty();
        restartEntities();
        persist("/job", List.of(defined("/job"), started("/job", instance("new", "10.0.0.9", 9))));
        awaitApplied("/job", 2);
        assertThat(column("SELECT task FROM service_instance WHERE service = 'marathon:/job'"))
                .containsExactly("new");
        assertThat(column("SELECT 1 FROM zone_rows WHERE owner = 'marathon:/job new'"))
                .isNotEmpty();
    }

    @Test
    void aServiceThatIsNotRemovedIsNeverDeleted() throws Exception {
        persist("/web", churn("/web", 2));
        awaitApplied("/web", 5);
        Thread.sleep(2 * SECOND.toMillis());
        get(housekeeping.round());
        assertThat(events("/web")).hasSize(5);
        assertThat(column("SELECT 1 FROM service")).hasSize(1);
    }

    /** Restarts entities, so that they recover their sequence numbers from the journal. */
    private void restartEntities() {
        node.forgetEntities();
    }

    /** A definition, and tasks that start and end. */
    private static List<Object> churn(String path, int tasks) {
        List<Object> events = new ArrayList<>(List.of(defined(path)));
        for (int i = 0; i < tasks; i++) {
            events.add(started(path, instance("t" + i, "10.0.0.1", 1000 + i)));
            events.add(ended(path, "t" + i));
        }
        return events;
    }

    private void persist(String path, List<Object> events) {
        get(node.persist(ServiceEvent.ENTITY_TYPE, service(path).toString(), events));
    }

    private void snapshot(String path, long sequenceNr) {
        database.run(
                "INSERT INTO snapshot (slice, entity_type, persistence_id, seq_nr, write_timestamp,"
                    + " ser_id, ser_manifest, snapshot) VALUES (0, 'service', 'service|marathon:"
                        + path
                        + "', "
                        + sequenceNr
                        + ", 0, 0, '', '')");
    }

    private List<String> events(String path) {
        return column(
                "SELECT seq_nr FROM event_journal WHERE persistence_id = 'service|marathon:"
                        + path
                        + "' ORDER BY seq_nr");
    }

    private List<String> column(String sql) {
        return database.column(sql);
    }

    private void awaitApplied(String path, long sequenceNr) throws Exception {
        await(
                () ->
                        column("SELECT seq_nr FROM service WHERE service = 'marathon:" + path + "'")
                                .equals(List.of(Long.toString(sequenceNr))));
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            Thread.sleep(100);
        }
    }
}
