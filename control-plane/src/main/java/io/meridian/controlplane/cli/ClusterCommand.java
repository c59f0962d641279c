package io.meridian.controlplane.cli;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.controlplane.OperatorException;
import io.meridian.controlplane.demo.Demo;
import io.meridian.controlplane.demo.LocalCluster;
import io.meridian.controlplane.demo.LocalServices;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Runs three masters and two agents on this machine, for experiments with failures. */
@Command(
        name = "cluster",
        description = "Run three masters and two agents on this machine: up, status, down.",
        synopsisSubcommandLabel = "up | status | down")
public final class ClusterCommand {
    private static final Duration READY = Duration.ofMinutes(3);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final long LOOK_MILLIS = 300;
    private static final String READY_WORD = "ready";

    private final NodeClient http = new NodeClient(PATIENCE, PATIENCE);

    @Command(
            name = "up",
            description =
                    "Start the processes that do not run, and wait until all nodes are ready.")
    int up(
            @Option(
                            names = "--marathon-port",
                            defaultValue = "8080",
                            description = "Port of the simulated Marathon; default 8080.")
                    int marathonPort)
            throws IOException, InterruptedException {
        LocalCluster cluster = cluster();
        cluster.up(marathonPort);
        awaitReady(cluster);
        System.out.printf(
                """
                up: three masters (127.0.0.11 to .13), two agents (127.0.0.21, .22); logs in %s
                  dig @127.0.0.21 -p 5354 web.shop.marathon.mesos   # an agent answers
                  curl -X POST 127.0.0.1:%d/v2/apps -d '{"id":"/mine","cmd":"x","instances":3}'
                  ./meridian nodes --url http://127.0.0.11:8181      # each node's revisions
                  kill -9 $(cut -d' ' -f1 %s/master-1.process)       # then: ./meridian cluster status, up
                  ./meridian cluster down
                """,
                cluster.directory(), marathonPort, cluster.directory());
        return 0;
    }

    private void awaitReady(LocalCluster cluster) throws InterruptedException {
        long deadline = System.nanoTime() + READY.toNanos();
        for (LocalCluster.Node node : LocalCluster.NODES) {
            while (!health(node).startsWith(READY_WORD)) {
                if (!cluster.processes().containsKey(node.name())) {
                    throw new OperatorException(
                            node.name()
                                    + " has ended; see "
                                    + cluster.directory().resolve(node.name() + ".log"));
                }
                if (System.nanoTime() > deadline) {
                    throw new OperatorException(node.name() + " is not ready: " + health(node));
                }
                Thread.sleep(LOOK_MILLIS);
            }
        }
    }

    @Command(name = "status", description = "Show the state of each process and node.")
    int status() {
        LocalCluster cluster = cluster();
        Set<String> running = cluster.processes().keySet();
        Table table = new Table("node", "process", "health", "url");
        table.row("local-services", running.contains("local-services") ? "running" : "-", "", "");
        for (LocalCluster.Node node : LocalCluster.NODES) {
            boolean up = running.contains(node.name());
            table.row(node.name(), up ? "running" : "-", up ? health(node) : "", node.url());
        }
        System.out.print(table.text());
        nodes().ifPresent(
                        nodes ->
                                System.out.print(
                                        "\n"
                                                + NodesCommand.nodes(nodes).text()
                                                + NodesCommand.details(nodes)));
        return running.size() == LocalCluster.NODES.size() + 1 ? 0 : 1;
    }

    @Command(name = "down", description = "Stop all processes; the next `up` uses their state.")
    int down() throws IOException, InterruptedException {
        List<String> killed = cluster().down();
        System.out.println(
                killed.isEmpty() ? "down" : "down; had to be killed: " + String.join(", ", killed));
        return killed.isEmpty() ? 0 : 1;
    }

    @Command(
            name = "local-services",
            hidden = true,
            description = "PostgreSQL and a simulated Marathon; `up` starts them.")
    int services(
            @Option(names = "--directory", required = true) Path directory,
            @Option(names = "--marathon-port", required = true) int marathonPort) {
        return ShutdownHook.runUntilSignal(
                () ->
                        LocalServices.start(
                                directory.resolve("postgres"),
                                directory.resolve("journal.conf"),
                                marathonPort));
    }

    private static LocalCluster cluster() {
        Path home = Demo.home();
        return new LocalCluster(
                home.resolve(".meridian/cluster"),
                home.resolve("conf/local-cluster"),
                List.of(home.resolve("meridian").toString()));
    }

    private String health(LocalCluster.Node node) {
        return get(node.url() + "/health/ready")
                .map(
                        one ->
                                one.isOk()
                                        ? READY_WORD + degraded(NodeClient.parse(one.body()))
                                        : Table.text(NodeClient.parse(one.body()).path("reasons")))
                .orElse("does not answer");
    }

    private static String degraded(JsonNode health) {
        JsonNode conditions = health.path("conditions");
        return conditions.isEmpty()
                ? ""
                : ", degraded: " + String.join(", ", (Iterable<String>) conditions::fieldNames);
    }

    private Optional<JsonNode> nodes() {
        return LocalCluster.NODES.stream()
                .map(node -> get(node.url() + "/api/nodes"))
                .flatMap(Optional::stream)
                .filter(NodeClient.Answer::isOk)
                .map(answer -> NodeClient.parse(answer.body()))
                .findFirst();
    }

    private Optional<NodeClient.Answer> get(String url) {
        try {
            return Optional.of(http.get(url));
        } catch (OperatorException silent) {
            return Optional.empty();
        }
    }
}
