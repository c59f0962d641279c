package io.meridian.projections;

import static io.meridian.projections.Examples.changed;
import static io.meridian.projections.Examples.defined;
import static io.meridian.projections.Examples.definition;
import static io.meridian.projections.Examples.ended;
import static io.meridian.projections.Examples.instance;
import static io.meridian.projections.Examples.killing;
import static io.meridian.projections.Examples.service;
import static io.meridian.projections.Examples.started;
import static io.meridian.projections.TestDatabase.get;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.database.EmbeddedPostgresExtension;
import io.meridian.database.PostgresSettings;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipPoolEvent;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.vip.VipRules;
import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRecord;
import io.meridian.feed.master.RevisionsGone;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

@ExtendWith(EmbeddedPostgresExtension.class)
class ServiceTablesProjectionTest {
    private final ServiceTablesProjection projection =
            new ServiceTablesProjection(Examples.RULES, Examples.SETTINGS);
    private TestDatabase database;
    private TableStores stores;
    private ServiceQueries queries;

    @BeforeEach
    void open(PostgresSettings settings) {
        database = new TestDatabase(settings);
        stores = new TableStores(database.pool, new CommitListener(settings.connections("listen")));
        queries = new ServiceQueries(database.pool);
    }

    @AfterEach
    void close() {
        stores.close();
        database.close();
    }

    private void apply(ServiceEvent... events) {
        database.apply(projection, database.numbered(events));
    }

    private long zoneRevision() {
        return get(StoredTable.zone(stores).readAll()).revision();
    }

    private ZoneImage zone() {
        return TestDatabase.whole(StoredTable.zone(stores), ZoneImage.EMPTY);
    }

    private VipImage vips() {
        return TestDatabase.whole(StoredTable.vip(stores), VipImage.EMPTY);
    }

    @Test
    void aNewTaskHasItsRowsInBothTables() {
        Instance one = instance("web.1", "192.0.2.10", 31000);
        apply(defined("/web"), started("/web", one));
        assertThat(zone().rows()).isEqualTo(Examples.RULES.rows(service("/web"), one)).isNotEmpty();
        assertThat(vips().rows())
                .hasSize(1)
                .containsExactlyElementsOf(VipRules.ANY_LITERAL.rows(service("/web"), one));
        assertThat(zoneRevision()).isEqualTo(1);
        assertThat(get(StoredTable.vip(stores).readAll()).revision()).isEqualTo(1);
    }

    @Test
    void vipRowsHaveTheOptionsOfTheirLabels() {
        String vip = "{weight=3 scheduler=mh affinity=300 drain=60 client-address=keep}web:80";
        Instance one = instance("web.1", "192.0.2.10", 31000, vip);
        apply(
                new ServiceEvent.DefinitionRevised(service("/web"), definition(vip)),
                started("/web", one));

        assertThat(vips().rows())
                .containsExactlyElementsOf(VipRules.ANY_LITERAL.rows(service("/web"), one))
                .singleElement()
                .isInstanceOfSatisfying(
                        VipRow.Backend.class,
                        row -> {
                            assertThat(row.weight()).isEqualTo(3);
                            assertThat(row.options())
                                    .hasToString(
                                            "scheduler=mh affinity=300 drain=60"
                                                    + " client-address=keep");
                        });
        assertThat(get(queries.find(service("/web"))).orElseThrow().instances())
                .containsExactly(one);
        apply(changed("/web", killing(one)));
        assertThat(vips().rows()).hasSize(1);
        apply(ended("/web", "web.1"));
        assertThat(vips().rows()).isEmpty();
    }

    @Test
    void anEndedTasksRowsAreRemoved() {
        apply(started("/web", instance("web.1", "192.0.2.10", 31000)));
        apply(ended("/web", "web.1"));
        assertThat(zone().rows()).isEmpty();
        assertThat(vips().rows()).isEmpty();
        assertThat(zoneRevision()).isEqualTo(2);
        assertThat(TestDatabase.followed(StoredTable.zone(stores), ZoneImage.EMPTY))
                .isEqualTo(ZoneImage.EMPTY);
    }

    @Test
    void aTaskThatIsBeingKilledDrainsAndLosesItsRecords() {
        Instance one = instance("web.1", "192.0.2.10", 31000);
        apply(started("/web", one));
        apply(changed("/web", killing(one)));
        assertThat(zone().rows()).isEmpty();
        assertThat(vips().rows())
                .allSatisfy(
                        row ->
                                assertThat(((VipRow.Backend) row).state())
                                        .isEqualTo(BackendState.DRAINING))
                .hasSize(1);
    }

    @Test
    void tasksWithTheSameRecordKeepItUntilTheLastEnds() {
        apply(
                started("/web", instance("web.1", "192.0.2.10", 31000)),
                started("/web", instance("web.2", "192.0.2.10", 31001)));
        apply(ended("/web", "web.1"));
        assertThat(zone().records("mesos", "web.marathon.mesos"))
                .containsExactly(new ZoneRecord("web.marathon.mesos", RecordType.A, "192.0.2.10"));
        apply(ended("/web", "web.2"));
        assertThat(zone().rows()).isEmpty();
    }

    @Test
    void aRepeatedBatchChangesNothing() {
        List<SequencedEvent<ServiceEventBatch>> first =
                database.numbered(
                        defined("/web"),
                        started("/web", instance("web.1", "192.0.2.10", 31000)),
                        started("/web", instance("web.2", "192.0.2.11", 31000)));
        List<SequencedEvent<ServiceEventBatch>> second = database.numbered(ended("/web", "web.1"));
        database.apply(projection, first);
        database.apply(projection, second);
        ZoneImage before = zone();
        database.apply(projection, first);
        database.apply(projection, second);
        assertThat(zone()).isEqualTo(before);
        assertThat(zoneRevision()).isEqualTo(2);
        assertThat(get(queries.find(service("/web"))).orElseThrow().sequenceNr()).isEqualTo(4);
    }

    @Test
    void aChangeWithoutRowsMakesNoRevision() {
        Instance one = instance("web.1", "192.0.2.10", 31000);
        apply(started("/web", one));
        apply(changed("/web", one), defined("/web"));
        assertThat(zoneRevision()).isEqualTo(1);
        assertThat(get(queries.find(service("/web"))).orElseThrow().sequenceNr()).isEqualTo(3);
    }

    @Test
    void aTaskThatStartsAndEndsWithinABatchLeavesNoRows() {
        apply(started("/web", instance("web.1", "192.0.2.10", 31000)), ended("/web", "web.1"));
        assertThat(zoneRevision()).isZero();
        assertThat(get(queries.find(service("/web"))).orElseThrow().instances()).isEmpty();
    }

    @Test
    void aFailedTransactionIsRolledBackWhole() {
        List<SequencedEvent<ServiceEventBatch>> events =
                database.numbered(started("/web", instance("web.1", "192.0.2.10", 31000)));
        assertThatThrownBy(
                        () ->
                                database.inTransaction(
                                                connection ->
                                                        projection
                                                                .apply(connection, events)
                                                                .then(
                                                                        reactor.core.publisher.Mono
                                                                                .error(
                                                                                        new IllegalStateException(
                                                                                                "no offset"))))
                                        .block())
                .hasMessageContaining("no offset");
        assertThat(zoneRevision()).isZero();
        assertThat(zone().rows()).isEmpty();
        assertThat(get(StoredTable.zone(stores).readAfter(0, 10))).isEmpty();
    }

    @Test
    void servicesAreShownAsLastProjected() {
        Instance two = instance("b.2", "192.0.2.11", 31000);
        apply(
                defined("/b"),
                started("/b", instance("b.1", "192.0.2.10", 31000)),
                started("/b", two),
                defined("/a"));
        apply(ended("/b", "b.1"));
        assertThat(get(queries.list()))
                .containsExactly(
                        new ServiceQueries.Service(
                                service("/a"),
                                java.util.Optional.of(definition()),
                                false,
                                1,
                                0,
                                0,
                                List.of()),
                        new ServiceQueries.Service(
                                service("/b"),
                                java.util.Optional.of(definition()),
                                false,
                                4,
                                2,
                                2,
                                List.of(two)));
    }

    @Test
    void aRemovedServiceIsListedWhileItHasInstances() {
        apply(defined("/web"), started("/web", instance("web.1", "192.0.2.10", 31000)));
        apply(new ServiceEvent.ServiceRemoved(service("/web"), "deleted"));
        assertThat(get(queries.list())).hasSize(1);
        apply(ended("/web", "web.1"));
        assertThat(get(queries.list())).isEmpty();
        assertThat(get(queries.find(service("/web"))).orElseThrow().removed()).isTrue();
        apply(defined("/web"));
        assertThat(get(queries.list())).hasSize(1);
    }

    @Test
    void aLabelWithNulDoesNotStopTheProjection() {
        ServiceEvent odd =
                new ServiceEvent.DefinitionRevised(service("/odd"), definition("a\0\\u0000b:80"));
        apply(odd, started("/odd", instance("odd.1", "192.0.2.10", 31000, "a\0b:80")));
        assertThat(get(queries.find(service("/odd"))).orElseThrow().definition())
                .contains(definition("a\ufffd\\u0000b:80"));
    }

    @Test
    void appliedTellsWhetherTheTablesIncludeAnEvent() {
        apply(defined("/web"), defined("/web"));
        VipPoolProjection pool = new VipPoolProjection(Examples.SETTINGS);
        database.inTransaction(
                        connection ->
                                pool.apply(
                                        connection,
                                        List.of(allocation(5, "web.marathon", "11.0.0.1"))))
                .block();
        assertThat(get(queries.applied(Map.of("service|marathon:/web", 2L, "vip-pool|pool", 5L))))
                .isTrue();
        assertThat(get(queries.applied(Map.of("service|marathon:/web", 3L)))).isFalse();
        assertThat(get(queries.applied(Map.of("service|marathon:/other", 1L)))).isFalse();
        assertThat(get(queries.applied(Map.of("vip-pool|pool", 6L)))).isFalse();
        assertThat(get(queries.applied(Map.of()))).isTrue();
        assertThatThrownBy(() -> queries.applied(Map.of("ingest|x", 1L)))
                .hasMessageContaining("ingest|x");
    }

    private static SequencedEvent<VipPoolEvent> allocation(
            long sequenceNr, String name, String address) {
        return new SequencedEvent<>("pool", sequenceNr, Examples.reserved(name, address));
    }

    @Test
    void aRepeatedAllocationIsOneRow() {
        VipPoolProjection pool = new VipPoolProjection(Examples.SETTINGS);
        List<SequencedEvent<VipPoolEvent>> events =
                List.of(
                        allocation(1, "web.marathon", "11.0.0.1"),
                        allocation(2, "web.marathon", "fd01::1"),
                        new SequencedEvent<>(
                                "pool",
                                3,
                                new VipPoolEvent.Reserved(
                                        List.of(),
                                        new TreeSet<>(List.of(IpAddress.literal("11.0.0.9"))))));
        database.inTransaction(connection -> pool.apply(connection, events)).block();
        database.inTransaction(connection -> pool.apply(connection, events)).block();
        assertThat(vips().rows())
                .containsExactly(
                        new VipRow.Address("web.marathon", IpAddress.literal("11.0.0.1")),
                        new VipRow.Address("web.marathon", IpAddress.literal("fd01::1")));
        assertThat(get(StoredTable.vip(stores).readAll()).revision()).isEqualTo(1);
    }

    @Test
    void aReleasedNameHasNoRowUntilItGetsAnAddressAgain() {
        VipPoolProjection pool = new VipPoolProjection(Examples.SETTINGS);
        database.inTransaction(
                        connection ->
                                pool.apply(
                                        connection,
                                        List.of(
                                                allocation(1, "web.marathon", "11.0.0.1"),
                                                allocation(2, "db.marathon", "11.0.0.2"))))
                .block();
        SequencedEvent<VipPoolEvent> release =
                new SequencedEvent<>(
                        "pool",
                        3,
                        new VipPoolEvent.Released(new TreeSet<>(List.of("db.marathon"))));
        database.inTransaction(connection -> pool.apply(connection, List.of(release))).block();
        assertThat(vips().rows())
                .containsExactly(new VipRow.Address("web.marathon", IpAddress.literal("11.0.0.1")));

        List<SequencedEvent<VipPoolEvent>> oneBatch =
                List.of(
                        allocation(4, "db.marathon", "11.0.0.3"),
                        new SequencedEvent<>(
                                "pool",
                                5,
                                new VipPoolEvent.Released(
                                        new TreeSet<>(List.of("db.marathon", "web.marathon")))),
                        allocation(6, "db.marathon", "11.0.0.1"));
        database.inTransaction(connection -> pool.apply(connection, oneBatch)).block();
        assertThat(vips().rows())
                .containsExactly(new VipRow.Address("db.marathon", IpAddress.literal("11.0.0.1")));
    }

    @Test
    void readingPrunedStepsFailsWithRevisionsGone() {
        ServiceTablesProjection forgetful =
                new ServiceTablesProjection(
                        Examples.RULES, new ProjectionSettings(500, Duration.ofMillis(5), 100));
        for (int i = 1; i <= 150; i++) {
            database.apply(
                    forgetful,
                    database.numbered(
                            started("/web", instance("web." + i, "192.0.2.10", 30000 + i))));
        }
        assertThat(get(StoredTable.zone(stores).readAfter(50, 1000))).hasSize(100);
        assertThat(get(StoredTable.zone(stores).readAfter(50, 3)))
                .extracting(StoredTable.Step::revision)
                .containsExactly(51L, 52L, 53L);
        assertThat(get(StoredTable.zone(stores).readAfter(150, 10))).isEmpty();
        assertGone(49);
        assertGone(0);
        assertGone(151); // a database from an older backup
    }

    /** No node is served then, so a later reader has an empty table or one of another database. */
    @Test
    void stepsBeforeCompletenessAreNotLogged() {
        database.run("DELETE FROM meta WHERE key = 'complete'");
        for (int i = 1; i <= 2; i++) {
            database.apply(
                    projection,
                    database.numbered(
                            started("/web", instance("web." + i, "192.0.2.10", 30000 + i))));
        }
        assertGone(0);
        assertGone(1);
        assertThat(get(StoredTable.zone(stores).readAfter(2, 10))).isEmpty();

        database.declareComplete();
        database.apply(
                projection,
                database.numbered(started("/web", instance("web.3", "192.0.2.10", 30003))));

        assertGone(1);
        assertThat(get(StoredTable.zone(stores).readAfter(2, 10)))
                .singleElement()
                .satisfies(step -> assertThat(step.revision()).isEqualTo(3));
        assertThat(zone().records("mesos", "_web._tcp.marathon.mesos")).hasSize(3);
    }

    /** As when a transaction began before completeness and committed after the next one. */
    @Test
    void aMissingStepFailsWithRevisionsGone() {
        for (int i = 1; i <= 4; i++) {
            database.apply(
                    projection,
                    database.numbered(
                            started("/web", instance("web." + i, "192.0.2.10", 30000 + i))));
        }
        database.run("DELETE FROM zone_changes WHERE revision = 3");

        assertThat(get(StoredTable.zone(stores).readAfter(0, 10)))
                .extracting(StoredTable.Step::revision)
                .containsExactly(1L, 2L);
        assertGone(2);
        assertThat(get(StoredTable.zone(stores).readAfter(3, 10)))
                .extracting(StoredTable.Step::revision)
                .containsExactly(4L);
    }

    private void assertGone(long after) {
        assertThatThrownBy(() -> get(StoredTable.zone(stores).readAfter(after, 10)))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(RevisionsGone.class);
    }

    @Test
    void stepsSumUpToTheTableForRandomBatches() {
        for (int seed = 1; seed <= 20; seed++) {
            Random random = new Random(seed);
            List<SequencedEvent<ServiceEventBatch>> events = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                events.addAll(database.numbered(anyEvent(random)));
            }
            for (int from = 0; from < events.size(); ) {
                int to = Math.min(events.size(), from + 1 + random.nextInt(12));
                database.apply(
                        projection,
                        events.subList(Math.max(0, from - random.nextInt(5)), to)); // some again
                from = to;
            }
            assertThat(TestDatabase.followed(StoredTable.zone(stores), ZoneImage.EMPTY))
                    .as("seed " + seed)
                    .isEqualTo(zone());
            assertThat(TestDatabase.followed(StoredTable.vip(stores), VipImage.EMPTY))
                    .as("seed " + seed)
                    .isEqualTo(vips());
            assertThat(zone().rows()).as("seed " + seed).isEqualTo(rowsOfLiveInstances());
        }
    }

    private List<io.meridian.domain.zone.ZoneRow> rowsOfLiveInstances() {
        return get(queries.list()).stream()
                .flatMap(
                        one ->
                                one.instances().stream()
                                        .flatMap(
                                                instance ->
                                                        Examples.RULES
                                                                .rows(one.id(), instance)
                                                                .stream()))
                .sorted()
                .toList();
    }

    private static ServiceEvent anyEvent(Random random) {
        String path = "/s" + random.nextInt(3);
        String task = "t." + random.nextInt(4);
        Instance one = instance(task, "192.0.2." + random.nextInt(1, 4), 31000 + random.nextInt(2));
        return switch (random.nextInt(5)) {
            case 0, 1 -> started(path, one);
            case 2 -> changed(path, killing(one));
            case 3 -> ended(path, task);
            default -> defined(path);
        };
    }

    @Test
    void concurrentWritersSkipNoRevisionForAReader() {
        int writers = 4;
        int each = 40;
        try (ExecutorService threads = Executors.newFixedThreadPool(writers)) {
            List<CompletableFuture<Void>> all =
                    IntStream.range(0, writers)
                            .mapToObj(
                                    writer ->
                                            CompletableFuture.runAsync(
                                                    () -> write(writer, each), threads))
                            .toList();
            CompletableFuture<Void> done =
                    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
            List<Long> seen = new ArrayList<>();
            while (!done.isDone() || seen.size() < writers * each) {
                long after = seen.isEmpty() ? 0 : seen.getLast();
                get(StoredTable.zone(stores).readAfter(after, 5))
                        .forEach(step -> seen.add(step.revision()));
            }
            done.join();
            assertThat(seen)
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, writers * each)
                                    .mapToObj(Long::valueOf)
                                    .toList());
        }
        assertThat(TestDatabase.followed(StoredTable.zone(stores), ZoneImage.EMPTY))
                .isEqualTo(zone());
    }

    private void write(int writer, int events) {
        for (int i = 1; i <= events; i++) {
            SequencedEvent<ServiceEventBatch> one =
                    Examples.entry(
                            i,
                            started(
                                    "/w" + writer,
                                    instance(
                                            "w" + writer + "." + i,
                                            "192.0.2." + writer,
                                            30000 + i)));
            database.apply(projection, List.of(one));
        }
    }

    @Test
    void twoMastersWithTheSameEventsApplyThemOnce() {
        List<SequencedEvent<ServiceEventBatch>> events =
                IntStream.rangeClosed(1, 30)
                        .mapToObj(
                                i ->
                                        Examples.entry(
                                                i,
                                                started(
                                                        "/web",
                                                        instance(
                                                                "web." + i,
                                                                "192.0.2.10",
                                                                30000 + i))))
                        .toList();
        database.apply(projection, events.subList(0, 1));
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            List<CompletableFuture<Void>> masters =
                    Stream.generate(
                                    () ->
                                            CompletableFuture.runAsync(
                                                    () -> database.apply(projection, events),
                                                    threads))
                            .limit(2)
                            .toList();
            masters.forEach(CompletableFuture::join);
        }
        assertThat(zoneRevision()).isEqualTo(2);
        assertThat(zone().rows()).isEqualTo(rowsOfLiveInstances()).isNotEmpty();
    }
}
