package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.controlplane.node.RunningNode;
import io.meridian.database.PostgresSettings;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;
import io.meridian.testkit.NeedsPackage;
import io.meridian.testkit.SystemPackage;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * Kills the primary under load and promotes its standby. The program, configured with both servers,
 * continues with the one that accepts writes. No acknowledged event is lost.
 */
@NeedsPackage(SystemPackage.POSTGRESQL)
@Tag("long")
final class DatabasePromotionTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final List<String> STEADY =
            List.of("steady.marathon.mesos.", "steady.marathon.l4lb.thisdcos.directory.");

    @TempDir Path directory;

    @Test
    void theProgramGoesOnWithThePromotedStandby() throws Exception {
        try (PostgresPair postgres = new PostgresPair(directory.resolve("postgres"));
                SimulatedMarathon marathon =
                        SimulatedMarathon.start(SimulatedMarathonSettings.defaults().withSeed(7))) {
            deploy(marathon, "steady", 2);
            deploy(marathon, "moving", 4);
            Map<String, String> more = new HashMap<>(Database.configuration(postgres.settings()));
            more.put("meridian.sources.marathon.listing.interval", "2s");
            try (RunningNode node =
                    Nodes.start(directory.resolve("state"), marathon.urls(), more)) {
                NodeApi api = new NodeApi(node.httpAddress().getPort());
                Waiting.until("ready", LIMIT, api::isReady);
                awaitTruth(api, marathon);
                InetSocketAddress dns = node.dnsAddresses().getFirst();
                try (AnswerChecker checker =
                        new AnswerChecker(Map.of("node", dns), truth(dns)).start()) {
                    promote(postgres, marathon, api, checker);
                }
            }
        }
    }

    private static void promote(
            PostgresPair postgres, SimulatedMarathon marathon, NodeApi api, AnswerChecker checker)
            throws Exception {
        PostgresSettings database = postgres.settings();
        Acknowledged acknowledged = new Acknowledged(database);
        int size = churn(marathon, 4, acknowledged::lost);
        assertThat(acknowledged.lost()).isEmpty();
        int before = acknowledged.size();
        long killed = System.nanoTime();
        postgres.killPrimary();
        size = churn(marathon, size, List::of);
        postgres.promote();
        long promoted = System.nanoTime();
        int more = size + 1;
        marathon.scale("/moving", more);
        Waiting.until("tasks run", LIMIT, () -> marathon.runningTasks("/moving").size() == more);
        awaitTruth(api, marathon);
        long followed = System.nanoTime();

        assertThat(acknowledged.lost()).isEmpty();
        assertThat(acknowledged.gaps()).isEmpty();
        assertThat(acknowledged.size()).as("events after the promotion").isGreaterThan(before);
        assertThat(Database.rows(database, "SELECT pg_is_in_recovery()::text"))
                .containsExactly("false");
        assertThat(checker.wrong()).isEmpty();
        assertThat(checker.answers()).isPositive();
        System.out.printf(
                "promotion: no primary for %d ms; all followed %d ms after; %d answers, wrong %d,"
                        + " longest silence %d ms; %d events known before, %d after, lost 0%n",
                (promoted - killed) / 1_000_000,
                (followed - promoted) / 1_000_000,
                checker.answers(),
                checker.wrong().size(),
                checker.longestSilence("node").toMillis(),
                before,
                acknowledged.size());
    }

    /**
     * Scales an app up and down 20 times, every 100 ms.
     *
     * @param look check after each change; its findings must be empty
     * @return instance count at the end
     */
    private static int churn(
            SimulatedMarathon marathon, int from, java.util.function.Supplier<List<String>> look)
            throws InterruptedException {
        int size = from;
        for (int i = 0; i < 20; i++) {
            size = size == 4 ? 7 : 4;
            marathon.scale("/moving", size);
            assertThat(look.get()).isEmpty();
            Thread.sleep(100);
        }
        return size;
    }

    private static void awaitTruth(NodeApi api, SimulatedMarathon marathon) throws Exception {
        Waiting.until(
                "shows what runs",
                LIMIT,
                () -> api.tables().lines().equals(ClusterNodes.expected(marathon)));
    }

    private static Map<String, SortedSet<String>> truth(InetSocketAddress dns) throws IOException {
        Map<String, SortedSet<String>> truth = new HashMap<>();
        for (String name : STEADY) {
            truth.put(name, new DnsClient(dns).ask(name, "A").data());
            assertThat(truth.get(name)).isNotEmpty();
        }
        return truth;
    }

    private static void deploy(SimulatedMarathon marathon, String app, int instances) {
        marathon.deploy(
                """
                {"id": "/%1$s", "cmd": "x", "instances": %2$d, "portDefinitions":
                  [{"port": 0, "protocol": "tcp", "name": "http", "labels": {"VIP_0": "/%1$s:80"}}]}\
                """
                        .formatted(app, instances));
    }
}
