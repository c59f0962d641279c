package io.meridian.projections;

import static io.meridian.projections.Examples.ended;
import static io.meridian.projections.Examples.instance;
import static io.meridian.projections.Examples.service;
import static io.meridian.projections.Examples.started;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.testkit.javadsl.TestKit;

import com.typesafe.config.ConfigFactory;

import io.meridian.actors.Entities;
import io.meridian.database.EmbeddedPostgresExtension;
import io.meridian.database.PostgresSettings;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.zone.NamingRules;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;

/** {@link ProjectionRunner} on a real database whose journal the test writes. */
@ExtendWith(EmbeddedPostgresExtension.class)
class ProjectionRunnerTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int BATCH = 8;

    /** Refuses rows of tasks whose id has "poison", as PostgreSQL refuses text with a NUL. */
    private static final List<String> REFUSE_POISON =
            List.of(
                    """
                    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
                    'BEGIN RAISE EXCEPTION USING ERRCODE = ''22021'', MESSAGE = ''poison''; END'
                    """,
                    """
                    CREATE TRIGGER poison BEFORE INSERT OR UPDATE ON zone_rows FOR EACH ROW
                    WHEN (NEW.owner LIKE '%poison%') EXECUTE FUNCTION refuse()
                    """);

    private static ActorSystem system;
    private static Serialization serialization;

    private TestDatabase database;
    private ConnectionFactory connections;

    @BeforeAll
    static void startSystem() {
        system =
                ActorSystem.create(
                        "ProjectionRunnerTest",
                        Entities.akka().withFallback(ConfigFactory.load()).resolve());
        serialization = SerializationExtension.get(system);
    }

    @AfterAll
    static void stopSystem() {
        TestKit.shutdownActorSystem(system);
    }

    @BeforeEach
    void open(PostgresSettings settings) {
        database = new TestDatabase(settings);
        connections = settings.connections("journal");
    }

    @AfterEach
    void close() {
        database.close();
    }

    private ProjectionRunner<ServiceEventBatch> runner(ConnectionFactory connections) {
        return new ProjectionRunner<>(
                serialization,
                new Transactions(connections),
                Progress.SERVICE,
                ServiceEventBatch.class,
                BATCH,
                new ServiceTablesProjection(Examples.RULES, Examples.SETTINGS)::apply);
    }

    /** Writes an event and queues it, in the caller's transaction. */
    private static Mono<Void> write(
            Connection connection, SequencedEvent<ServiceEventBatch> event) {
        String sql =
                """
                WITH written AS (
                  INSERT INTO event_journal (slice, entity_type, persistence_id, seq_nr, db_timestamp, writer,
                    event_ser_id, event_ser_manifest, event_payload)
                  VALUES (0, 'service', $1, $2, now(), 'test', $3, $4, $5)
                  RETURNING entity_type, persistence_id, seq_nr)
                INSERT INTO projection_queue (entity_type, persistence_id, seq_nr) SELECT * FROM written
                """;
        var serializer = serialization.findSerializerFor(event.event());
        return TableWriter.execute(
                connection
                        .createStatement(sql)
                        .bind("$1", "service|" + event.event().service())
                        .bind("$2", event.sequenceNr())
                        .bind("$3", serializer.identifier())
                        .bind(
                                "$4",
                                akka.serialization.Serializers.manifestFor(
                                        serializer, event.event()))
                        .bind("$5", serialization.serialize(event.event()).get()));
    }

    private void write(ServiceEvent... events) {
        for (SequencedEvent<ServiceEventBatch> event : database.numbered(events)) {
            database.inTransaction(connection -> write(connection, event)).block(PATIENCE);
        }
    }

    private void drain() {
        ProjectionRunner<ServiceEventBatch> runner = runner(database.pool);
        while (runner.next().block(PATIENCE)) {}
        assertThat(database.column("SELECT place FROM projection_queue")).isEmpty();
    }

    private List<String> setAside() {
        return database.column(
                "SELECT persistence_id || ' ' || seq_nr || ' ' || event || ' ' || error"
                        + " FROM projection_set_aside ORDER BY 1");
    }

    private List<String> tasks() {
        return database.column("SELECT task FROM service_instance ORDER BY task");
    }

    private TableStores stores() {
        return new TableStores(
                database.pool, new CommitListener(database.settings.connections("listener")));
    }

    /** The zone table, which must also be what a reader of its change log has. */
    private List<ZoneRow> zone() {
        try (TableStores stores = stores()) {
            ZoneImage whole = TestDatabase.whole(StoredTable.zone(stores), ZoneImage.EMPTY);
            assertThat(TestDatabase.followed(StoredTable.zone(stores), ZoneImage.EMPTY))
                    .isEqualTo(whole);
            return List.copyOf(new TreeSet<>(whole.rows()));
        }
    }

    private static List<ZoneRow> expected(List<SequencedEvent<ServiceEventBatch>> journal) {
        TreeSet<ZoneRow> rows = new TreeSet<>();
        ServiceBatch.of(journal, Map.of())
                .instances()
                .forEach(
                        (key, last) ->
                                last.ifPresent(
                                        one ->
                                                rows.addAll(
                                                        Examples.RULES.rows(key.service(), one))));
        return List.copyOf(rows);
    }

    /**
     * Law: transactions that commit in any order, batches of any size, connections lost at any
     * statement and events queued twice give the tables of the journal in order.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyScheduleGivesTheTablesOfTheJournal(long seed) {
        Random random = new Random(seed);
        List<SequencedEvent<ServiceEventBatch>> journal = ServiceBatchLawTest.events(random, 60);
        Map<String, Deque<SequencedEvent<ServiceEventBatch>>> waiting = new TreeMap<>();
        for (SequencedEvent<ServiceEventBatch> event : journal) {
            waiting.computeIfAbsent(event.event().service().toString(), _ -> new ArrayDeque<>())
                    .add(event);
        }
        Map<String, Connection> open = new HashMap<>();
        LosingConnections losing = new LosingConnections(database.pool);
        ProjectionRunner<ServiceEventBatch> runner = runner(losing);
        while (waiting.values().stream().anyMatch(events -> !events.isEmpty()) || !open.isEmpty()) {
            String entity = List.copyOf(waiting.keySet()).get(random.nextInt(waiting.size()));
            switch (random.nextInt(6)) {
                case 0, 1 -> { // an entity has one transaction at a time
                    if (!open.containsKey(entity) && !waiting.get(entity).isEmpty()) {
                        open.put(entity, begun(waiting.get(entity).remove()));
                    }
                }
                case 2 -> Optional.ofNullable(open.remove(entity)).ifPresent(this::commit);
                case 3 -> runner.next().block(PATIENCE);
                case 4 -> {
                    losing.loseAt(random.nextInt(20));
                    runner.next().onErrorComplete().block(PATIENCE);
                    losing.loseAt(Integer.MAX_VALUE);
                }
                default ->
                        database.run(
                                """
                                INSERT INTO projection_queue (entity_type, persistence_id, seq_nr)
                                SELECT entity_type, persistence_id, seq_nr FROM event_journal
                                ORDER BY md5(persistence_id || seq_nr || '%d') LIMIT 2
                                """
                                        .formatted(random.nextInt()));
            }
        }
        drain();

        assertThat(zone()).as("seed " + seed).isEqualTo(expected(journal));
        assertThat(setAside()).isEmpty();
    }

    private Connection begun(SequencedEvent<ServiceEventBatch> event) {
        Connection connection = Mono.from(connections.create()).block(PATIENCE);
        Mono.from(connection.beginTransaction()).then(write(connection, event)).block(PATIENCE);
        return connection;
    }

    private void commit(Connection connection) {
        Mono.from(connection.commitTransaction())
                .then(Mono.from(connection.close()))
                .block(PATIENCE);
    }

    @Test
    void aConnectionLostAtAnyStatementLosesNothing() {
        List<SequencedEvent<ServiceEventBatch>> journal = new ArrayList<>();
        LosingConnections losing = new LosingConnections(database.pool);
        int lostAt = 0;
        do {
            losing.loseAt(lostAt);
            for (ServiceEvent event : someEvents(lostAt++)) {
                SequencedEvent<ServiceEventBatch> next = database.numbered(event).getFirst();
                journal.add(next);
                database.inTransaction(connection -> write(connection, next)).block(PATIENCE);
            }
            runner(losing).next().onErrorComplete().block(PATIENCE);
            drain();
            assertThat(zone()).as("lost at call " + lostAt).isEqualTo(expected(journal));
        } while (losing.hasLost());
        assertThat(lostAt).isGreaterThan(8);
    }

    private static List<ServiceEvent> someEvents(int round) {
        List<ServiceEvent> events = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Instance one = instance("t" + round + "-" + i, "192.0.2.1", 31000 + i);
            events.add(started("/app-" + i, one));
            events.add(ended("/app-" + i, "t" + (round - 1) + "-" + i));
        }
        return events;
    }

    @Test
    void anEventThatTheDatabaseRefusesIsSetAsideAndAllOthersAreProjected() {
        REFUSE_POISON.forEach(database::run);
        for (int i = 0; i < 20; i++) {
            write(started("/app-" + i, instance("t" + i, "192.0.2.1", 31000 + i)));
        }
        write(
                started("/bad", instance("good.1", "192.0.2.1", 32001)),
                started("/bad", instance("poison", "192.0.2.1", 32002)),
                started("/bad", instance("good.2", "192.0.2.1", 32003)));
        for (int i = 20; i < 40; i++) {
            write(started("/app-" + i, instance("t" + i, "192.0.2.1", 31000 + i)));
        }

        drain();

        assertThat(setAside())
                .containsExactly(
                        "service|marathon:/bad 2 service.events.1 poison (SQL state 22021)");
        assertThat(tasks()).hasSize(42).contains("good.1", "good.2").doesNotContain("poison");
        assertThat(database.column("SELECT seq_nr FROM service WHERE service = 'marathon:/bad'"))
                .containsExactly("3");
    }

    /** The tables wait for the first listing: an event set aside must not make them wait. */
    @Test
    void theProgressOfAServiceIncludesAnEventSetAside() {
        REFUSE_POISON.forEach(database::run);
        write(started("/bad", instance("poison", "192.0.2.1", 32002)));

        drain();

        assertThat(
                        TestDatabase.get(
                                new ServiceQueries(database.pool)
                                        .applied(Map.of("service|marathon:/bad", 1L))))
                .isTrue();
        assertThat(TestDatabase.get(new ServiceQueries(database.pool).list())).isEmpty();
    }

    @Test
    void anEventSetAsideIsForgottenOnceItsTaskHasEnded() {
        REFUSE_POISON.forEach(database::run);
        write(
                started("/bad", instance("poison", "192.0.2.1", 32002)),
                started("/bad", instance("good", "192.0.2.1", 32003)));
        drain();
        retry();
        assertThat(setAside()).hasSize(1);
        assertThat(tasks()).containsExactly("good");

        write(ended("/bad", "poison"));
        drain();
        retry();

        assertThat(setAside()).isEmpty();
        assertThat(tasks()).containsExactly("good");
        assertThat(database.column("SELECT seq_nr FROM service")).containsExactly("3");
    }

    /** An older program during an upgrade cannot read a newer program's entry. */
    @Test
    void anUnreadableEntryIsProjectedOnceItCanBeRead() {
        write(
                started("/web", instance("one", "192.0.2.1", 32001)),
                started("/web", instance("two", "192.0.2.1", 32002)),
                ended("/web", "one"));
        database.run(
                "UPDATE event_journal SET event_ser_manifest = 'service.events.9' WHERE seq_nr ="
                        + " 2");
        drain();
        assertThat(setAside())
                .singleElement()
                .asString()
                .contains("service|marathon:/web 2 service.events.9", "run the program");
        assertThat(tasks()).isEmpty();

        database.run("UPDATE event_journal SET event_ser_manifest = 'service.events.1'");
        retry();

        assertThat(setAside()).isEmpty();
        assertThat(tasks()).containsExactly("two");
        assertThat(zone()).isEqualTo(expected(journalOf("two")));
    }

    private static List<SequencedEvent<ServiceEventBatch>> journalOf(String task) {
        return List.of(Examples.entry(1, started("/web", instance(task, "192.0.2.1", 32002))));
    }

    @Test
    void housekeepingKeepsTheEventsThatARetryNeeds() {
        REFUSE_POISON.forEach(database::run);
        write(
                started("/bad", instance("good.1", "192.0.2.1", 32001)),
                started("/bad", instance("poison", "192.0.2.1", 32002)),
                started("/bad", instance("good.2", "192.0.2.1", 32003)),
                started("/bad", instance("good.3", "192.0.2.1", 32004)));
        drain();
        database.run("UPDATE event_journal SET db_timestamp = db_timestamp - interval '1 d'");
        database.run(
                """
                INSERT INTO snapshot (slice, entity_type, persistence_id, seq_nr, write_timestamp, ser_id,
                  ser_manifest, snapshot) VALUES (0, 'service', 'service|marathon:/bad', 4, 0, 0, '', '')
                """);
        Duration second = Duration.ofSeconds(1);
        TestDatabase.get(
                new Housekeeping(database.pool, new HousekeepingSettings(second, second, second))
                        .round());

        assertThat(database.column("SELECT seq_nr FROM event_journal ORDER BY 1"))
                .containsExactly("2", "3", "4");
        assertThat(service("/bad").toString()).isEqualTo("marathon:/bad");
    }

    /** Rows of the one instance stay as they are. */
    @Test
    void aRebuildLeavesOutAnInstanceWhoseRowsTheDatabaseRefuses() {
        for (int i = 0; i < 20; i++) {
            write(started("/app-" + i, instance(i == 7 ? "poison" : "t" + i, "192.0.2.1", 31000)));
        }
        drain();
        REFUSE_POISON.forEach(database::run);
        NamingRules rules = NamingRules.of("other");
        ProjectionRebuild rebuild =
                new ProjectionRebuild(
                        new Transactions(database.pool),
                        new ServiceTablesProjection(rules, Examples.SETTINGS),
                        new ClusterProjection(rules.cluster(), Examples.SETTINGS),
                        Projections.fingerprint(rules),
                        10);
        assertThat(rebuild.begin().block(PATIENCE)).isTrue();
        rebuild.run().block(PATIENCE);

        assertThat(zone())
                .filteredOn(row -> row.zone().equals("mesos"))
                .isNotEmpty()
                .allMatch(row -> row.owner().endsWith(" poison"));
        assertThat(zone()).filteredOn(row -> row.zone().equals("other")).isNotEmpty();
        assertThat(rebuild.begin().block(PATIENCE)).isFalse();
    }

    @Test
    void theLagIsTheAgeOfTheOldestEventThatWaits() {
        assertThat(backlog()).isEqualTo(new ProjectionBacklog(Duration.ZERO, 0, List.of()));
        write(
                started("/one", instance("old", "192.0.2.1", 32001)),
                started("/two", instance("new", "192.0.2.1", 32002)));
        database.run(
                """
                UPDATE event_journal SET db_timestamp = now() - interval '1 h'
                WHERE persistence_id = 'service|marathon:/one'
                """);

        assertThat(backlog().lag()).isGreaterThanOrEqualTo(Duration.ofHours(1));
        assertThat(backlog().lagProblem())
                .hasValueSatisfying(why -> assertThat(why).contains("36"));

        drain();

        assertThat(backlog()).isEqualTo(new ProjectionBacklog(Duration.ZERO, 0, List.of()));
        assertThat(backlog().lagProblem()).isEmpty();
    }

    @Test
    void anEventSetAsideIsAProblemButNoLag() {
        REFUSE_POISON.forEach(database::run);
        write(started("/bad", instance("poison", "192.0.2.1", 32002)));
        drain();

        assertThat(backlog().lag()).isZero();
        assertThat(backlog().setAside()).isOne();
        assertThat(backlog().setAsideProblem())
                .hasValueSatisfying(
                        why ->
                                assertThat(why)
                                        .contains(
                                                "service|marathon:/bad event 1: poison (SQL state"
                                                        + " 22021)"));
    }

    private ProjectionBacklog backlog() {
        return ProjectionMonitor.read(database.pool).block(PATIENCE);
    }

    private void retry() {
        runner(database.pool).retrySetAside().block(PATIENCE);
    }
}
