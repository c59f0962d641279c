package io.meridian.projections;

import static io.meridian.projections.Examples.changed;
import static io.meridian.projections.Examples.ended;
import static io.meridian.projections.Examples.instance;
import static io.meridian.projections.Examples.killing;
import static io.meridian.projections.Examples.service;
import static io.meridian.projections.Examples.started;
import static io.meridian.projections.TestDatabase.get;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.database.EmbeddedPostgresExtension;
import io.meridian.database.PostgresSettings;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.table.Change;
import io.meridian.domain.table.Owner;
import io.meridian.domain.zone.MesosDnsRules;
import io.meridian.domain.zone.NamingRules;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/** {@link ProjectionRebuild} against a real database. */
@ExtendWith(EmbeddedPostgresExtension.class)
class ProjectionRebuildTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final NamingRules OLD = Examples.RULES;
    private static final NamingRules NEW =
            new NamingRules(OLD.mesosDns(), false, true, false, new TreeSet<>());
    private static final NamingRules ELSEWHERE =
            new NamingRules(MesosDnsRules.of("example.org"), true, true, true, new TreeSet<>());

    private final Map<ServiceId, Map<String, Instance>> live = new TreeMap<>();
    private TestDatabase database;
    private TableStores stores;

    @BeforeEach
    void open(PostgresSettings settings) {
        database = new TestDatabase(settings);
        stores = new TableStores(database.pool, new CommitListener(settings.connections("listen")));
    }

    @AfterEach
    void close() {
        stores.close();
        database.close();
    }

    @Test
    void aProgramWithOtherRulesRebuildsTheRows(PostgresSettings settings) throws Exception {
        try (TestNode node = TestNode.start(settings, OLD, "")) {
            awaitRules(OLD);
            Map<String, Long> sequenceNrs = new HashMap<>();
            for (int i = 0; i < 7; i++) {
                String path = "/app-" + i;
                for (int j = 0; j < 3; j++) {
                    get(
                            node.persist(
                                    ServiceEvent.ENTITY_TYPE,
                                    service(path).toString(),
                                    List.of(start(path, "a" + i + "." + j, 31000 + 10 * i + j))));
                }
                sequenceNrs.put("service|marathon:" + path, 3L);
            }
            ServiceQueries queries = ServiceQueries.create(node.system);
            await(() -> get(queries.applied(sequenceNrs)));
            assertThat(rows()).isEqualTo(fresh(OLD));
        }
        long before = revision();
        ZoneImage old = image();

        try (TestNode _ = TestNode.start(settings, NEW, "meridian.projections.batch-size = 4")) {
            awaitRules(NEW);
        }

        assertThat(rows()).isEqualTo(fresh(NEW));
        assertThat(revision()).isEqualTo(before + 6); // 21 instances, 4 at a time
        assertThatEveryStepIsWhole(old, before, OLD, NEW);
        assertThat(
                        database.column(
                                "SELECT zone_revision FROM service WHERE service ="
                                        + " 'marathon:/app-6'"))
                .containsExactly(Long.toString(before + 6));

        long after = revision();
        try (TestNode node = TestNode.start(settings, NEW, "")) {
            get(
                    node.persist(
                            ServiceEvent.ENTITY_TYPE,
                            "marathon:/last",
                            List.of(start("/last", "last.1", 32000))));
            ServiceQueries queries = ServiceQueries.create(node.system);
            await(() -> get(queries.applied(Map.of("service|marathon:/last", 1L))));
        }
        assertThat(revision()).as("the same rules: the new task only").isEqualTo(after + 1);
    }

    @Test
    void rowsOfBothRulesDoNotChange() {
        apply(OLD, start("/web", "web.1", 31000));
        long before = revision();

        NamingRules same =
                new NamingRules(
                        OLD.mesosDns(), true, true, true, new TreeSet<>(List.of("example.org")));
        rebuild(same, 10);

        assertThat(revision()).isEqualTo(before);
        assertThat(rules()).isEqualTo(Projections.fingerprint(same));
    }

    @Test
    void aDatabaseWithoutAFingerprintIsRebuilt() {
        apply(OLD, start("/web", "web.1", 31000));
        assertThat(database.column("SELECT value FROM meta WHERE key = 'rules'")).isEmpty();

        rebuild(NEW, 10);

        assertThat(rows()).isEqualTo(fresh(NEW));
    }

    @Test
    void rulesRevertedDuringARebuildApplyToAllRows() {
        for (int i = 0; i < 6; i++) {
            apply(OLD, start("/web-" + i, "web." + i, 31000 + i));
        }
        rebuild(OLD, 10);
        ProjectionRebuild half = projectionRebuild(NEW, 2);
        assertThat(half.begin().block(PATIENCE)).isTrue();
        assertThat(half.batch(ProjectionRebuild.Cursor.START, 2).block(PATIENCE).instances())
                .isEqualTo(2);
        assertThat(rows()).isNotEqualTo(fresh(OLD)).isNotEqualTo(fresh(NEW));

        rebuild(OLD, 10);

        assertThat(rows()).isEqualTo(fresh(OLD));
        assertThat(projectionRebuild(OLD, 10).begin().block(PATIENCE)).isFalse();
    }

    @Test
    void anUnreadableInstanceKeepsItsRows() {
        apply(OLD, start("/bad", "bad.1", 31000));
        apply(OLD, start("/good", "good.1", 31001));
        database.run(
                "UPDATE service_instance SET instance = '{\"agent\": 7}' WHERE task = 'bad.1'");

        rebuild(NEW, 10);

        Set<ZoneRow> expected = new TreeSet<>(OLD.rows(service("/bad"), at("bad.1", 31000)));
        expected.addAll(NEW.rows(service("/good"), at("good.1", 31001)));
        assertThat(rows()).isEqualTo(List.copyOf(expected));
    }

    @Test
    void eventsAreProjectedDuringARebuild() {
        Random random = new Random(7);
        for (int i = 0; i < 40; i++) {
            apply(OLD, start("/s" + i % 8, "t" + i, 31000 + i));
        }
        ZoneImage old = image();
        long before = revision();
        ProjectionRebuild rebuild = projectionRebuild(ELSEWHERE, 3);
        assertThat(rebuild.begin().block(PATIENCE)).isTrue();
        CompletableFuture<Void> done = rebuild.run().toFuture();
        int events = 0;
        while (!done.isDone() || events < 30) {
            apply(ELSEWHERE, next(random, events++));
        }
        done.join();

        assertThat(rows()).isEqualTo(fresh(ELSEWHERE));
        assertThat(TestDatabase.followed(StoredTable.zone(stores), ZoneImage.EMPTY))
                .isEqualTo(image());
        assertThat(before).isLessThan(revision());
        assertThat(old.rows()).isNotEmpty();
    }

    private ServiceEvent next(Random random, int number) {
        List<ServiceId> services =
                live.entrySet().stream()
                        .filter(one -> !one.getValue().isEmpty())
                        .map(Map.Entry::getKey)
                        .toList();
        if (services.isEmpty() || random.nextInt(3) == 0) {
            return start("/s" + random.nextInt(8), "n" + number, 20000 + number);
        }
        String path = services.get(random.nextInt(services.size())).path();
        Map<String, Instance> tasks = live.get(service(path));
        String task = List.copyOf(tasks.keySet()).get(random.nextInt(tasks.size()));
        if (random.nextBoolean()) {
            tasks.remove(task);
            return ended(path, task);
        }
        Instance stopping = killing(tasks.get(task));
        tasks.put(task, stopping);
        return changed(path, stopping);
    }

    /**
     * Asserts that at every revision each instance has all rows of the old or all of the new rules.
     */
    private void assertThatEveryStepIsWhole(
            ZoneImage from, long revision, NamingRules old, NamingRules young) {
        ZoneImage image = from;
        for (StoredTable.Step<ZoneRow> step :
                get(StoredTable.zone(stores).readAfter(revision, 100))) {
            assertThat(step.changes().stream().map(Change::row))
                    .as("a row that stays is no change")
                    .doesNotHaveDuplicates();
            image = image.apply(step.changes());
            Map<String, List<ZoneRow>> byOwner =
                    image.rows().stream().collect(Collectors.groupingBy(ZoneRow::owner));
            live.forEach(
                    (id, tasks) ->
                            tasks.values()
                                    .forEach(
                                            one ->
                                                    assertThat(
                                                                    byOwner.get(
                                                                            Owner.of(
                                                                                    id,
                                                                                    one.task())))
                                                            .isIn(
                                                                    old.rows(id, one),
                                                                    young.rows(id, one))));
        }
    }

    private ServiceEvent start(String path, String task, int port) {
        Instance one = at(task, port);
        live.computeIfAbsent(service(path), _ -> new TreeMap<>()).put(task, one);
        return started(path, one);
    }

    private static Instance at(String task, int port) {
        return instance(task, "192.0.2." + (1 + port % 7), port);
    }

    private void apply(NamingRules rules, ServiceEvent event) {
        database.apply(
                new ServiceTablesProjection(rules, Examples.SETTINGS), database.numbered(event));
    }

    private ProjectionRebuild projectionRebuild(NamingRules rules, int batchSize) {
        return new ProjectionRebuild(
                new Transactions(database.pool),
                new ServiceTablesProjection(rules, Examples.SETTINGS),
                new ClusterProjection(rules.cluster(), Examples.SETTINGS),
                Projections.fingerprint(rules),
                batchSize);
    }

    private void rebuild(NamingRules rules, int batchSize) {
        ProjectionRebuild rebuild = projectionRebuild(rules, batchSize);
        assertThat(rebuild.begin().block(PATIENCE)).isTrue();
        rebuild.run().block(PATIENCE);
    }

    /** Rows that an empty database holds after all events. */
    private List<ZoneRow> fresh(NamingRules rules) {
        TreeSet<ZoneRow> rows = new TreeSet<>();
        live.forEach(
                (id, tasks) -> tasks.values().forEach(one -> rows.addAll(rules.rows(id, one))));
        return List.copyOf(rows);
    }

    private List<ZoneRow> rows() {
        return new ArrayList<>(new TreeSet<>(get(StoredTable.zone(stores).readAll()).rows()));
    }

    private ZoneImage image() {
        return TestDatabase.whole(StoredTable.zone(stores), ZoneImage.EMPTY);
    }

    private long revision() {
        return get(StoredTable.zone(stores).readAll()).revision();
    }

    private String rules() {
        return String.join(",", database.column("SELECT value FROM meta WHERE key = 'rules'"));
    }

    private void awaitRules(NamingRules rules) throws InterruptedException {
        await(() -> rules().equals(Projections.fingerprint(rules)));
    }

    private static void await(java.util.function.BooleanSupplier condition)
            throws InterruptedException {
        Instant end = Instant.now().plus(PATIENCE);
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).as("waited too long").isBefore(end);
            Thread.sleep(20);
        }
    }
}
