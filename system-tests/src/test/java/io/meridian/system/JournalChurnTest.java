package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.controlplane.node.RunningNode;
import io.meridian.database.PostgresSettings;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The database's size depends on live tasks, not on ended ones. */
final class JournalChurnTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int TASKS = 4;
    private static final int ROUNDS = 15;

    /** Limit of journalled events: those between two snapshots, and a margin for new ones. */
    private static final int MOST_EVENTS = 60;

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
                    {"id": "/web", "cmd": "x", "instances": 4, "portDefinitions":
                      [{"port": 0, "protocol": "tcp", "name": "http", "labels": {"VIP_0": "/web:80"}}]}\
                    """);
            try (RunningNode node =
                    Nodes.start(directory.resolve("state"), marathon.urls(), more)) {
                NodeApi api = new NodeApi(node.httpAddress().getPort());
                Waiting.until("ready", LIMIT, api::isReady);
                for (int i = 0; i < ROUNDS; i++) {
                    List<String> gone = ids(marathon);
                    gone.forEach(task -> marathon.fail(task, "TASK_FAILED"));
                    Waiting.until(
                            "others are served",
                            LIMIT,
                            () -> {
                                String tables = api.tables().lines().toString();
                                List<String> now = ids(marathon);
                                return now.size() == TASKS
                                        && now.stream().allMatch(tables::contains)
                                        && gone.stream().noneMatch(tables::contains);
                            });
                }
                int written =
                        Integer.parseInt(one(settings, "SELECT max(seq_nr) FROM event_journal"));
                assertThat(written).isGreaterThan(MOST_EVENTS + 40);
                Waiting.until(
                        "few events are left of " + written,
                        LIMIT,
                        () -> count(settings, "event_journal") <= MOST_EVENTS);
                assertThat(count(settings, "service_instance")).isEqualTo(TASKS);
                assertThat(count(settings, "snapshot")).isLessThanOrEqualTo(2);
                assertThat(count(settings, "zone_changes")).isLessThan(4000);
                assertThat(api.tables().backends().get("tcp web.marathon:80")).hasSize(TASKS);
            }
        }
    }

    private static List<String> ids(SimulatedMarathon marathon) {
        return marathon.runningTasks("/web").stream()
                .map(SimulatedMarathon.RunningTask::id)
                .toList();
    }

    private static int count(PostgresSettings settings, String table) {
        return Integer.parseInt(one(settings, "SELECT count(*) FROM " + table));
    }

    private static String one(PostgresSettings settings, String sql) {
        return Database.rows(settings, sql).getFirst();
    }
}
