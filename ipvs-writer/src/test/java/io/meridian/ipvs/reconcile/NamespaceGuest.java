package io.meridian.ipvs.reconcile;

import static io.meridian.ipvs.Samples.address;
import static io.meridian.ipvs.Samples.backend;
import static io.meridian.ipvs.Samples.image;
import static io.meridian.ipvs.Samples.ip;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;

import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.VipRow;
import io.meridian.ipvs.NodeView;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * VIPs in containers' network namespaces on Linux inside the guest. A container reaches backends by
 * itself; nothing is routed to VIPs outside of it.
 */
@EnabledIf(
        value = "io.meridian.ipvs.uml.UmlKernel#isHere",
        disabledReason = "only inside the kernel that RealTrafficTest boots")
class NamespaceGuest {
    private static final VipRow ADDRESS = address("web.marathon", "11.0.9.1");
    private static final VipRow ADDRESS6 = address("web.marathon", "fd01:c::9");
    private static final VipRow.Backend ONE = backend("web.marathon", 80, "10.0.2.2:8080", "one");
    private static final VipRow.Backend TWO = backend("web.marathon", 80, "10.0.3.2:8080", "two");
    private static final VipRow.Backend ONE6 =
            backend("web.marathon", 80, "[fd02:2::2]:8080", "one6");
    private static final Path DIRECTORY = Path.of("cni").toAbsolutePath();

    private static final ActorTestKit KIT = ActorTestKit.create();

    private ActorRef<NamespaceWriters.Command> writers;

    @BeforeAll
    static void network() throws Exception {
        Lab.build();
        Guest.clean();
        Guest.forgetFirewall(); // VIPs of a container need no masquerading
        Guest.runAll(
                """
                ip -n one route add 10.0.9.0/24 via 10.0.2.1
                ip -n two route add 10.0.9.0/24 via 10.0.3.1
                ip -n one -6 route add fd02:9::/64 via fd02:2::1
                sysctl -qw net.ipv4.ip_forward=1
                """);
    }

    @BeforeEach
    void aContainerAndAnEmptyDirectory() throws Exception {
        Files.createDirectories(DIRECTORY);
        Lab.namespace("box", "10.0.9", "fd02:9");
        Guest.runAll(
                """
                ip -n box route add default via 10.0.9.1
                ip -n box -6 route add default via fd02:9::1
                """);
        writers =
                KIT.spawn(
                        NamespaceWriters.create(
                                Guest.SETTINGS, DIRECTORY, NodeView.at(ip("10.0.1.1"))));
    }

    @AfterEach
    void stop() throws Exception {
        KIT.stop(writers);
        for (String file : DIRECTORY.toFile().list()) {
            Files.delete(DIRECTORY.resolve(file));
        }
        if (Guest.run("ip netns list").contains("box")) {
            Guest.runAll("ip netns del box");
        }
        awaitNamespaceGone();
    }

    @AfterAll
    static void stopActors() {
        KIT.shutdownTestKit();
    }

    @Test
    void aLateContainerGetsEveryVipAndFollowsChanges() throws Exception {
        show(1, ADDRESS, ADDRESS6, ONE, ONE6);
        addInterface();
        register("late", "/run/netns/box");

        var _ = await(now -> applied(now, 1));
        assertThat(ask("http://11.0.9.1/")).isEqualTo("one");
        assertThat(ask("http://[fd01:c::9]/")).isEqualTo("one");
        assertThat(Guest.run("ip -n box route show table local dev minuteman").strip())
                .isEqualTo("11.0.9.1 scope link");
        assertThat(Guest.run("ipvsadm -Sn")).isEmpty();

        show(2, ADDRESS, TWO);
        var _ = await(now -> applied(now, 2));
        assertThat(ask("http://11.0.9.1/")).isEqualTo("two");
    }

    @Test
    void aLostAgentsBackendGetsNoConnectionsOfOldAndNewContainers() throws Exception {
        show(1, ADDRESS, ONE, TWO);
        addInterface();
        register("early", "/run/netns/box");
        var _ = await(now -> applied(now, 1));
        assertThat(weights()).containsExactly("10.0.2.2:8080 1", "10.0.3.2:8080 1");

        writers.tell(
                new DataPlaneUpdate.UpdateReachability(
                        new Reachability(new TreeSet<>(List.of(ip("10.0.2.2"))))));
        awaitWeights("10.0.2.2:8080 0", "10.0.3.2:8080 1");
        assertThat(ask("http://11.0.9.1/")).isEqualTo("two");

        Files.delete(DIRECTORY.resolve("early"));
        var _ = await(List::isEmpty);
        Guest.runAll("ip netns exec box ipvsadm -C");
        register("late", "/run/netns/box");
        var _ = await(now -> applied(now, 1));
        assertThat(weights()).containsExactly("10.0.2.2:8080 0", "10.0.3.2:8080 1");

        writers.tell(new DataPlaneUpdate.UpdateReachability(Reachability.ALL));
        awaitWeights("10.0.2.2:8080 1", "10.0.3.2:8080 1");
    }

    @Test
    void aContainerIsProgrammedOnceItsInterfaceExists() throws Exception {
        show(1, ADDRESS, ONE);
        register("early", "/run/netns/box");

        List<NamespaceStatus> statuses = await(now -> !now.isEmpty());
        assertThat(statuses)
                .singleElement()
                .satisfies(
                        status -> {
                            assertThat(status.container()).isEqualTo("early");
                            assertThat(status.isFailing()).isTrue();
                            assertThat(status.waiting())
                                    .contains("cannot find interface minuteman")
                                    .contains("ENODEV");
                        });
        assertThat(Guest.run("ip -n box -o link")).doesNotContain("minuteman");

        addInterface();
        var _ = await(now -> applied(now, 1));
        assertThat(ask("http://11.0.9.1/")).isEqualTo("one");
    }

    @Test
    void changesOfOtherProgramsInAContainerAreRepaired() throws Exception {
        show(1, ADDRESS, ONE);
        addInterface();
        register("box-1", "/run/netns/box");
        var _ = await(now -> applied(now, 1));

        Guest.runAll(
                """
                ip netns exec box ipvsadm -C
                ip -n box route del 11.0.9.1 dev minuteman table local
                """);

        var _ =
                await(
                        now ->
                                applied(now, 1)
                                        && now.getFirst()
                                                        .status()
                                                        .orElseThrow()
                                                        .totals()
                                                        .driftRepaired()
                                                == 3);
        assertThat(ask("http://11.0.9.1/")).isEqualTo("one");
    }

    @Test
    void twoContainersOfOnePodShareANamespace() throws Exception {
        show(1, ADDRESS, ONE);
        addInterface();
        register("pod-a", "/run/netns/box");
        register("pod-b", "/run/netns/box");

        var _ = await(now -> applied(now, 1));
        Files.delete(DIRECTORY.resolve("pod-a"));

        List<NamespaceStatus> statuses =
                await(now -> applied(now, 1) && now.getFirst().container().equals("pod-b"));
        assertThat(statuses).hasSize(1);
    }

    @Test
    void aContainerThatIsNoLongerListedKeepsItsTable() throws Exception {
        show(1, ADDRESS, ONE);
        addInterface();
        register("going", "/run/netns/box");
        var _ = await(now -> applied(now, 1));

        Files.delete(DIRECTORY.resolve("going"));

        var _ = await(List::isEmpty);
        assertThat(ask("http://11.0.9.1/")).isEqualTo("one");
    }

    @Test
    void socketsOfADeletedNamespaceAreClosed() throws Exception {
        show(1, ADDRESS, ONE);
        addInterface();
        register("crashed", "/run/netns/box");
        var _ = await(now -> applied(now, 1));

        Guest.runAll("ip netns del box");

        List<NamespaceStatus> statuses =
                await(now -> !now.isEmpty() && !now.getFirst().waiting().isEmpty());
        assertThat(statuses.getFirst().waiting())
                .isEqualTo("network namespace /run/netns/box does not exist");
        awaitNamespaceGone();
    }

    @Test
    void anInvalidFileAffectsNoOtherContainer() throws Exception {
        show(1, ADDRESS, ONE);
        addInterface();
        Files.writeString(DIRECTORY.resolve("bad"), "no path\n");
        Files.writeString(DIRECTORY.resolve(".being-written"), "/run/netns/box\n");
        register("host", "/proc/self/ns/net");
        register("good", "/run/netns/box");

        List<NamespaceStatus> statuses = await(now -> now.size() == 2 && !applied(now, 1));
        assertThat(statuses).extracting(NamespaceStatus::container).containsExactly("good", "bad");
        assertThat(Guest.run("ipvsadm -Sn")).isEmpty();
    }

    /** Real servers in the container's kernel with their weights, sorted. */
    private static List<String> weights() throws Exception {
        return Guest.run("ip netns exec box ipvsadm -Sn")
                .lines()
                .filter(line -> line.startsWith("-a"))
                .map(line -> line.replaceAll(".* -r (\\S+) .*-w (\\d+).*", "$1 $2"))
                .sorted()
                .toList();
    }

    private static void awaitWeights(String... expected) throws Exception {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!weights().equals(List.of(expected))) {
            assertThat(System.nanoTime()).as("%s", weights()).isLessThan(deadline);
            Thread.sleep(20);
        }
    }

    private static void addInterface() throws Exception {
        Guest.runAll(
                """
                ip -n box link add minuteman type dummy
                ip -n box link set minuteman up
                """);
    }

    private static void register(String container, String path) throws IOException {
        Files.writeString(DIRECTORY.resolve(container), path + "\n");
    }

    private void show(long revision, VipRow... rows) {
        writers.tell(new DataPlaneUpdate.ApplyImage(image(rows), revision));
    }

    private static boolean applied(List<NamespaceStatus> statuses, long revision) {
        return statuses.size() == 1
                && !statuses.getFirst().isFailing()
                && statuses.getFirst()
                        .status()
                        .filter(now -> now.appliedRevision() == revision)
                        .isPresent();
    }

    private List<NamespaceStatus> await(Predicate<List<NamespaceStatus>> expected) {
        TestProbe<List<NamespaceStatus>> probe = KIT.createTestProbe();
        return probe.awaitAssert(
                Duration.ofSeconds(30),
                Duration.ofMillis(20),
                () -> {
                    writers.tell(new NamespaceWriters.GetStatus(probe.ref()));
                    List<NamespaceStatus> statuses = probe.receiveMessage();
                    assertThat(expected.test(statuses)).as("%s", statuses).isTrue();
                    return statuses;
                });
    }

    /** Waits until the kernel drops a namespace, which it does after the last reference. */
    private static void awaitNamespaceGone() throws Exception {
        while (Guest.run("ip -o link").contains("to-box")) {
            Thread.sleep(20);
        }
    }

    private static String ask(String url) throws Exception {
        return Guest.run("ip netns exec box curl -g -sS --max-time 5 " + url).strip();
    }
}
