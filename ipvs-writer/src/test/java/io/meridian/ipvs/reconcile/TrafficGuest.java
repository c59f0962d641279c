package io.meridian.ipvs.reconcile;

import static io.meridian.ipvs.Samples.address;
import static io.meridian.ipvs.Samples.asking;
import static io.meridian.ipvs.Samples.backend;
import static io.meridian.ipvs.Samples.draining;
import static io.meridian.ipvs.Samples.image;
import static io.meridian.ipvs.Samples.ip;
import static io.meridian.ipvs.Samples.udp;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;

import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.VipOptions;
import io.meridian.domain.service.VipScheduler;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.VipKey;
import io.meridian.domain.vip.VipRow;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.uml.NetNamespace;
import io.meridian.ipvs.uml.UmlKernel;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Traffic during changes, on Linux inside the guest, in the network of {@link Lab}: no request may
 * fail, no long connection may break.
 */
@EnabledIf(
        value = "io.meridian.ipvs.uml.UmlKernel#isHere",
        disabledReason = "only inside the kernel that RealTrafficTest boots")
class TrafficGuest {
    private static final VipRow.Backend ONE = backend("web.marathon", 80, "10.0.2.2:8080", "one");
    private static final VipRow.Backend TWO = backend("web.marathon", 80, "10.0.3.2:8080", "two");
    private static final VipRow.Backend ONE_LINES =
            backend("web.marathon", 81, "10.0.2.2:8081", "one");
    private static final int SOME = 40;
    private static final AtomicInteger VIPS = new AtomicInteger();

    private static final ActorTestKit KIT = ActorTestKit.create();

    private ActorRef<IpvsWriter.Command> writer;
    private long revision;
    private String vip;
    private VipRow address;

    @BeforeAll
    static void network() throws Exception {
        Lab.build();
        Guest.forgetFirewall();
        Guest.setUpHost();
    }

    @BeforeEach
    void aVipOfItsOwn() throws Exception {
        vip = "11.0.5." + VIPS.incrementAndGet();
        address = address("web.marathon", vip);
        Guest.clean();
    }

    @AfterEach
    void stop() {
        if (writer != null) {
            KIT.stop(writer);
        }
    }

    @AfterAll
    static void stopActors() {
        KIT.shutdownTestKit();
    }

    private void startWriter() {
        startWriter(Guest.SETTINGS);
    }

    private void startWriter(IpvsSettings settings) {
        writer = KIT.spawn(IpvsWriter.create(settings, NodeView.at(ip("10.0.1.1"))));
    }

    @Test
    void backendsJoinAndLeaveUnderLoadWithoutAFailedRequest() throws Exception {
        startWriter();
        show(address, ONE);
        try (Load load = Load.on(vip, 80)) {
            load.awaitMore(SOME);
            for (int i = 0; i < 3; i++) {
                show(address, ONE, TWO);
                load.awaitMore(SOME);
                show(address, draining(ONE), TWO);
                load.awaitMore(SOME);
                show(address, TWO);
                load.awaitMore(SOME);
                show(address, TWO, ONE);
                load.awaitMore(SOME);
                show(address, ONE, draining(TWO));
                load.awaitMore(SOME);
                show(address, ONE);
                load.awaitMore(SOME);
            }
            load.finish();
            assertThat(load.failures()).isEmpty();
            assertThat(load.answers()).containsOnlyKeys("one", "two");
            figure("scale up and down", load);
        }
    }

    @Test
    void aKilledWriterDisturbsNoTrafficAndItsSuccessorAdoptsTheKernelsState() throws Exception {
        String[] shown = {vip, "10.0.2.2:8080", "10.0.3.2:8080"};
        Process child = startChild(shown);
        try (Load load = Load.on(vip, 80)) {
            load.awaitMore(SOME);

            child.destroyForcibly();
            assertThat(child.waitFor()).isEqualTo(128 + 9);
            load.awaitMore(SOME);

            startWriter();
            show(ChildWriter.rows(shown));
            assertThat(status().totals().operations()).isZero();
            load.awaitMore(SOME);
            load.finish();
            assertThat(load.failures()).isEmpty();
            assertThat(load.answers()).containsOnlyKeys("one", "two");
            figure("kill and restart", load);
        } finally {
            child.destroyForcibly();
        }
    }

    private static Process startChild(String... shown) throws Exception {
        Path folder = Path.of("").toAbsolutePath();
        String command = UmlKernel.java(folder, "-Xmx100m", ChildWriter.class.getName(), shown);
        Process child =
                new ProcessBuilder(command.split(" "))
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("child.log").toFile())
                        .start();
        while (!routed(shown[0]) && child.isAlive()) {
            Thread.sleep(50);
        }
        assertThat(child.isAlive()).as("see child.log").isTrue();
        return child;
    }

    private static boolean routed(String address) throws Exception {
        return Guest.run("ip -o link").contains("minuteman")
                && Guest.run("ip route show table local dev minuteman").contains(address);
    }

    /** Programs the kernel as dcos-net does (specs 0.1 and 2.4), with one VIP too many. */
    private void programAsDcosNetDoes() throws Exception {
        Guest.runAll(
                """
                sysctl -qw net.ipv4.vs.conntrack=1
                iptables-legacy -A FORWARD -j ACCEPT
                iptables-legacy -t nat -I POSTROUTING -m ipvs --ipvs --vdir ORIGINAL --vmethod MASQ -m comment --comment Minuteman-IPVS-IPTables-masquerade-rule -j MASQUERADE
                ip link add minuteman type dummy
                ip link set minuteman up
                ipset create dcos-l4lb hash:ip,port family inet counters
                ipset create dcos-l4lb-ipv6 hash:ip,port family inet6 counters
                ipset add dcos-l4lb VIP,tcp:80
                ipset add dcos-l4lb VIP,tcp:81
                ipset add dcos-l4lb 10.77.0.5,tcp:80
                ipset add dcos-l4lb 11.0.99.99,tcp:80
                ipset add dcos-l4lb-ipv6 fd01:c::5,tcp:80
                ipvsadm -A -t VIP:80 -s wlc
                ipvsadm -a -t VIP:80 -r 10.0.2.2:8080 -m -w 1
                ipvsadm -a -t VIP:80 -r 10.0.3.2:8080 -m -w 1
                ipvsadm -A -t VIP:81 -s wlc
                ipvsadm -a -t VIP:81 -r 10.0.2.2:8081 -m -w 1
                ipvsadm -A -t 10.77.0.5:80 -s wlc
                ipvsadm -a -t 10.77.0.5:80 -r 10.0.3.2:8080 -m -w 1
                ipvsadm -A -t '[fd01:c::5]:80' -s wlc
                ipvsadm -a -t '[fd01:c::5]:80' -r '[fd02:2::2]:8080' -m -w 1
                ipvsadm -A -t 11.0.99.99:80 -s wlc
                ipvsadm -a -t 11.0.99.99:80 -r 10.0.2.9:8080 -m -w 1
                ip route add local VIP/32 dev minuteman table local scope host proto boot
                ip route add local 10.77.0.5/32 dev minuteman table local scope host proto boot
                ip route add local 11.0.99.99/32 dev minuteman table local scope host proto boot
                ip -6 route add local fd01:c::5/128 dev lo table local
                ip -6 route add fd01:c::5/128 dev minuteman table main
                for chain in OUTPUT PREROUTING; do
                  iptables-legacy -t nat -I $chain -m set --match-set dcos-l4lb dst,dst -m comment --comment 'Skip DC/OS L4LB traffic' -j RETURN
                  ip6tables-legacy -t nat -I $chain -m set --match-set dcos-l4lb-ipv6 dst,dst -m comment --comment 'Skip DC/OS L4LB traffic' -j RETURN
                done
                """
                        .replace("VIP", vip));
    }

    @Test
    void replacingDcosNetBreaksNoConnection() throws Exception {
        Guest.forgetFirewall();
        programAsDcosNetDoes();
        try (Load load = Load.on(vip, 80);
                LongConnection line = LongConnection.to(vip, 81)) {
            load.awaitMore(SOME);
            assertThat(line.ask()).isEqualTo("one");
            String before = Guest.run("ipvsadm -Sn");

            startWriter(Guest.SETTINGS_WITH_HOST_SETUP);
            show(
                    address,
                    ONE,
                    TWO,
                    ONE_LINES,
                    backend("10.77.0.5", 80, "10.0.3.2:8080", "two"),
                    address("six.marathon", "fd01:c::5"),
                    backend("six.marathon", 80, "[fd02:2::2]:8080", "one"));

            load.awaitMore(SOME);
            assertThat(line.ask()).isEqualTo("one");
            load.finish();
            assertThat(load.failures()).isEmpty();
            assertThat(load.answers()).containsOnlyKeys("one", "two");
            // The writer has changed only the VIP that no task has any more.
            assertThat(status().totals().operations()).isEqualTo(2);
            assertThat(Guest.run("ipvsadm -Sn").lines())
                    .containsExactlyElementsOf(
                            before.lines().filter(text -> !text.contains("11.0.99.99")).toList());
            assertThat(Guest.run("ip route show table local dev minuteman"))
                    .contains(vip, "10.77.0.5")
                    .doesNotContain("11.0.99.99");
            assertThat(Guest.run("ipset save dcos-l4lb")).doesNotContain("11.0.99.99");
            assertThat(Guest.run("iptables-legacy -t nat -S").lines())
                    .filteredOn(text -> text.contains("Minuteman") || text.contains("Skip DC/OS"))
                    .hasSize(3);
            figure("takeover", load);
        }

        show(address, ONE);
        assertThat(Guest.run("ip -6 route show table all")).doesNotContain("fd01:c::5");
        assertThat(Guest.run("ip route show table local dev minuteman")).doesNotContain("10.77");
    }

    @Test
    void datagramsAreBalancedByFlow() throws Exception {
        startWriter();
        show(address, datagrams("10.0.2.2:8082"), datagrams("10.0.3.2:8082"));

        Set<String> names = new HashSet<>();
        var _ =
                NetNamespace.in(
                        "client",
                        () -> {
                            for (int i = 0; i < 10; i++) {
                                try (DatagramSocket socket = new DatagramSocket()) {
                                    socket.setSoTimeout(5000);
                                    String first = askByDatagram(socket);
                                    assertThat(askByDatagram(socket)).isEqualTo(first);
                                    names.add(first);
                                }
                            }
                            return null;
                        });

        assertThat(names).containsExactlyInAnyOrder("one", "two");
    }

    private static VipRow.Backend datagrams(String endpoint) {
        return new VipRow.Backend(
                new VipKey("web.marathon", Protocol.UDP, 53),
                udp(endpoint),
                endpoint,
                endpoint,
                Optional.empty(),
                BackendState.SERVING,
                1);
    }

    private String askByDatagram(DatagramSocket socket) throws Exception {
        DatagramPacket packet =
                new DatagramPacket(new byte[512], 512, InetAddress.getByName(vip), 53);
        packet.setLength(1);
        socket.send(packet);
        packet.setLength(512);
        socket.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    void connectionsFollowTheWeights() throws Exception {
        // wlc also weighs open connections, so its shares vary on a slow machine.
        VipOptions turns = VipOptions.NONE.withScheduler(VipScheduler.WRR);
        startWriter();
        show(
                address,
                asking(
                        new VipRow.Backend(
                                ONE.vip(),
                                ONE.endpoint(),
                                ONE.owner(),
                                ONE.agent(),
                                ONE.local(),
                                ONE.state(),
                                4),
                        turns),
                asking(TWO, turns));
        try (Load load = Load.on(vip, 80)) {
            load.awaitMore(2 * SOME);
            load.finish();
            assertThat(load.failures()).isEmpty();
            Map<String, Integer> answers = load.answers();
            assertThat((double) answers.get("one") / answers.get("two")).isBetween(3.5, 4.5);
        }
    }

    @Test
    void aBackendReachesItselfThroughItsOwnVip() throws Exception {
        Guest.runAll("ip -n one route replace 11.0.5.0/24 via 10.0.2.1");
        startWriter();
        show(address, ONE);

        assertThat(Guest.run("ip netns exec one curl -sS --max-time 5 http://" + vip + "/").strip())
                .isEqualTo("one");
    }

    @Test
    void aContainerOnTheHostsBridgeReachesItselfAndItsNeighbourThroughAVip() throws Exception {
        Guest.runAll(
                """
                ip link add br0 type bridge
                ip addr add 172.31.254.1/24 dev br0
                ip link set br0 up
                """);
        for (int i = 2; i < 4; i++) {
            Guest.runAll(
                    """
                    ip netns add c%1$d
                    ip link add to-c%1$d type veth peer name eth0 netns c%1$d
                    ip link set to-c%1$d master br0 up
                    ip -n c%1$d addr add 172.31.254.%1$d/24 dev eth0
                    ip -n c%1$d link set eth0 up
                    ip -n c%1$d link set lo up
                    ip -n c%1$d route add default via 172.31.254.1
                    """
                            .formatted(i));
            Lab.serve("c" + i);
        }
        startWriter();
        show(
                address,
                backend("web.marathon", 80, "172.31.254.2:8080", "c2"),
                backend("web.marathon", 80, "172.31.254.3:8080", "c3"));

        Set<String> names = new HashSet<>();
        for (int i = 0; i < 6; i++) {
            names.add(Guest.run("ip netns exec c2 curl -sS --max-time 5 http://" + vip).strip());
        }

        assertThat(names).containsExactlyInAnyOrder("c2", "c3");
    }

    @Test
    void aVipWithAHostPortIsNotRedirectedByPortMapping() throws Exception {
        startWriter(Guest.SETTINGS_WITH_HOST_SETUP);
        show(address, ONE);
        Guest.runAll(
                """
                iptables-legacy -t nat -A PREROUTING -p tcp --dport 80 -m addrtype --dst-type LOCAL -j DNAT --to 10.0.3.2:8080
                iptables-legacy -t nat -A OUTPUT -p tcp --dport 80 -m addrtype --dst-type LOCAL -j DNAT --to 10.0.3.2:8080
                iptables-legacy -t nat -A POSTROUTING -d 10.0.3.2 -j MASQUERADE
                """);
        try {
            assertThat(askFromClient("10.0.1.1")).as("the mapping itself").isEqualTo("two");
            assertThat(askFromClient(vip)).isEqualTo("one");
            assertThat(Guest.run("curl -sS --max-time 5 http://" + vip).strip()).isEqualTo("one");

            Guest.runAll("ipset flush dcos-l4lb");
            assertThat(askFromClient(vip)).as("what the set is for").isEqualTo("two");
        } finally {
            Guest.forgetFirewall();
            Guest.setUpHost();
        }
    }

    /** Backend "one" has a way back to the client that leads through the director. */
    @Test
    void aTaskSeesTheClientAddressIfItsVipKeepsIt() throws Exception {
        VipRow.Backend who = backend("web.marathon", 80, "10.0.2.2:8083", "one");
        Guest.runAll("ip -n one route replace 10.0.1.0/24 via 10.0.2.1");
        try {
            startWriter(Guest.SETTINGS_WITH_HOST_SETUP);
            show(address, who);
            assertThat(askFromClient(vip)).as("hidden, as usual").isEqualTo("10.0.2.1");

            show(address, asking(who, VipOptions.NONE.withClientAddressKept(true)));
            assertThat(askFromClient(vip)).isEqualTo("10.0.1.2");
            assertThat(Guest.run("curl -sS --max-time 5 http://" + vip).strip())
                    .as("the director's own connections")
                    .isEqualTo("10.0.2.1");

            show(address, who);
            assertThat(askFromClient(vip)).as("hidden again").isEqualTo("10.0.2.1");
        } finally {
            Guest.runAll("ip -n one route del 10.0.1.0/24");
            Guest.forgetFirewall();
            Guest.setUpHost();
        }
    }

    @Test
    void aClientReturnsToItsBackendWhileItsAffinityLasts() throws Exception {
        startWriter();
        show(address, ONE, TWO);
        assertThat(askedFromClient(6)).as("without affinity").hasSize(2);

        VipOptions affinity = VipOptions.NONE.withAffinity(Duration.ofMinutes(5));
        show(address, asking(ONE, affinity), asking(TWO, affinity));

        Set<String> first = askedFromClient(8);
        assertThat(first).hasSize(1);
        boolean one = first.contains("one");
        show(
                address,
                asking(one ? draining(ONE) : ONE, affinity),
                asking(one ? TWO : draining(TWO), affinity));
        assertThat(askedFromClient(4)).as("its backend drains").doesNotContainAnyElementsOf(first);
    }

    @Test
    void aNewBackendStartsSlowlyAndReachesItsFullShare() throws Exception {
        VipOptions slow = VipOptions.NONE.withSlowStart(Duration.ofSeconds(8));
        startWriter();
        show(address, asking(ONE, slow));
        show(address, asking(ONE, slow), asking(TWO, slow));

        int[] early = weights();
        assertThat(early[1]).as("of what its neighbour has: " + early[0]).isLessThan(early[0]);

        var _ = awaitStatus(now -> now.failures().isEmpty() && fullShare());
    }

    private static boolean fullShare() {
        int[] now = weights();
        return now[0] == now[1];
    }

    /** Weights of the backends one and two in the kernel. */
    private static int[] weights() {
        int[] weights = new int[2];
        for (String line : Guest.listing().split("\n")) {
            if (line.contains("10.0.2.2:8080")) {
                weights[0] = weight(line);
            } else if (line.contains("10.0.3.2:8080")) {
                weights[1] = weight(line);
            }
        }
        return weights;
    }

    private static int weight(String line) {
        return Integer.parseInt(line.replaceAll(".* -w (\\d+).*", "$1"));
    }

    private Set<String> askedFromClient(int times) throws Exception {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < times; i++) {
            names.add(askFromClient(vip));
        }
        return names;
    }

    private static String askFromClient(String address) throws Exception {
        return Guest.run("ip netns exec client curl -sS --max-time 5 http://" + address).strip();
    }

    private void show(VipRow... rows) {
        long shown = ++revision;
        writer.tell(new DataPlaneUpdate.ApplyImage(image(rows), shown));
        var _ = awaitStatus(now -> now.appliedRevision() == shown && now.failures().isEmpty());
    }

    private IpvsStatus status() {
        return awaitStatus(_ -> true);
    }

    private IpvsStatus awaitStatus(Predicate<IpvsStatus> expected) {
        return StatusSubscriber.awaitAvailable(KIT, writer, expected);
    }

    private static void figure(String what, Load load) {
        System.out.println("FIGURE " + what + ": requests=" + load.answers() + " failed=0");
    }
}
