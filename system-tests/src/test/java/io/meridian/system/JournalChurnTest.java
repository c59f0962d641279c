package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.controlplane.node.RunningNode;
import io.meridian.database.PostgresSettings;
import io.meridian.testkit.marathon.SimulatedMarathon;
import io.meridian.testkit.marathon.SimulatedMarathonSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Tasks come and go; the database stays as large as what lives. */
final class JournalChurnTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int ROUNDS = 60;

    /** Two stretches between snapshots, and what one task's life adds. */
    private static final int MOST_EVENTS = 120;

    @TempDir Path directory;

    @Test
    void rowsDoNotGrowWithTasksThatEnded() throws Exception {
        try (Database database = new Database(directory.resolve("postgres"));
                SimulatedMarathon marathon =
                        SimulatedMarathon.start(SimulatedMarathonSettings.defaults())) {
            PostgresSettings settings = database.create("churn");
            Map<String, String> more = new HashMap<>(Database.configuration(settings));
            more.put("meridian.projections.housekeeping.interval", "1s");
            more.put("meridian.projections.housekeeping.keep-events", "1s");
            more.put("meridian.projections.change-retention", "100");
            marathon.deploy(
                    """
                    {"id": "/web", "cmd": "x", "instances": 2, "portDefinitions":
                      [{"port": 0, "protocol": "tcp", "name": "http", "labels": {"VIP_0": "/web:80"}}]}\
                    """);
            try (RunningNode node =
                    Nodes.start(directory.resolve("state"), marathon.urls(), more)) {
                NodeApi api = new NodeApi(node.httpAddress().getPort());
                Waiting.until("ready", LIMIT, api::isReady);
                for (int i = 0; i < ROUNDS; i++) {
                    String task = marathon.runningTasks("/web").getFirst().id();
                    marathon.fail(task, "TASK_FAILED");
                    Waiting.until(
                            "another task is served",
                            LIMIT,
                            () -> {
                                String tables = api.tables().lines().toString();
                                return !tables.contains(task)
                                        && marathon.runningTasks("/web").size() == 2
                                        && tables.contains(
                                                marathon.runningTasks("/web").getLast().id());
                            });
                }
                int written =
                        Integer.parseInt(one(settings, "SELECT max(seq_nr) FROM event_journal"));
                assertThat(written).isGreaterThan(2 * ROUNDS);
                Waiting.until(
                        "few events are left of " + written,
                        LIMIT,
                        () -> count(settings, "event_journal") <= MOST_EVENTS);
                assertThat(count(settings, "service_instance")).isEqualTo(2);
                assertThat(count(settings, "snapshot")).isLessThanOrEqualTo(2);
                assertThat(count(settings, "zone_change")).isLessThan(4000);
                assertThat(api.tables().backends().get("tcp web.marathon:80")).hasSize(2);
            }
        }
    }

    private static int count(PostgresSettings settings, String table) {
        return Integer.parseInt(one(settings, "SELECT count(*) FROM " + table));
    }

    private static String one(PostgresSettings settings, String sql) {
        return Database.rows(settings, sql).getFirst();
    }
}
