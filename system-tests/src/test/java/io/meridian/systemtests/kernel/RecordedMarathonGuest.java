package io.meridian.systemtests.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.testkit.replay.CaptureReplay;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One scenario in ordered steps that build on each other. Plays a recording with VIPs, and compares
 * the guest's whole kernel table with the one that Marathon's current listing implies.
 */
@EnabledIf(
        value = "io.meridian.ipvs.uml.UmlKernel#isHere",
        disabledReason = "only inside the kernel that WholeProgramOnIpvsTest boots")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RecordedMarathonGuest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String RECORDING =
            "testkit/fixtures/marathon-captures/02-bridge-networking";
    private static final String APP = "/bridge-docker";
    private static final String APP_NAME = "bridge-docker.marathon.mesos";
    private static final String APP_SRV = "_bridge-docker._tcp.marathon.mesos";
    private static final String VIP_NAME = "bridge-docker.marathon.l4lb.thisdcos.directory";
    private static final String IP_VIP = "10.1.2.3";

    /** Kernel entries outside Meridian's range, which it must not touch. */
    private static final List<String> FOREIGN =
            List.of("-A -t 192.0.2.1:80 -s rr", "-a -t 192.0.2.1:80 -r 192.0.2.10:8080 -m -w 3");

    /** The address of a VIP whose tasks have all ended. */
    private static final String LEFT_BEHIND = "11.0.99.99";

    /** The guest's file system in memory; on the host's, PostgreSQL's files would stay behind. */
    private static final Path STATE = Path.of("/run/meridian");

    private static final Path CONFIG = Path.of("meridian.conf").toAbsolutePath();

    private static CaptureReplay replay;
    private static Agents agents;
    private static Program program;

    @BeforeAll
    static void start() throws Exception {
        replay = CaptureReplay.open(Path.of(System.getProperty("meridian.home"), RECORDING));
        RecordedVips end = RecordedVips.of(replay.expectedAtEnd().apps());
        agents = Agents.serving(end.realServers().get("tcp " + APP + ":80"));
        for (String line : FOREIGN) {
            var _ = Shell.run("ipvsadm " + line);
        }
        Files.writeString(
                CONFIG,
                """
                meridian {
                  node { id = one, address = "127.0.0.1" }
                  cluster.port = 0
                  state.directory = "%s"
                  http.listen = "127.0.0.1:8181"
                  dns.listen = ["127.0.0.1:%d"]
                  sources.marathon {
                    urls = ["%s"]
                    backoff { min = 100 ms, max = 1 s }
                  }
                  vip.literals = ["10.1.2.0/24"]
                  dataplane {
                    kind = ipvs
                    iptables = iptables-legacy
                    audit-interval = 1 s
                  }
                }
                """
                        .formatted(STATE, Dig.PORT, replay.url()));
        program = Program.start(CONFIG, Path.of("program.log").toAbsolutePath());
        awaitReady(() -> {});
    }

    @AfterAll
    static void stop() throws Exception {
        if (program != null) {
            program.kill();
        }
        if (agents != null) {
            agents.close();
        }
        if (replay != null) {
            replay.close();
        }
    }

    private static void awaitReady(Eventually.Claim meanwhile) throws Exception {
        long started = System.nanoTime();
        Eventually.holds(
                () -> {
                    meanwhile.check();
                    assertThat(program.isReady())
                            .as("whether the program is ready; its log: %s", program.log())
                            .isTrue();
                });
        figure("program ready", started);
    }

    @Test
    @Order(1)
    void theKernelHoldsExactlyWhatTheFirstSnapshotImplies() throws Exception {
        assertThat(replay.awaitConsumer(Duration.ofSeconds(60))).isTrue();

        replay.playTo("01-running");

        awaitKernel("01-running");
        assertThat(Agents.behind(vipAddress() + ":80")).hasSize(2).isEqualTo(namedVipsReals());
    }

    @Test
    @Order(2)
    void dnsAnswersTasksTheirPortsAndTheVip() throws Exception {
        awaitNames();

        assertThat(Dig.ask(VIP_NAME, "A").status()).isEqualTo("NOERROR");
        assertThat(vipAddress()).startsWith("11.");
        assertThat(Dig.ask("no-such-app.marathon.mesos", "A").status()).isEqualTo("NXDOMAIN");
    }

    @Test
    @Order(3)
    void aScaledAppGetsItsThirdRealServerAtTheSameAddress() throws Exception {
        String before = vipAddress();

        replay.playTo("02-scaled");

        awaitKernel("02-scaled");
        awaitNames();
        assertThat(vipAddress()).isEqualTo(before);
        assertThat(Agents.behind(before + ":80")).hasSize(3).isEqualTo(namedVipsReals());
    }

    @Test
    @Order(4)
    void foreignChangesInOurRangeAreRepairedAndOtherEntriesAreKept() throws Exception {
        long drift = dataplane().path("drift").asLong();

        Shell.runAll(
                """
                ipvsadm -d -t VIP:80 -r REAL
                ipvsadm -D -u 10.1.2.3:80
                ipvsadm -A -t 11.9.9.9:99 -s rr
                ip route del local VIP/32 dev minuteman table local
                """
                        .replace("VIP", vipAddress())
                        .replace("REAL", namedVipsReals().first()));

        awaitKernel("repair");
        Eventually.holds(() -> assertThat(dataplane().path("drift").asLong()).isGreaterThan(drift));
        assertThat(Agents.behind(vipAddress() + ":80")).isEqualTo(namedVipsReals());
    }

    @Test
    @Order(5)
    void aKilledProgramLeavesTheKernelServingAndItsSuccessorAdoptsItAsItIs() throws Exception {
        SortedSet<String> before = KernelTable.lines();
        SortedSet<String> routes = KernelTable.routes();
        String vip = vipAddress();
        program.kill();

        assertThat(KernelTable.lines()).isEqualTo(before);
        assertThat(Agents.behind(vip + ":80")).isEqualTo(namedVipsReals());
        Map<String, Long> connections = connectionsOfNamedVip();

        program = Program.start(CONFIG, Path.of("program-again.log").toAbsolutePath());
        Set<SortedSet<String>> seen = new HashSet<>();
        awaitReady(() -> seen.add(KernelTable.lines()));
        Eventually.holds(
                () -> {
                    seen.add(KernelTable.lines());
                    assertThat(dataplane().path("real_servers").asLong())
                            .isEqualTo(realServers(before));
                });

        assertThat(seen).as("tables since the start").containsExactly(before);
        assertThat(dataplane().path("operations").asLong()).isZero();
        assertThat(KernelTable.routes()).isEqualTo(routes);
        Map<String, Long> now = KernelTable.connections();
        connections.forEach(
                (real, count) ->
                        assertThat(now.get(real))
                                .as("connections of %s; 0 means that it was added again", real)
                                .isGreaterThanOrEqualTo(count));
        awaitNames();
        assertThat(vipAddress()).isEqualTo(vip);
    }

    /** Steps 2 to 5 of docs/how-to/migrate-from-dcos-net.md. */
    @Test
    @Order(6)
    void theMigrationGuideFromDcosNetLosesNoRequest() throws Exception {
        SortedSet<String> ours = KernelTable.lines();
        SortedSet<String> routes = KernelTable.routes();
        String vip = vipAddress();
        assertThat(program.stop()).isZero();
        programAsDcosNet(ours, routes);

        program =
                Program.start(
                        CONFIG,
                        Path.of("program-dry.log").toAbsolutePath(),
                        "-Dmeridian.dataplane.kind=dry-run");
        awaitReady(() -> {});
        Eventually.holds(
                () ->
                        assertThat(JSON.readTree(program.get("/api/vips/plan")).path("changes"))
                                .isNotEmpty()
                                .allSatisfy(
                                        change ->
                                                assertThat(change.path("row").asText())
                                                        .contains(LEFT_BEHIND)));
        assertThat(KernelTable.lines()).hasSize(ours.size() + 2).containsAll(ours);
        assertThat(program.stop()).isZero();

        List<String> rules = rules();
        Set<SortedSet<String>> served = new HashSet<>();
        program =
                Program.start(
                        CONFIG,
                        Path.of("program-takeover.log").toAbsolutePath(),
                        "-Dmeridian.compat.dcos-net.listen=127.0.0.1:62080");
        awaitReady(() -> served.add(Agents.behind(vip + ":80")));
        Eventually.holds(() -> assertThat(KernelTable.lines()).isEqualTo(ours));
        Eventually.holds(() -> assertThat(KernelTable.routes()).isEqualTo(routes));
        Eventually.holds(
                () -> assertThat(Shell.run("ipset save dcos-l4lb")).doesNotContain(LEFT_BEHIND));
        assertThat(served).containsExactly(namedVipsReals());
        assertThat(rules()).isEqualTo(rules);
        assertThat(dataplane().path("failures")).isEmpty();
        assertThat(Shell.run("curl -sS --max-time 20 http://127.0.0.1:62080/v1/vips"))
                .contains("bridge-docker.marathon.l4lb.thisdcos.directory:80");
        assertThat(vipAddress()).isEqualTo(vip);
    }

    /** The same VIPs as dcos-net leaves them, and one whose tasks have all ended. */
    private static void programAsDcosNet(SortedSet<String> lines, SortedSet<String> routes)
            throws Exception {
        StringBuilder commands =
                new StringBuilder(
                        """
                        ipvsadm -C
                        ip link del minuteman
                        iptables-legacy -F FORWARD
                        iptables-legacy -t nat -F
                        ipset destroy
                        iptables-legacy -A FORWARD -j ACCEPT
                        iptables-legacy -t nat -I POSTROUTING -m ipvs --ipvs --vdir ORIGINAL --vmethod MASQ -m comment --comment Minuteman-IPVS-IPTables-masquerade-rule -j MASQUERADE
                        ip link add minuteman type dummy
                        ip link set minuteman up
                        ipset create dcos-l4lb hash:ip,port family inet counters
                        ipset add dcos-l4lb 11.0.99.99,tcp:80
                        """);
        SortedSet<String> all = new TreeSet<>(lines);
        all.add("-A -t 11.0.99.99:80 -s wlc");
        all.add("-a -t 11.0.99.99:80 -r 10.0.2.9:8080 -m -w 1");
        for (String line : all) {
            commands.append("ipvsadm ").append(line).append('\n');
            String[] words = line.split(" ");
            if (words[0].equals("-A") && !FOREIGN.contains(line)) {
                int colon = words[2].lastIndexOf(':');
                commands.append("ipset -exist add dcos-l4lb ")
                        .append(words[2], 0, colon)
                        .append(words[1].equals("-u") ? ",udp" : ",tcp")
                        .append(words[2].substring(colon))
                        .append('\n');
            }
        }
        SortedSet<String> addresses = new TreeSet<>(routes);
        addresses.add(LEFT_BEHIND);
        addresses.forEach(
                address ->
                        commands.append("ip route add local ")
                                .append(address)
                                .append("/32 dev minuteman table local scope host proto boot\n"));
        for (String chain : List.of("OUTPUT", "PREROUTING")) {
            commands.append("iptables-legacy -t nat -I ")
                    .append(chain)
                    .append(" -m set --match-set dcos-l4lb dst,dst -m comment --comment")
                    .append(" 'Skip DC/OS L4LB traffic' -j RETURN\n");
        }
        Path script = Files.writeString(Path.of("dcos-net.sh"), commands);
        var _ = Shell.run("sh -e " + script);
    }

    private static List<String> rules() throws Exception {
        return Shell.run("iptables-legacy -t nat -S").lines().toList();
    }

    @Test
    @Order(7)
    void onlyForeignEntriesRemainAfterAllAppsAreDeleted() throws Exception {
        replay.playToEnd();

        awaitKernel("clean-up");
        assertThat(KernelTable.lines()).containsExactlyInAnyOrderElementsOf(FOREIGN);
        assertThat(KernelTable.routes()).isEmpty();
        Eventually.holds(
                () -> {
                    assertThat(Dig.ask(APP_NAME, "A").status()).isEqualTo("NXDOMAIN");
                    assertThat(Dig.ask(APP_SRV, "SRV").status()).isEqualTo("NXDOMAIN");
                    assertThat(Dig.ask(VIP_NAME, "A").status()).isEqualTo("NXDOMAIN");
                });
    }

    /**
     * Waits until the whole kernel table and its routes equal those that Marathon's current listing
     * implies.
     */
    private static void awaitKernel(String what) throws Exception {
        long started = System.nanoTime();
        RecordedVips recorded = recorded();
        Eventually.holds(
                () -> {
                    SortedSet<String> routes = new TreeSet<>();
                    SortedSet<String> lines = new TreeSet<>(FOREIGN);
                    if (!recorded.realServers().isEmpty()) {
                        String address = vipAddress();
                        routes.addAll(List.of(address, IP_VIP));
                        lines.addAll(recorded.kernelLines(Map.of(APP, address)));
                    }
                    assertThat(KernelTable.lines()).isEqualTo(lines);
                    assertThat(KernelTable.routes()).isEqualTo(routes);
                });
        figure(what + " in the kernel", started);
    }

    private static void awaitNames() throws Exception {
        RecordedVips recorded = recorded();
        Eventually.holds(
                () -> {
                    assertThat(Dig.ask(APP_NAME, "A"))
                            .isEqualTo(new Dig("NOERROR", recorded.tasks().get(APP)));
                    assertThat(Dig.endpoints(APP_SRV)).isEqualTo(recorded.ports().get(APP));
                });
    }

    private static RecordedVips recorded() {
        return RecordedVips.of(replay.listings().apps());
    }

    private static SortedSet<String> namedVipsReals() {
        return recorded().realServers().get("tcp " + APP + ":80");
    }

    /** Addresses of named VIPs in DNS, which the kernel must balance. */
    private static String vipAddress() throws Exception {
        SortedSet<String> addresses = Dig.ask(VIP_NAME, "A").data();
        assertThat(addresses).as("addresses of %s", VIP_NAME).hasSize(1);
        return addresses.first();
    }

    private static JsonNode dataplane() throws Exception {
        JsonNode nodes = JSON.readTree(program.get("/api/nodes"));
        return nodes.path(0).path("dataplane");
    }

    private static long realServers(SortedSet<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("-a ") && !FOREIGN.contains(line))
                .count();
    }

    /**
     * Waits until the kernel, which updates counts every two seconds, has counted connections of
     * each real server.
     */
    private static Map<String, Long> connectionsOfNamedVip() throws Exception {
        Eventually.holds(
                () ->
                        assertThat(KernelTable.connections())
                                .containsKeys(namedVipsReals().toArray(String[]::new))
                                .satisfies(
                                        all ->
                                                namedVipsReals()
                                                        .forEach(
                                                                real ->
                                                                        assertThat(all.get(real))
                                                                                .isPositive())));
        Map<String, Long> counts = new TreeMap<>(KernelTable.connections());
        counts.keySet().retainAll(namedVipsReals());
        return counts;
    }

    private static void figure(String what, long started) {
        System.out.printf(
                Locale.ROOT, "FIGURE %s: %.1f s%n", what, (System.nanoTime() - started) / 1e9);
    }
}
