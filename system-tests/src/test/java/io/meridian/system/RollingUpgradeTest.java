package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.SimulatedMarathonSettings;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

import java.io.File;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;

/**
 * A cluster of an older build becomes one of this build, node by node, and back: masters first,
 * then agents. {@code -Dmeridian.older=CLASS-PATH} says where the older one is; see
 * docs/how-to/test-an-upgrade.md.
 */
@EnabledIfSystemProperty(named = "meridian.older", matches = ".+")
final class RollingUpgradeTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir Path directory;
    private SimulatedMarathon marathon;
    private ClusterNodes nodes;
    private int size = 2;

    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES)
    void nobodyNoticesAnUpgradeOrItsWayBack() throws Exception {
        List<String> older =
                List.of(System.getProperty("meridian.older").split(File.pathSeparator));
        List<String> newer = ChildNode.classPath();
        try (Database postgres = new Database(directory.resolve("postgres"));
                SimulatedMarathon simulated =
                        SimulatedMarathon.start(SimulatedMarathonSettings.defaults().withSeed(7))) {
            marathon = simulated;
            deploy("steady", 2);
            deploy("moving", size);
            Map<String, String> settings =
                    new HashMap<>(Database.configuration(postgres.create("cluster")));
            settings.put("meridian.sources.marathon.urls", "[\"" + marathon.url() + "\"]");
            settings.put("meridian.ingest.absence.missing-after-gap", "3s");
            try (ClusterNodes all =
                    new ClusterNodes(
                            directory, ClusterNodes.onLoopback(3, 2), settings, marathon)) {
                nodes = all;
                nodes.program(older);
                nodes.startAll();
                nodes.awaitAllReady();
                nodes.awaitTruth(names());
                try (AnswerChecker checker = new AnswerChecker(servers(), truth()).start()) {
                    roll("newer", newer);
                    roll("older", older);
                    assertThat(checker.wrong()).isEmpty();
                    System.out.printf(
                            "rolling upgrade and back: %d answers, wrong %d%n",
                            checker.answers(), checker.wrong().size());
                }
            }
        }
    }

    private void roll(String to, List<String> build) throws Exception {
        nodes.program(build);
        for (String name : names()) {
            nodes.stop(name);
            nodes.start(name);
            nodes.awaitReady(name);
            marathon.scale("/moving", ++size);
            Waiting.until(
                    "tasks run", LIMIT, () -> marathon.runningTasks("/moving").size() == size);
            System.out.printf(
                    "  %s runs the %s build: all equal after %d ms%n",
                    name, to, nodes.awaitTruth(names()).toMillis());
        }
    }

    private List<String> names() {
        return nodes.sites().stream().map(Site::name).toList();
    }

    private void deploy(String app, int instances) {
        marathon.deploy(
                """
                {"id": "/%1$s", "cmd": "x", "instances": %2$d, "portDefinitions":
                  [{"port": 0, "protocol": "tcp", "name": "http", "labels": {"VIP_0": "/%1$s:80"}}]}\
                """
                        .formatted(app, instances));
    }

    private Map<String, InetSocketAddress> servers() {
        Map<String, InetSocketAddress> servers = new HashMap<>();
        nodes.agents().forEach(agent -> servers.put(agent, nodes.dns(agent)));
        return servers;
    }

    private Map<String, SortedSet<String>> truth() throws Exception {
        String vip = "steady.marathon.l4lb.thisdcos.directory.";
        DnsClient dns = new DnsClient(nodes.dns("agent-1"));
        return Map.of(
                "steady.marathon.mesos.",
                dns.ask("steady.marathon.mesos.", "A").data(),
                vip,
                dns.ask(vip, "A").data());
    }
}
