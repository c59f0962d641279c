package io.meridian.controlplane.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.meridian.domain.net.IpAddress;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class NodeAddressTest {
    private static final NodeAddress.Local DOCKER = local("docker0", "172.17.0.1");
    private static final NodeAddress.Local ETH = local("eth0", "10.88.0.7");
    private static final NodeAddress.Local ETH6 = local("eth0", "2001:db8::7");
    private static final List<String> SEEDS = List.of("master.unknown:25520", "10.0.0.1:25520");

    @Test
    void theRouteToTheFirstSeedThatHasOneDecides() {
        assertThat(choose("", SEEDS, List.of(DOCKER, ETH))).isEqualTo(ETH.address());
        assertThat(choose("", SEEDS, List.of(ETH, DOCKER))).isEqualTo(ETH.address());
    }

    @Test
    void theSettingGoesBeforeTheRoute() {
        assertThat(choose("10.1.1.1", SEEDS, List.of(ETH)).toString()).isEqualTo("10.1.1.1");
        assertThatThrownBy(() -> choose("myhost.example", SEEDS, List.of(ETH)))
                .hasMessage(
                        "setting meridian.node.address must be an IP address: was myhost.example");
    }

    @Test
    void theOnlyAddressNeedsNoSeeds() {
        assertThat(choose("", List.of(), List.of(ETH6, ETH))).isEqualTo(ETH.address());
        assertThat(choose("", List.of(), List.of(ETH6))).isEqualTo(ETH6.address());
        assertThat(choose("", List.of(), List.of()).toString()).isEqualTo("127.0.0.1");
    }

    @Test
    void severalAddressesWithoutARouteAreRefused() {
        assertThatThrownBy(() -> choose("", List.of(), List.of(DOCKER, ETH)))
                .hasMessage(
                        "setting meridian.node.address must be one of this host's addresses"
                                + " 172.17.0.1 (docker0), 10.88.0.7 (eth0), because there are no"
                                + " cluster.seeds to choose by: was \"\"");
        assertThatThrownBy(() -> choose("", List.of("master.unknown:1"), List.of(DOCKER, ETH)))
                .hasMessageContaining("because no cluster.seeds has a route");
    }

    @Test
    void aConnectedSocketTellsTheRoute() {
        assertThat(NodeAddress.of("", List.of("127.0.0.1:25520")).toString())
                .isEqualTo("127.0.0.1");
        assertThat(NodeAddress.of("", List.of("[::1]:25520")).toString()).isEqualTo("::1");
    }

    private static IpAddress choose(
            String text, List<String> seeds, List<NodeAddress.Local> locals) {
        return NodeAddress.choose(
                text,
                seeds,
                seed -> seed.startsWith("10.0.0.1") ? Optional.of(ETH.address()) : Optional.empty(),
                locals);
    }

    private static NodeAddress.Local local(String device, String address) {
        return new NodeAddress.Local(device, IpAddress.literal(address));
    }
}
