package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.controlplane.demo.LocalCluster;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** {@code meridian cluster up|status|down} with the files in {@code conf/local-cluster}. */
@Order(5)
final class LocalClusterTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration ANSWER = Duration.ofMillis(1500);
    private static final String NAME = "web.shop.marathon.mesos.";
    private static final DnsClient AGENT =
            new DnsClient(new InetSocketAddress("127.0.0.21", 5354)).patience(ANSWER);

    private static final Set<String> NODES =
            Set.of("master-1", "master-2", "master-3", "agent-1", "agent-2");

    @TempDir Path home;
    private int commands;

    /** Fails early if the cluster's addresses, which its files fix, are taken. */
    @BeforeAll
    static void requireFreeAddress() throws IOException {
        try (ServerSocket free = new ServerSocket()) {
            free.bind(new InetSocketAddress("127.0.0.11", 8181));
        } catch (IOException taken) {
            throw new IOException(
                    "127.0.0.11:8181: does a local cluster run on this machine?", taken);
        }
    }

    /** Makes a folder with the launcher and {@code conf}, as in a checkout. */
    @BeforeEach
    void install() throws IOException {
        Files.createSymbolicLink(home.resolve("conf"), Path.of("../conf").toRealPath());
        Path launcher =
                Files.writeString(
                        home.resolve("meridian"),
                        """
                        #!/bin/sh
                        exec "%s" --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED \\
                            $MERIDIAN_JAVA_OPTS -cp "%s" io.meridian.controlplane.Main "$@"
                        """
                                .formatted(
                                        Path.of(System.getProperty("java.home"), "bin", "java"),
                                        String.join(File.pathSeparator, ChildNode.classPath())));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void aLocalClusterSurvivesTheLossOfAMaster() throws Exception {
        List<ProcessHandle> all = new ArrayList<>();
        String marathonPort = Integer.toString(ChildNode.freePort());
        try {
            assertThat(command("up", "--marathon-port", marathonPort)).isZero();
            all.addAll(processes());
            assertThat(command("status")).isZero();
            allNodesShowTheSame();
            noNodeLostAnother();
            Set<String> before = new TreeSet<>(AGENT.ask(NAME, "A").data());
            assertThat(before).isNotEmpty();

            kill("master-1");
            assertThat(AGENT.ask(NAME, "A").data()).isEqualTo(before);
            probesAreAnsweredInTime("127.0.0.12");
            probesAreAnsweredInTime("127.0.0.13");
            assertThat(command("status")).as("one process is missing").isEqualTo(1);
            kill("agent-1");
            for (String master : List.of("127.0.0.12", "127.0.0.13")) {
                Waiting.until(
                        master + " shows the killed nodes as lost",
                        LIMIT,
                        () -> lost(master).equals(Set.of("agent-1", "master-1")));
            }

            assertThat(command("up", "--marathon-port", marathonPort)).isZero();
            all.addAll(processes());
            allNodesShowTheSame();
            assertThat(AGENT.ask(NAME, "A").data()).isEqualTo(before);
        } finally {
            assertThat(command("down")).isZero();
        }
        Waiting.until(
                "all processes ended", LIMIT, () -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    private int command(String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of("cluster"));
        line.addAll(List.of(arguments));
        Path log = home.resolve("command-" + ++commands + ".log");
        try (ChildNode command = ChildNode.start(log, List.of("-Dmeridian.home=" + home), line)) {
            int exit = command.exitCode(LIMIT.multipliedBy(2));
            System.out.println(String.join(" ", line) + ": " + exit + "\n" + command.output());
            return exit;
        }
    }

    /** The node processes and their descendants, such as the database. */
    private List<ProcessHandle> processes() {
        List<ProcessHandle> all = new ArrayList<>();
        for (ProcessHandle process : cluster().processes().values()) {
            all.add(process);
            process.descendants().forEach(all::add);
        }
        return all;
    }

    private LocalCluster cluster() {
        return new LocalCluster(home.resolve(".meridian/cluster"), home, List.of());
    }

    private void kill(String node) throws Exception {
        ProcessHandle process = cluster().processes().get(node);
        process.destroyForcibly();
        var _ = process.onExit().get();
    }

    /** The node that hosts the ingest is dead, so no node can report the ingest's state. */
    private static void probesAreAnsweredInTime(String address) throws Exception {
        NodeApi node = new NodeApi(address, 8181);
        long start = System.nanoTime();
        assertThat(node.get("/health/ready").statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .as("the answer of %s to a probe, of which most wait for 5 s or less", address)
                .isLessThan(Duration.ofSeconds(4));
    }

    private static Set<String> lost(String master) throws Exception {
        Set<String> lost = new TreeSet<>();
        for (JsonNode node : new NodeApi(master, 8181).json("/api/nodes")) {
            if (node.path("state").asText().equals("lost")) {
                lost.add(node.path("id").asText());
            }
        }
        return lost;
    }

    /** A cluster that has just started is healthy, so no node rejoins or considers agents lost. */
    private void noNodeLostAnother() throws IOException {
        for (String node : NODES) {
            assertThat(Files.readString(cluster().directory().resolve(node + ".log")))
                    .as("log of %s", node)
                    .doesNotContain("rejoins the cluster", "unreachable agents: now=[1");
        }
    }

    private static void allNodesShowTheSame() throws Exception {
        for (String master : List.of("127.0.0.11", "127.0.0.12", "127.0.0.13")) {
            NodeApi api = new NodeApi(master, 8181);
            Waiting.until(
                    master + " lists five nodes at one revision",
                    LIMIT,
                    () -> {
                        Set<String> ids = new TreeSet<>();
                        Set<String> revisions = new TreeSet<>();
                        for (JsonNode node : api.json("/api/nodes")) {
                            ids.add(node.path("id").asText());
                            revisions.add(node.path("revisions").toString());
                        }
                        return ids.equals(NODES) && revisions.size() == 1;
                    });
            Waiting.until(
                    master + " traces a change to five nodes",
                    LIMIT,
                    () -> tracedTo(api.json("/api/trace/services/shop/web")).equals(NODES));
        }
    }

    /** Nodes that both tables of the service's last change have reached. */
    private static Set<String> tracedTo(JsonNode trace) {
        Map<String, Integer> reached = new TreeMap<>();
        for (JsonNode stage : trace.path("stages")) {
            if (stage.path("reached").asBoolean()
                    && stage.path("has").asLong() >= stage.path("at").asLong()) {
                reached.merge(
                        stage.path("where").asText().replaceFirst(" (zone|vip)$", ""),
                        1,
                        Integer::sum);
            }
        }
        reached.keySet().retainAll(NODES);
        reached.values().removeIf(tables -> tables != 2);
        return reached.keySet();
    }
}
