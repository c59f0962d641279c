package io.meridian.ipvs;

import static io.meridian.ipvs.Samples.address;
import static io.meridian.ipvs.Samples.asking;
import static io.meridian.ipvs.Samples.backend;
import static io.meridian.ipvs.Samples.draining;
import static io.meridian.ipvs.Samples.image;
import static io.meridian.ipvs.Samples.ip;
import static io.meridian.ipvs.Samples.real;
import static io.meridian.ipvs.Samples.serving;
import static io.meridian.ipvs.Samples.tcp;
import static io.meridian.ipvs.Samples.withLocal;
import static io.meridian.ipvs.Samples.wlc;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.VipOptions;
import io.meridian.domain.service.VipScheduler;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.VipImage;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

class DesiredStateTest {
    private static final NodeView ELSEWHERE = NodeView.at(ip("10.0.0.99"));

    @Test
    void withoutVipsOnlyTheInterfaceIsDesired() {
        assertThat(DesiredState.of(VipImage.EMPTY, ELSEWHERE))
                .isEqualTo(KernelState.of(IpvsTable.EMPTY, List.of(), LinkState.UP));
    }

    @Test
    void aNamedVipIsAVirtualServerAtItsAddress() {
        VipImage image =
                image(
                        address("web.marathon", "11.0.0.1"),
                        backend("web.marathon", 80, "10.0.0.1:31000", "a"),
                        draining(backend("web.marathon", 80, "10.0.0.2:31000", "b")));

        assertThat(DesiredState.of(image, ELSEWHERE))
                .isEqualTo(
                        serving(
                                "11.0.0.1:80",
                                real("10.0.0.1:31000", 1),
                                real("10.0.0.2:31000", 0)));
    }

    @Test
    void aBackendOnALostAgentGetsNoConnectionsUnlessItIsTheLast() {
        NodeView withReachability =
                ELSEWHERE.withReachability(
                        new Reachability(new TreeSet<>(List.of(ip("10.0.0.1")))));
        VipImage image =
                image(
                        address("web.marathon", "11.0.0.1"),
                        backend("web.marathon", 80, "10.0.0.1:31000", "a"),
                        backend("web.marathon", 80, "10.0.0.2:31000", "b"));
        VipImage alone =
                image(
                        address("web.marathon", "11.0.0.1"),
                        backend("web.marathon", 80, "10.0.0.1:31000", "a"));

        assertThat(DesiredState.of(image, withReachability))
                .isEqualTo(
                        serving(
                                "11.0.0.1:80",
                                real("10.0.0.1:31000", 0),
                                real("10.0.0.2:31000", 1)));
        assertThat(DesiredState.of(alone, withReachability))
                .isEqualTo(serving("11.0.0.1:80", real("10.0.0.1:31000", 1)));
    }

    @Test
    void theOwnerReachesTheContainerAndTheOthersTheHostPort() {
        VipImage image =
                image(
                        address("web.marathon", "11.0.0.1"),
                        withLocal(
                                backend("web.marathon", 80, "10.0.0.1:31000", "a"),
                                "172.31.254.5:80"));

        assertThat(DesiredState.of(image, NodeView.at(ip("10.0.0.1"))))
                .isEqualTo(serving("11.0.0.1:80", real("172.31.254.5:80", 1)));
        assertThat(DesiredState.of(image, ELSEWHERE))
                .isEqualTo(serving("11.0.0.1:80", real("10.0.0.1:31000", 1)));
    }

    @Test
    void theOwnerIsIdentifiedByItsAgentIdToo() {
        VipImage image =
                image(
                        address("web.marathon", "11.0.0.1"),
                        withLocal(
                                backend("web.marathon", 80, "10.0.0.1:31000", "a"),
                                "172.31.254.5:80"));

        assertThat(
                        DesiredState.of(
                                image, new NodeView(Set.of(ip("10.0.0.99")), Set.of("10.0.0.1"))))
                .isEqualTo(serving("11.0.0.1:80", real("172.31.254.5:80", 1)));
    }

    @Test
    void aLocalEndpointOfTheOtherFamilyIsNotUsed() {
        VipImage image =
                image(
                        address("web.marathon", "11.0.0.1"),
                        withLocal(
                                backend("web.marathon", 80, "10.0.0.1:31000", "a"),
                                "[fd01:b::5]:80"));

        assertThat(DesiredState.of(image, NodeView.at(ip("10.0.0.1"))))
                .isEqualTo(serving("11.0.0.1:80", real("10.0.0.1:31000", 1)));
    }

    @Test
    void tasksThatShareAnEndpointAreOneRealServerWithTheLargerWeight() {
        VipImage image =
                image(
                        address("web.marathon", "11.0.0.1"),
                        backend("web.marathon", 80, "10.0.0.1:31000", "new"),
                        draining(backend("web.marathon", 80, "10.0.0.1:31000", "old")));

        assertThat(DesiredState.of(image, ELSEWHERE))
                .isEqualTo(serving("11.0.0.1:80", real("10.0.0.1:31000", 1)));
    }

    @Test
    void aVipOfBothFamiliesIsTwoVirtualServers() {
        VipImage image =
                image(
                        address("web.marathon", "11.0.0.1"),
                        address("web.marathon", "fd01:c::1"),
                        backend("web.marathon", 80, "10.0.0.1:31000", "a"),
                        backend("web.marathon", 80, "[fd02::1]:31000", "b"));

        KernelState desired = DesiredState.of(image, ELSEWHERE);

        assertThat(desired.routes()).containsExactly(ip("11.0.0.1"), ip("fd01:c::1"));
        assertThat(desired.table().get(tcp("[fd01:c::1]:80")).orElseThrow().realServers())
                .extracting(RealServer::endpoint)
                .containsExactly(tcp("[fd02::1]:31000"));
    }

    @Test
    void vipsThatKeepClientAddressesAreInTheTarget() {
        VipImage image =
                image(
                        address("web.marathon", "11.0.0.1"),
                        address("db.marathon", "11.0.0.2"),
                        Samples.asking(
                                backend("web.marathon", 80, "10.0.0.1:31000", "a"),
                                VipOptions.NONE.withClientAddressKept(true)),
                        Samples.asking(
                                backend("db.marathon", 81, "10.0.0.1:31001", "b"),
                                VipOptions.NONE.withClientAddressKept(false)));

        assertThat(
                        DesiredState.target(image, ELSEWHERE, TransitionPolicy.IMMEDIATE, false)
                                .keepingClients())
                .containsExactly(tcp("11.0.0.1:80"));
    }

    @Test
    void aVirtualServerHasTheOptionsOfItsVip() {
        VipOptions options =
                VipOptions.NONE
                        .withScheduler(VipScheduler.MH)
                        .withAffinity(Duration.ofMinutes(5))
                        .withDrain(Duration.ofSeconds(90));
        VipImage image =
                image(
                        address("web.marathon", "11.0.0.1"),
                        asking(
                                backend("web.marathon", 80, "10.0.0.1:31000", "marathon:/web a"),
                                options),
                        backend("web.marathon", 81, "10.0.0.1:31001", "marathon:/web a"));

        Target target =
                DesiredState.target(
                        image,
                        ELSEWHERE,
                        new TransitionPolicy(Duration.ofSeconds(60), Duration.ofSeconds(20)),
                        false);

        assertThat(target.state().table().get(tcp("11.0.0.1:80")).orElseThrow().server())
                .isEqualTo(
                        new VirtualServer(
                                tcp("11.0.0.1:80"), "mh", VirtualServer.PERSISTENT, 300, 32));
        assertThat(target.state().table().get(tcp("11.0.0.1:81")).orElseThrow().server())
                .isEqualTo(wlc(tcp("11.0.0.1:81")));
        assertThat(target.policy(tcp("11.0.0.1:80")))
                .isEqualTo(new TransitionPolicy(Duration.ofSeconds(90), Duration.ofSeconds(20)));
        assertThat(target.policy(tcp("11.0.0.1:81")))
                .isEqualTo(new TransitionPolicy(Duration.ofSeconds(60), Duration.ofSeconds(20)));
    }

    @Test
    void anAffinityOfZeroMeansNoAffinity() {
        VipImage image =
                image(
                        address("web.marathon", "11.0.0.1"),
                        asking(
                                backend("web.marathon", 80, "10.0.0.1:31000", "marathon:/web a"),
                                VipOptions.NONE.withAffinity(Duration.ZERO)));

        assertThat(DesiredState.of(image, ELSEWHERE))
                .isEqualTo(serving("11.0.0.1:80", real("10.0.0.1:31000", 1)));
    }

    @Test
    void anIpVipNeedsNoAddressRow() {
        assertThat(
                        DesiredState.of(
                                image(backend("10.9.0.1", 80, "10.0.0.1:31000", "a")), ELSEWHERE))
                .isEqualTo(serving("10.9.0.1:80", real("10.0.0.1:31000", 1)));
    }
}
