package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.controlplane.node.RunningNode;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Answers stay while the database is down; changes made meanwhile are served once it is back. */
final class DatabaseAwayTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String NAME = "web.marathon.mesos.";

    @TempDir Path directory;

    @Test
    void answersStayWhileTheDatabaseIsAwayAndConvergeWhenItIsBack() throws Exception {
        Queue<ChangeLog.Loss> losses = new ConcurrentLinkedQueue<>();
        try (Database database = new Database(directory.resolve("postgres"));
                SimulatedMarathon marathon =
                        SimulatedMarathon.start(SimulatedMarathonSettings.defaults())) {
            marathon.deploy(
                    """
                    {"id": "/web", "cmd": "x", "instances": 3, "portDefinitions":
                      [{"port": 0, "protocol": "tcp", "name": "http", "labels": {"VIP_0": "/web:80"}}]}\
                    """);
            try (RunningNode node =
                    Nodes.start(
                            directory.resolve("state"),
                            marathon.urls(),
                            Database.configuration(database.create("away")))) {
                NodeApi api = new NodeApi(node.httpAddress().getPort());
                int dns = node.dnsAddresses().getFirst().getPort();
                Waiting.until("ready", LIMIT, api::isReady);
                Waiting.until("3 serving backends", LIMIT, () -> serving(api) == 3);
                try (ChangeLog log = ChangeLog.follow(api.url(), losses::add);
                        DnsProbe probe = DnsProbe.start(dns, NAME, () -> true)) {
                    for (int i = 0; i < 3; i++) {
                        killThrice(database, api);
                        marathon.scale("/web", 4 + i);
                        int count = 4 + i;
                        Waiting.until(count + " serving", LIMIT, () -> serving(api) == count);
                    }
                    assertThat(probe.denials()).isEmpty();
                    assertThat(probe.answers()).isGreaterThan(50);
                    assertThat(log.broken()).isEmpty();
                }
                assertThat(losses).isEmpty();
                assertThat(new DnsClient(dns).differences(api.tables().records(), 50)).isEmpty();
            }
        }
    }

    /** Keeps the database down for a while: kills it each time that it is restarted. */
    private static void killThrice(Database database, NodeApi api) throws Exception {
        TreeSet<String> before = new TreeSet<>(api.tables().lines());
        for (int i = 0; i < 3; i++) {
            long pid = database.server().pid();
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            assertThat(api.tables().lines()).isEqualTo(before);
            Waiting.until("database is back", LIMIT, () -> isAnother(database.server().pid(), pid));
        }
    }

    private static boolean isAnother(long now, long before) {
        return now != before && ProcessHandle.of(now).isPresent();
    }

    /**
     * Number of serving backends once both tables show as many; the tables are fed independently.
     */
    private static long serving(NodeApi api) throws Exception {
        Tables tables = api.tables();
        long backends =
                tables.backends().getOrDefault("tcp web.marathon:80", new TreeSet<>()).stream()
                        .filter(backend -> backend.state().equals("serving"))
                        .count();
        long ports =
                tables.records().stream()
                        .filter(record -> record.startsWith("_web._tcp.marathon.mesos. SRV "))
                        .count();
        return Math.min(backends, ports);
    }
}
