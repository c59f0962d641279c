package io.meridian.projections;

import static io.meridian.projections.Examples.ended;
import static io.meridian.projections.Examples.instance;
import static io.meridian.projections.Examples.service;
import static io.meridian.projections.Examples.started;
import static io.meridian.projections.TestDatabase.get;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;

import io.meridian.database.EmbeddedPostgres;
import io.meridian.database.EmbeddedPostgresExtension;
import io.meridian.database.EmbeddedSettings;
import io.meridian.database.PostgresSettings;
import io.meridian.database.Schema;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipPoolEvent;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneImage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** {@link Projections} from the real journal to the tables of a real database. */
@ExtendWith(EmbeddedPostgresExtension.class)
class ProjectionsTest {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static CompletionStage<Done> persist(
            TestNode node, String path, ServiceEvent... events) {
        return node.persist(
                ServiceEvent.ENTITY_TYPE, service(path).toString(), List.of((Object[]) events));
    }

    private static void awaitApplied(ServiceQueries queries, Map<String, Long> sequenceNrs)
            throws Exception {
        Instant end = Instant.now().plus(PATIENCE);
        while (!applied(queries, sequenceNrs)) {
            assertThat(Instant.now()).as("waited too long for " + sequenceNrs).isBefore(end);
            Thread.sleep(20);
        }
    }

    /** Waits for instances, not events: a write that failed may be in the journal all the same. */
    private static void awaitInstances(ServiceQueries queries, int count) throws Exception {
        Instant end = Instant.now().plus(PATIENCE);
        while (instances(queries) != count) {
            assertThat(Instant.now()).as("waited too long for " + count).isBefore(end);
            Thread.sleep(20);
        }
    }

    private static int instances(ServiceQueries queries) {
        try {
            return get(queries.find(service("/web")))
                    .map(service -> service.instances().size())
                    .orElse(0);
        } catch (CompletionException _) {
            return 0; // the database is away
        }
    }

    private static boolean applied(ServiceQueries queries, Map<String, Long> sequenceNrs) {
        try {
            return get(queries.applied(sequenceNrs));
        } catch (CompletionException _) {
            return false; // the database is away
        }
    }

    private static void persistUntilAcknowledged(TestNode node, String path, ServiceEvent event)
            throws Exception {
        Instant end = Instant.now().plus(PATIENCE);
        while (true) {
            try {
                get(persist(node, path, event));
                return;
            } catch (CompletionException e) {
                assertThat(Instant.now()).as("not acknowledged: " + e).isBefore(end);
            }
        }
    }

    @Test
    void eventsOfTheJournalBecomeRows(PostgresSettings settings) throws Exception {
        try (TestNode node = TestNode.start(settings);
                TableStores stores = TableStores.create(node.system, settings)) {
            ServiceQueries queries = ServiceQueries.create(node.system);
            Map<String, Long> sequenceNrs = new HashMap<>();
            for (int i = 0; i < 20; i++) {
                String path = "/app-" + i;
                ServiceEvent one = started(path, instance("a" + i + ".1", "192.0.2.1", 31000 + i));
                ServiceEvent two = started(path, instance("a" + i + ".2", "192.0.2.2", 31000 + i));
                get(persist(node, path, Examples.defined(path), one, two));
                get(persist(node, path, ended(path, "a" + i + ".1")));
                sequenceNrs.put("service|marathon:" + path, 4L);
            }
            IpAddress address = IpAddress.literal("11.0.0.1");
            get(
                    node.persist(
                            VipPoolEvent.ENTITY_TYPE,
                            "pool",
                            List.of(Examples.reserved("web.marathon", "11.0.0.1"))));
            sequenceNrs.put("vip-pool|pool", 1L);
            awaitApplied(queries, sequenceNrs);
            ZoneImage zone = TestDatabase.whole(StoredTable.zone(stores), ZoneImage.EMPTY);
            assertThat(zone.records("mesos", "app-7.marathon.mesos"))
                    .singleElement()
                    .satisfies(record -> assertThat(record.data()).isEqualTo("192.0.2.2"));
            assertThat(TestDatabase.followed(StoredTable.zone(stores), ZoneImage.EMPTY))
                    .isEqualTo(zone);
            VipImage vips = TestDatabase.whole(StoredTable.vip(stores), VipImage.EMPTY);
            assertThat(vips.rows())
                    .contains(new VipRow.Address("web.marathon", address))
                    .hasSize(21);
            assertThat(TestDatabase.followed(StoredTable.vip(stores), VipImage.EMPTY))
                    .isEqualTo(vips);
        }
    }

    /** Events of a transaction may be more than the projection takes in one batch. */
    @ParameterizedTest
    @ValueSource(ints = {1, 499, 500, 501, 1500, 20_000})
    void everyEventOfATransactionIsProjected(int events, PostgresSettings settings)
            throws Exception {
        try (TestNode node = TestNode.start(settings)) {
            List<Object> starts = new ArrayList<>();
            for (int i = 0; i < events; i++) {
                starts.add(started("/web", instance("web." + i, "192.0.2.1", 10_000 + i)));
            }
            get(
                    node.persist(
                            ServiceEvent.ENTITY_TYPE,
                            service("/web").toString(),
                            starts,
                            PATIENCE));
            get(persist(node, "/db", started("/db", instance("db.1", "192.0.2.1", 9000))));
            awaitApplied(
                    ServiceQueries.create(node.system),
                    Map.of("service|marathon:/web", (long) events, "service|marathon:/db", 1L));
        }
    }

    @Test
    void aRestartedMasterProjectsWhatWaits(PostgresSettings settings) throws Exception {
        try (TestNode node = TestNode.start(settings)) {
            get(persist(node, "/web", started("/web", instance("web.1", "192.0.2.1", 31000))));
            awaitApplied(ServiceQueries.create(node.system), Map.of("service|marathon:/web", 1L));
        }
        try (TestNode node = TestNode.start(settings);
                TableStores stores = TableStores.create(node.system, settings)) {
            get(persist(node, "/web", ended("/web", "web.1")));
            awaitApplied(ServiceQueries.create(node.system), Map.of("service|marathon:/web", 2L));
            assertThat(get(StoredTable.zone(stores).readAll()).rows()).isEmpty();
            assertThat(get(StoredTable.zone(stores).readAll()).revision()).isEqualTo(2);
        }
    }

    @Test
    void projectionsCatchUpAfterADatabaseOutage(@TempDir Path directory) throws Exception {
        EmbeddedSettings own =
                new EmbeddedSettings(
                        directory,
                        Path.of("target", "postgres-own"),
                        true,
                        Duration.ofMinutes(3),
                        60);
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start(own)) {
            Schema.ensure(postgres.settings());
            try (TestNode node = TestNode.start(postgres.settings());
                    TableStores stores = TableStores.create(node.system, postgres.settings())) {
                ServiceQueries queries = ServiceQueries.create(node.system);
                for (int i = 1; i <= 3; i++) {
                    String task = "web." + i;
                    persistUntilAcknowledged(
                            node, "/web", started("/web", instance(task, "192.0.2.1", 31000 + i)));
                    ProcessHandle.of(postgres.pid()).orElseThrow().destroyForcibly();
                    // a write in flight may have succeeded without an acknowledgement: write the
                    // same event again
                    persistUntilAcknowledged(
                            node, "/web", started("/web", instance(task, "192.0.2.1", 31000 + i)));
                    awaitInstances(queries, i);
                }
                ZoneImage zone = TestDatabase.whole(StoredTable.zone(stores), ZoneImage.EMPTY);
                assertThat(get(queries.find(service("/web"))).orElseThrow().instances()).hasSize(3);
                assertThat(TestDatabase.followed(StoredTable.zone(stores), ZoneImage.EMPTY))
                        .isEqualTo(zone);
                assertThat(zone.records("mesos", "_web._tcp.marathon.mesos")).hasSize(3);
            }
        }
    }
}
