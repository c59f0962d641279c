package io.meridian.ipvs.reconcile;

import static io.meridian.ipvs.Samples.address;
import static io.meridian.ipvs.Samples.backend;
import static io.meridian.ipvs.Samples.draining;
import static io.meridian.ipvs.Samples.image;
import static io.meridian.ipvs.Samples.ip;
import static io.meridian.ipvs.Samples.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;

import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.feed.Provenance;
import io.meridian.feed.node.Publisher;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.Statistics;
import io.meridian.ipvs.uml.NetNamespace;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** Connections through IPVS on Linux inside the guest, in the network of {@link Lab}. */
@EnabledIf(
        value = "io.meridian.ipvs.uml.UmlKernel#isHere",
        disabledReason = "only inside the kernel that RealKernelTest boots")
class BalancingGuest {
    private static final VipRow ADDRESS6 = address("web.marathon", "fd01:c::1");
    private static final VipRow.Backend ONE = backend("web.marathon", 80, "10.0.2.2:8080", "one");
    private static final VipRow.Backend TWO = backend("web.marathon", 80, "10.0.3.2:8080", "two");
    private static final VipRow.Backend ONE6 =
            backend("web.marathon", 80, "[fd02:2::2]:8080", "one6");
    private static final VipRow.Backend LITERAL = backend("10.77.0.1", 81, "10.0.3.2:8080", "two");
    private static final int REQUESTS = 20;
    private static final AtomicInteger VIPS = new AtomicInteger();

    private static final ActorTestKit KIT = ActorTestKit.create();

    private ActorRef<IpvsWriter.Command> writer;
    private Publisher<VipRow, VipImage> publisher;
    private long revision;

    /**
     * A different VIP for each test: IPVS counts closing connections of a real server that returns
     * to the same virtual server, and wlc then prefers others.
     */
    private String vip;

    private VipRow address;

    @BeforeAll
    static void network() throws Exception {
        Lab.build();
        Guest.forgetFirewall();
        Guest.setUpHost();
    }

    @BeforeEach
    void program() throws Exception {
        vip = "11.0.0." + VIPS.incrementAndGet();
        address = address("web.marathon", vip);
        Guest.clean();
        startWriter();
    }

    private void startWriter() {
        startWriter(Guest.SETTINGS);
    }

    private void startWriter(IpvsSettings settings) {
        writer = KIT.spawn(IpvsWriter.create(settings, NodeView.at(ip("10.0.1.1"))));
        publisher = DataPlaneUpdate.publisher("ipvs", writer);
    }

    @AfterEach
    void stop() {
        KIT.stop(writer);
    }

    @AfterAll
    static void stopActors() {
        KIT.shutdownTestKit();
    }

    @Test
    void aVipIsBalancedOverBothBackends() throws Exception {
        show(address, ONE, TWO);

        Map<String, Integer> answers = ask("ip netns exec client curl", "http://" + vip + "/");

        assertThat(answers).containsOnlyKeys("one", "two");
        assertThat(answers.values()).allMatch(count -> count >= REQUESTS / 4);
    }

    @Test
    void theDirectorItselfReachesTheVip() throws Exception {
        show(address, ONE, TWO);

        assertThat(ask("curl", "http://" + vip + "/")).containsOnlyKeys("one", "two");
    }

    @Test
    void aRemovedBackendGetsNoConnections() throws Exception {
        show(address, ONE, TWO);
        show(address, TWO);

        assertThat(ask("ip netns exec client curl", "http://" + vip + "/")).containsOnlyKeys("two");
    }

    @Test
    void aDrainingBackendGetsNoNewConnections() throws Exception {
        show(address, ONE, draining(TWO));

        assertThat(ask("ip netns exec client curl", "http://" + vip + "/")).containsOnlyKeys("one");
        assertThat(Guest.run("ipvsadm -Sn")).contains("-r 10.0.3.2:8080 -m -w 0");
    }

    /** A connection from before the drain is answered during it; its end ends the drain. */
    @Test
    void aBackendThatLeavesAnswersItsConnectionsUntilTheyEnd() throws Exception {
        KIT.stop(writer);
        startWriter(Guest.settings("drain = 10 m"));
        show(address, ONE);
        String two = "-r 10.0.3.2:8080 -m -w 1";
        try (Socket open = NetNamespace.in("client", () -> new Socket(vip, 80))) {
            // Linux updates totals every two seconds, and connection counts at once.
            var _ = awaitStatus(now -> activeAt(now, "10.0.2.2:8080") == 1 && totalOf(now) == 1);

            publish(address, TWO);

            var _ =
                    awaitStatus(
                            now ->
                                    now.appliedRevision() == revision
                                            && now.table().draining().size() == 1);
            assertThat(Guest.run("ipvsadm -Sn")).contains("-r 10.0.2.2:8080 -m -w 0").contains(two);
            assertThat(ask("ip netns exec client curl", "http://" + vip + "/"))
                    .containsOnlyKeys("two");
            open.setSoTimeout(10_000);
            open.getOutputStream()
                    .write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(open.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith("one\n");
        }

        var _ = awaitStatus(now -> now.table().draining().size() == 0);
        assertThat(Guest.run("ipvsadm -Sn")).doesNotContain("10.0.2.2").contains(two);
    }

    /** Clients get "connection refused" at once, neither a time-out nor a server of this host. */
    @Test
    void aVipThatDrainsRefusesNewClients() throws Exception {
        KIT.stop(writer);
        startWriter(Guest.settings("drain = 10 m"));
        show(address, ONE);
        try (Socket open = NetNamespace.in("client", () -> new Socket(vip, 80))) {
            assertThat(open.isConnected()).isTrue();
            publish();
            var _ =
                    awaitStatus(
                            now ->
                                    now.appliedRevision() == revision
                                            && now.table().draining().size() == 1);

            assertThatThrownBy(() -> NetNamespace.in("client", () -> new Socket(vip, 80)))
                    .hasRootCauseInstanceOf(ConnectException.class)
                    .rootCause()
                    .hasMessageContaining("refused");
        }

        var _ = awaitStatus(now -> now.table().draining().size() == 0);
        assertThat(Guest.run("ipvsadm -Sn")).isEmpty();
        assertThat(Guest.run("ip route show table local dev minuteman")).isEmpty();
    }

    private long totalOf(IpvsStatus status) {
        return status.counted()
                .statistics()
                .servers()
                .get(tcp(vip + ":80"))
                .counters()
                .connections();
    }

    private long activeAt(IpvsStatus status, String real) {
        return status.counted()
                .statistics()
                .of(tcp(vip + ":80"), tcp(real))
                .map(Statistics.Real::active)
                .orElse(0L);
    }

    @Test
    void anIpv6VipAnswersTheDirectorAndAClient() throws Exception {
        show(ADDRESS6, ONE6);

        assertThat(ask("ip netns exec client curl -g", "http://[fd01:c::1]/"))
                .containsOnlyKeys("one");
        assertThat(ask("curl -g", "http://[fd01:c::1]/")).containsOnlyKeys("one");
    }

    @Test
    void anIpVipIsAddedAndRemoved() throws Exception {
        show(LITERAL);
        assertThat(ask("ip netns exec client curl", "http://10.77.0.1:81/"))
                .containsOnlyKeys("two");

        show();

        assertThat(Guest.run("ipvsadm -Sn")).isEmpty();
        assertThat(Guest.run("ip route show table local dev minuteman")).isEmpty();
    }

    @Test
    void changesOfOtherProgramsInTheRangeAreRepaired() throws Exception {
        show(address, ONE, TWO);
        String before = Guest.run("ipvsadm -Sn");

        Guest.runAll(
                """
                ipvsadm -d -t VIP:80 -r 10.0.2.2:8080
                ipvsadm -e -t VIP:80 -r 10.0.3.2:8080 -m -w 9
                ipvsadm -A -t 11.9.9.9:99 -s rr
                ip route del local VIP/32 dev minuteman table local
                """
                        .replace("VIP", vip));

        IpvsStatus status = awaitStatus(now -> now.totals().driftRepaired() >= 4);
        assertThat(status.totals().driftRepaired()).isEqualTo(4);
        assertThat(Guest.run("ipvsadm -Sn").lines())
                .containsExactlyInAnyOrderElementsOf(before.lines().toList());
        assertThat(ask("ip netns exec client curl", "http://" + vip + "/"))
                .containsOnlyKeys("one", "two");
    }

    @Test
    void anEmptiedTableIsRestored() throws Exception {
        show(address, ONE, TWO);

        Guest.runAll("ipvsadm -C");

        var _ = awaitStatus(now -> now.totals().driftRepaired() >= 3);
        assertThat(ask("ip netns exec client curl", "http://" + vip + "/"))
                .containsOnlyKeys("one", "two");
    }

    @Test
    void aDeletedInterfaceIsRestored() throws Exception {
        show(address, ONE);

        Guest.runAll("ip link del minuteman");

        var _ = awaitStatus(now -> now.totals().driftRepaired() >= 2);
        assertThat(ask("ip netns exec client curl", "http://" + vip + "/")).containsOnlyKeys("one");
    }

    @Test
    void aVirtualServerOutsideTheRangeIsNotChanged() throws Exception {
        Guest.runAll(
                """
                ipvsadm -A -t 192.168.9.9:99 -s rr
                ipvsadm -a -t 192.168.9.9:99 -r 10.0.2.2:8080 -m -w 5
                ipvsadm -A -f 7 -s rr
                """);

        show(address, ONE);
        show();
        long operations = status().totals().operations();
        Guest.runAll(
                "ipvsadm -A -t 11.9.9.9:99 -s rr"); // so that an audit with work to do has been
        // through
        var _ = awaitStatus(now -> now.totals().operations() > operations);

        assertThat(Guest.run("ipvsadm -Sn").lines())
                .map(String::strip)
                .containsExactlyInAnyOrder(
                        "-A -t 192.168.9.9:99 -s rr",
                        "-a -t 192.168.9.9:99 -r 10.0.2.2:8080 -m -w 5",
                        "-A -f 7 -s rr");
    }

    @Test
    void aRefusedBackendIsReportedAndTheOthersServe() throws Exception {
        publish(address, ONE, backend("web.marathon", 80, "224.0.0.9:80", "bad"));

        IpvsStatus status = awaitStatus(now -> !now.failures().isEmpty());
        assertThat(status.failures())
                .singleElement()
                .satisfies(
                        failure -> {
                            assertThat(failure.row())
                                    .isEqualTo("vs=" + vip + ":80/tcp rs=224.0.0.9:80/tcp");
                            assertThat(failure.errno()).isEqualTo("EINVAL");
                        });
        assertThat(ask("ip netns exec client curl", "http://" + vip + "/")).containsOnlyKeys("one");
    }

    @Test
    void aWriterThatStopsLeavesTheKernelServingAndItsSuccessorFindsNothingToDo() throws Exception {
        show(address, ONE, TWO);
        KIT.stop(writer);
        assertThat(ask("ip netns exec client curl", "http://" + vip + "/"))
                .containsOnlyKeys("one", "two");

        startWriter();
        show(address, ONE, TWO);

        assertThat(status().totals().operations()).isZero();
    }

    /** Publishes an image and waits until the writer has programmed it without failure. */
    private void show(VipRow... rows) {
        publish(rows);
        var _ = awaitStatus(now -> now.appliedRevision() == revision && now.failures().isEmpty());
    }

    private void publish(VipRow... rows) {
        publisher.onUpdate(
                List.of(), image(rows), new Provenance(++revision, Provenance.Origin.SNAPSHOT));
    }

    private IpvsStatus status() {
        return awaitStatus(_ -> true);
    }

    private IpvsStatus awaitStatus(Predicate<IpvsStatus> expected) {
        return StatusSubscriber.awaitAvailable(KIT, writer, expected);
    }

    /** Sends {@code REQUESTS} requests on separate connections; counts replies by backend. */
    private static Map<String, Integer> ask(String curl, String url) throws Exception {
        String answers =
                Guest.run(curl + " -sS --fail-early --max-time 5" + (" " + url).repeat(REQUESTS));
        Map<String, Integer> counts = new TreeMap<>();
        answers.lines().forEach(line -> counts.merge(line, 1, Integer::sum));
        assertThat(counts.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(REQUESTS);
        return counts;
    }
}
