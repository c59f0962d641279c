package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.controlplane.demo.LocalCluster;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@code ./meridian cluster} does, with the files in {@code conf/local-cluster}. */
final class LocalClusterTest {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    @TempDir Path directory;

    @Test
    void fiveNodesComeUpAnswerAndLeaveNothingBehind() throws Exception {
        LocalCluster cluster =
                new LocalCluster(directory, Path.of("../conf/local-cluster"), program());
        List<ProcessHandle> all = new ArrayList<>();
        try {
            int marathon = ChildNode.freePort();
            cluster.up(marathon);
            Map<String, ProcessHandle> first = cluster.processes();
            assertThat(first).hasSize(6).containsKeys("backdrop", "master-3", "agent-2");
            all.addAll(first.values());
            for (LocalCluster.Node node : LocalCluster.NODES) {
                URI url = URI.create(node.url());
                NodeApi api = new NodeApi(url.getHost(), url.getPort());
                Waiting.until(node.name() + " is ready", LIMIT, api::isReady);
            }
            DnsClient dns = new DnsClient(new InetSocketAddress("127.0.0.21", 5354));
            Waiting.until(
                    "the demo's tasks run",
                    LIMIT,
                    () -> !dns.ask("web.marathon.mesos.", "A").data().isEmpty());

            first.get("agent-2").destroyForcibly();
            first.get("agent-2").onExit().join();
            assertThat(cluster.processes()).hasSize(5);
            cluster.up(marathon); // starts what does not run
            Map<String, ProcessHandle> again = cluster.processes();
            all.addAll(again.values());
            assertThat(again).hasSize(6);
            assertThat(again.get("master-1")).isEqualTo(first.get("master-1"));

            all.addAll(again.get("backdrop").descendants().toList());
            assertThat(cluster.down()).as("had to be killed").isEmpty();
            assertThat(all).noneMatch(ProcessHandle::isAlive);
            assertThat(cluster.processes()).isEmpty();
        } finally {
            all.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static List<String> program() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                String.join(File.pathSeparator, ChildNode.classPath()),
                "io.meridian.controlplane.Main");
    }
}
