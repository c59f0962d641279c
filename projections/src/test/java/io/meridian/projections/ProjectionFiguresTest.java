package io.meridian.projections;

import static io.meridian.projections.Examples.instance;
import static io.meridian.projections.Examples.service;
import static io.meridian.projections.Examples.started;
import static io.meridian.projections.TestDatabase.get;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;

import io.meridian.database.EmbeddedPostgres;
import io.meridian.database.EmbeddedSettings;
import io.meridian.database.Schema;
import io.meridian.domain.service.ServiceEvent;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** How fast; prints figures. Run it with {@code -Dmeridian.figures=yes}. */
@EnabledIfSystemProperty(named = "meridian.figures", matches = "yes")
class ProjectionFiguresTest {
    private static final int SERVICES = 1000;
    private static final int TASKS = 5;

    @Test
    void firstFillThenSingleEvents(@TempDir Path directory) throws Exception {
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
                Map<Long, Long> heard = new ConcurrentHashMap<>();
                stores.zone()
                        .onCommitted(revision -> heard.putIfAbsent(revision, System.nanoTime()));
                fill(node, stores);
                singles(node, heard, stores, 20, 300);
                singles(node, heard, stores, 100, 1000);
                singles(node, heard, stores, 300, 2000);
            }
        }
    }

    private static CompletionStage<Done> persist(TestNode node, String path, List<Object> events) {
        return node.persist(ServiceEvent.ENTITY_TYPE, service(path).toString(), events);
    }

    private static void fill(TestNode node, TableStores stores) throws Exception {
        ServiceQueries queries = ServiceQueries.create(node.system);
        Map<String, Long> goal = new HashMap<>();
        long begin = System.nanoTime();
        Deque<CompletionStage<Done>> inFlight = new ArrayDeque<>();
        for (int s = 0; s < SERVICES; s++) {
            String path = "/group/app-" + s;
            List<Object> events = new ArrayList<>(List.of(Examples.defined(path)));
            for (int t = 0; t < TASKS; t++) {
                String task = "group_app-" + s + ".instance-0b5c1d2e-" + t + "._app.1";
                events.add(started(path, instance(task, "192.0.2." + (1 + t), 31000 + s % 1000)));
            }
            inFlight.add(persist(node, path, events));
            goal.put("service|" + service(path), (long) events.size());
            if (inFlight.size() >= 100) {
                get(inFlight.remove());
            }
        }
        while (!inFlight.isEmpty()) {
            get(inFlight.remove());
        }
        long written = System.nanoTime();
        while (!get(queries.applied(goal))) {
            Thread.sleep(10);
        }
        long applied = System.nanoTime();
        int rows = get(StoredTable.zone(stores).readAll()).rows().size();
        long read = System.nanoTime();
        System.out.printf(
                "first fill: %d services, %d tasks, %d zone rows: journalled after %d ms, projected"
                        + " after %d ms; read whole: %d ms%n",
                SERVICES,
                SERVICES * TASKS,
                rows,
                millis(begin, written),
                millis(begin, applied),
                millis(applied, read));
        assertThat(rows).isPositive();
    }

    /** From "persist this" to the announcement of the revision that has it. */
    private static void singles(
            TestNode node, Map<Long, Long> heard, TableStores stores, int perSecond, int count)
            throws Exception {
        long revision = get(StoredTable.zone(stores).readAll()).revision();
        long[] sent = new long[count];
        Map<String, Integer> index = new HashMap<>();
        long next = System.nanoTime();
        for (int i = 0; i < count; i++) {
            TimeUnit.NANOSECONDS.sleep(Math.max(0, next - System.nanoTime()));
            next += 1_000_000_000L / perSecond;
            String path = "/group/app-" + i % SERVICES;
            String task = "r" + perSecond + "." + i;
            index.put(task, i);
            sent[i] = System.nanoTime();
            var _ =
                    persist(
                            node,
                            path,
                            List.of(started(path, instance(task, "198.51.100.1", 20000 + i))));
        }
        double[] lag = new double[count];
        Arrays.fill(lag, -1);
        int found = 0;
        int batches = 0;
        while (found < count) {
            for (var step : get(StoredTable.zone(stores).readAfter(revision, 100))) {
                batches++;
                revision = step.revision();
                while (!heard.containsKey(revision)) {
                    Thread.sleep(5);
                }
                for (var change : step.changes()) {
                    int i = index.get(change.row().owner().split(" ")[1]);
                    if (lag[i] < 0) {
                        lag[i] = (heard.get(revision) - sent[i]) / 1e6;
                        found++;
                    }
                }
            }
        }
        Arrays.sort(lag);
        System.out.printf(
                "%d/s, %d events in %d revisions: p50 %.1f ms, p90 %.1f, p99 %.1f, max %.1f%n",
                perSecond,
                count,
                batches,
                lag[count / 2],
                lag[count * 9 / 10],
                lag[count * 99 / 100],
                lag[count - 1]);
    }

    private static long millis(long from, long to) {
        return TimeUnit.NANOSECONDS.toMillis(to - from);
    }
}
