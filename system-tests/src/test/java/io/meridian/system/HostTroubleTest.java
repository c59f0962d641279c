package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.node.RunningNode;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;
import io.meridian.testkit.Requirement;
import io.meridian.testkit.SystemPackage;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** Faults of the host: a full disk, and a wall clock that jumps. Answers stay right. */
@Tag("long")
final class HostTroubleTest {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final String NAME = "web.marathon.mesos.";
    private static final Path FAKETIME =
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1");

    @TempDir Path directory;
    private Database database;
    private SimulatedMarathon marathon;

    @BeforeEach
    void start() throws Exception {
        database = new Database(directory.resolve("postgres"));
        marathon = SimulatedMarathon.start(SimulatedMarathonSettings.defaults());
        marathon.deploy(
                """
                {"id": "/web", "cmd": "x", "instances": 3, "portDefinitions":
                  [{"port": 0, "protocol": "tcp", "name": "http", "labels": {"VIP_0": "/web:80"}}]}\
                """);
    }

    @AfterEach
    void stop() {
        marathon.close();
        database.close();
    }

    @Test
    void aFullDiskCostsNoAnswerAndTheOldImageIsKept() throws Exception {
        Path state = Files.createDirectory(directory.resolve("small"));
        Requirement.root();
        assertThat(run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", state.toString()))
                .isTrue();
        try {
            Map<String, String> journal = Database.configuration(database.create("disk"));
            try (RunningNode node = Nodes.start(state, marathon.urls(), journal)) {
                awaitServing(node, 3);
            }
            try (RunningNode node = Nodes.start(state, marathon.urls(), journal)) {
                awaitServing(node, 3);
                try (DnsProbe probe =
                        DnsProbe.start(
                                node.dnsAddresses().getFirst().getPort(), NAME, () -> true)) {
                    fill(state.resolve("filler"));
                    marathon.scale("/web", 5);
                    awaitServing(node, 5);
                    assertThat(probe.denials()).isEmpty();
                }
                NodeApi api = new NodeApi(node.httpAddress().getPort());
                Waiting.until(
                        "the node says that it cannot write its image",
                        LIMIT,
                        () -> api.json("/health/ready").path("conditions").has("image"));
            }
            assertThat(addressesFromDiskAlone(state))
                    .as("of a program that started on the full disk, without masters")
                    .isEqualTo(3);
            Files.delete(state.resolve("filler"));
            try (RunningNode node = Nodes.start(state, marathon.urls(), journal)) {
                awaitServing(node, 5);
            }
            assertThat(addressesFromDiskAlone(state)).as("once there is room").isEqualTo(5);
        } finally {
            var _ = run("umount", state.toString());
        }
    }

    private static void fill(Path file) throws IOException {
        byte[] bytes = new byte[4096];
        try (OutputStream out = Files.newOutputStream(file)) {
            while (true) {
                out.write(bytes);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    /** Number of tasks that an agent serves while it cannot resolve its masters. */
    private int addressesFromDiskAlone(Path state) throws Exception {
        Map<String, String> settings =
                new LinkedHashMap<>(Nodes.settings(state, List.of(), Map.of()));
        settings.remove("meridian.sources.marathon.urls");
        settings.put("meridian.roles", "agent");
        settings.put("meridian.cluster.seeds", "127.0.0.1:" + ChildNode.freePort());
        try (RunningNode agent =
                RunningNode.start(Configuration.load(Optional.empty(), settings))) {
            DnsClient dns = new DnsClient(agent.dnsAddresses().getFirst().getPort());
            return dns.ask("_web._tcp.marathon.mesos.", "SRV").data().size();
        }
    }

    @Test
    @Timeout(value = 12, unit = TimeUnit.MINUTES)
    void aWallClockThatJumpsWithdrawsNothingAndDelaysNothing() throws Exception {
        Requirement.program(SystemPackage.FAKETIME);
        Path offset = Files.writeString(directory.resolve("offset"), "+0\n");
        Queue<ChangeLog.Loss> losses = new ConcurrentLinkedQueue<>();
        int http = ChildNode.freePort();
        int dns = ChildNode.freePort();
        Map<String, String> settings =
                new LinkedHashMap<>(
                        Nodes.settings(
                                directory.resolve("state"),
                                marathon.urls(),
                                Database.configuration(database.create("clock"))));
        settings.put("meridian.http.listen", "127.0.0.1:" + http);
        settings.put("meridian.dns.listen", "[\"127.0.0.1:" + dns + "\"]");
        settings.put("meridian.sources.marathon.urls", "[\"" + marathon.urls().getFirst() + "\"]");
        try (ChildNode node = startUnder(offset, settings)) {
            NodeApi api = new NodeApi(http);
            node.awaitReady(api, LIMIT);
            awaitServing(api, 3);
            try (ChangeLog log = ChangeLog.follow(api.url(), losses::add);
                    DnsProbe probe = DnsProbe.start(dns, NAME, () -> true)) {
                int instances = 3;
                for (int ahead : List.of(7_200, -7_200, 86_400, 0)) {
                    Files.writeString(offset, "%+d%n".formatted(ahead));
                    awaitClock(api, ahead);
                    String seen = api.json("/api/nodes").path(0).path("seen_at").asText();
                    assertThat(Instant.parse(seen))
                            .as("times in the API follow the wall clock")
                            .isCloseTo(
                                    Instant.now().plusSeconds(ahead),
                                    within(60, ChronoUnit.SECONDS));
                    marathon.scale("/web", ++instances);
                    awaitServing(api, instances);
                }
                marathon.scale("/web", 2);
                awaitServing(api, 2);
                assertThat(probe.denials()).isEmpty();
                assertThat(log.broken()).isEmpty();
            }
            assertThat(node.stop(LIMIT)).as(node.output()).isZero();
        }
    }

    /** Waits until the Date header of the node's HTTP answers shows the jump. */
    private static void awaitClock(NodeApi api, long ahead) throws Exception {
        Waiting.until(
                "the program's clock is " + ahead + " s ahead",
                LIMIT,
                () -> {
                    String date =
                            api.get("/health/live").headers().firstValue("date").orElseThrow();
                    long there =
                            ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toEpochSecond();
                    return Math.abs(there - ahead - Instant.now().getEpochSecond()) < 60;
                });
    }

    private ChildNode startUnder(Path offset, Map<String, String> settings) throws IOException {
        return ChildNode.start(
                List.of(
                        "env",
                        "LD_PRELOAD=" + FAKETIME,
                        "FAKETIME_TIMESTAMP_FILE=" + offset,
                        "FAKETIME_NO_CACHE=1",
                        "FAKETIME_DONT_FAKE_MONOTONIC=1"),
                directory.resolve("node.log"),
                List.of(),
                List.of(
                        "run",
                        "--config",
                        ChildNode.configuration(directory.resolve("node.conf"), settings)
                                .toString()));
    }

    private static void awaitServing(RunningNode node, int count) throws Exception {
        awaitServing(new NodeApi(node.httpAddress().getPort()), count);
    }

    private static void awaitServing(NodeApi api, int count) throws Exception {
        Waiting.until(
                count + " serving",
                LIMIT,
                () -> {
                    Tables tables = api.tables();
                    long ports =
                            tables.records().stream()
                                    .filter(
                                            record ->
                                                    record.startsWith(
                                                            "_web._tcp.marathon.mesos. SRV "))
                                    .count();
                    return ports == count
                            && tables.backends().containsKey("tcp web.marathon:80")
                            && tables.backends().get("tcp web.marathon:80").stream()
                                            .filter(one -> one.state().equals("serving"))
                                            .count()
                                    == count;
                });
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(new ArrayList<>(List.of(command)))
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            System.out.println(String.join(" ", command) + ": " + output);
        }
        return process.exitValue() == 0;
    }
}
