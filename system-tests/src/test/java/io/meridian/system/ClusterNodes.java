package io.meridian.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.marathon.SimulatedMarathon;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;

/** Masters and agents, each a process, and the tables that they should show. */
final class ClusterNodes implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Path directory;
    private final Map<String, Site> sites = new LinkedHashMap<>();
    private final Map<String, ChildNode> running = new HashMap<>();
    private final Map<String, String> common;
    private final SimulatedMarathon marathon;
    private List<String> classPath = ChildNode.classPath();

    /**
     * @param common settings of all nodes
     * @param marathon the Marathon whose tasks the nodes should show
     */
    ClusterNodes(
            Path directory,
            List<Site> sites,
            Map<String, String> common,
            SimulatedMarathon marathon) {
        this.directory = directory;
        this.common = new HashMap<>(common);
        this.marathon = marathon;
        sites.forEach(site -> this.sites.put(site.name(), site));
        List<String> seeds =
                sites.stream()
                        .filter(Site::isMaster)
                        .map(site -> "\"" + site.seed() + "\"")
                        .toList();
        this.common.put("meridian.cluster.seeds", "[" + String.join(",", seeds) + "]");
        this.common.putIfAbsent("meridian.cluster.trusted-network", "true");
    }

    /** Places nodes on loopback addresses that no other test uses, so that ports cannot collide. */
    static List<Site> onLoopback(int masters, int agents) {
        long self = ProcessHandle.current().pid();
        String net = "127." + (100 + self % 100) + "." + self / 100 % 250 + ".";
        List<Site> sites = new ArrayList<>();
        for (int i = 1; i <= masters; i++) {
            sites.add(new Site("master-" + i, net + (10 + i), List.of()));
        }
        for (int i = 1; i <= agents; i++) {
            sites.add(new Site("agent-" + i, net + (20 + i), List.of()));
        }
        return sites;
    }

    List<Site> sites() {
        return List.copyOf(sites.values());
    }

    List<String> masters() {
        return sites.values().stream().filter(Site::isMaster).map(Site::name).toList();
    }

    List<String> agents() {
        return sites.values().stream().filter(site -> !site.isMaster()).map(Site::name).toList();
    }

    Site site(String name) {
        return sites.get(name);
    }

    NodeApi api(String name) {
        return new NodeApi(sites.get(name).address(), Site.HTTP);
    }

    InetSocketAddress dns(String name) {
        return new InetSocketAddress(sites.get(name).address(), Site.DNS);
    }

    long pid(String name) {
        return running.get(name).pid();
    }

    boolean isAlive(String name) {
        return running.get(name).isAlive();
    }

    /** Sets the class path of nodes that are started from now on. */
    void program(List<String> build) {
        classPath = List.copyOf(build);
    }

    void start(String name) throws IOException {
        Site site = sites.get(name);
        Map<String, String> settings = new HashMap<>(common);
        settings.put("meridian.roles", site.isMaster() ? "[master]" : "[agent]");
        settings.put("meridian.node.id", name);
        settings.put("meridian.node.address", site.address());
        settings.put("meridian.cluster.port", Integer.toString(Site.CLUSTER));
        settings.put("meridian.http.listen", site.address() + ":" + Site.HTTP);
        settings.put("meridian.dns.listen", "[\"" + site.address() + ":" + Site.DNS + "\"]");
        settings.put("meridian.state.directory", directory.resolve(name).toString());
        Path configuration = ChildNode.configuration(directory.resolve(name + ".conf"), settings);
        running.put(
                name,
                ChildNode.start(
                        site.prefix(),
                        classPath,
                        log(name),
                        List.of("-Xmx200m"),
                        List.of("run", "--config", configuration.toString())));
    }

    Path log(String name) {
        return directory.resolve(name + ".log");
    }

    void startAll() throws IOException {
        for (String name : sites.keySet()) {
            start(name);
        }
    }

    void kill(String name) throws InterruptedException {
        running.get(name).kill();
    }

    /** Sends SIGTERM to a node and waits for its end. */
    void stop(String name) throws Exception {
        assertThat(running.get(name).stop(LIMIT)).as(name).isZero();
    }

    void awaitReady(String name) throws Exception {
        running.get(name).awaitReady(api(name), LIMIT);
    }

    void awaitAllReady() throws Exception {
        for (String name : sites.keySet()) {
            awaitReady(name);
        }
    }

    /** The tables that Marathon's listings imply. */
    SortedSet<String> expected() throws Exception {
        return expected(marathon);
    }

    /** The tables that this Marathon's listings imply. */
    static SortedSet<String> expected(SimulatedMarathon marathon) throws Exception {
        NodeApi listing = new NodeApi(marathon.url().getHost(), marathon.port());
        JsonNode apps = listing.json("/v2/apps?embed=apps.tasks");
        JsonNode pods = listing.json("/v2/pods/::status");
        return ExpectedTask.tables(new MarathonOracle((_, _) -> Optional.empty()).tasks(apps, pods))
                .lines();
    }

    /**
     * Waits until these nodes show Marathon's running tasks.
     *
     * @return duration of the wait
     */
    Duration awaitTruth(List<String> names) throws Exception {
        long start = System.nanoTime();
        for (String name : names) {
            try {
                Waiting.until(
                        name + " shows what runs",
                        LIMIT,
                        () -> api(name).tables().lines().equals(expected()));
            } catch (AssertionError late) {
                throw new AssertionError(difference(name), late);
            }
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private String difference(String name) throws Exception {
        SortedSet<String> missing = expected();
        SortedSet<String> extra = api(name).tables().lines();
        SortedSet<String> shown = new java.util.TreeSet<>(extra);
        extra.removeAll(missing);
        missing.removeAll(shown);
        return name + " lacks " + missing + " and has " + extra + "\n" + tail(name);
    }

    private String tail(String name) throws IOException {
        List<String> lines = Files.readAllLines(log(name));
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size()));
    }

    /** Waits until a master lists all nodes at the same revision, without lag. */
    void awaitSameRevisions(String master) throws Exception {
        Waiting.until(
                "all nodes at the same revision",
                LIMIT,
                () -> {
                    java.util.Set<String> revisions = new java.util.HashSet<>();
                    java.util.Set<String> ids = new java.util.HashSet<>();
                    for (JsonNode node : api(master).json("/api/nodes")) {
                        ids.add(node.path("id").asText());
                        revisions.add(node.path("revisions").toString());
                    }
                    return ids.containsAll(agents()) && revisions.size() == 1;
                });
    }

    /** Kills all nodes that still run. */
    @Override
    public void close() {
        running.values().forEach(ChildNode::close);
    }
}
