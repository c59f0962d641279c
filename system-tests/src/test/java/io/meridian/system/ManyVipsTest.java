package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.controlplane.node.RunningNode;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** All VIPs of one large listing get addresses. */
final class ManyVipsTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int APPS = 600;

    @TempDir Path directory;

    @Test
    void allVipsOfAListingGetAddresses() throws Exception {
        try (Database database = new Database(directory.resolve("postgres"));
                SimulatedMarathon marathon =
                        SimulatedMarathon.start(SimulatedMarathonSettings.defaults())) {
            deploy(marathon, 0);
            try (RunningNode node =
                    Nodes.start(
                            directory.resolve("state"),
                            marathon.urls(),
                            Map.copyOf(Database.configuration(database.create("vips"))))) {
                NodeApi api = new NodeApi(node.httpAddress().getPort());
                Waiting.until("ready", LIMIT, api::isReady);
                awaitVips(api, APPS);

                deploy(marathon, APPS);
                awaitVips(api, 2 * APPS);
            }
        }
    }

    private static void deploy(SimulatedMarathon marathon, int first) throws Exception {
        for (int i = first; i < first + APPS; i++) {
            marathon.deploy(
                    """
                    {"id": "/app-%d", "cmd": "x", "instances": 1, "portDefinitions":
                      [{"port": 0, "protocol": "tcp", "name": "http", "labels": {"VIP_0": "/vip-%d:80"}}]}\
                    """
                            .formatted(i, i));
        }
        Waiting.until("deployed", LIMIT, () -> !marathon.isDeploying());
    }

    private static void awaitVips(NodeApi api, int count) throws Exception {
        Waiting.until(
                count + " VIPs with addresses and backends",
                LIMIT,
                () ->
                        api.tables().backends().size() == count
                                && api.vipAddresses().values().stream()
                                                .filter(address -> !address.isEmpty())
                                                .count()
                                        == count);
        assertThat(api.tables().backends()).allSatisfy((_, all) -> assertThat(all).hasSize(1));
    }
}
