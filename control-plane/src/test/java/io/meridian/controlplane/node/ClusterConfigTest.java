package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;

import io.meridian.controlplane.artery.PeerFilter;
import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.config.ConfigurationException;
import io.meridian.controlplane.config.NodeSettings;

import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

class ClusterConfigTest {
    private static final String SEEDS = "10.0.0.1:25520,10.0.0.2:25520,10.0.0.3:25520";

    private static NodeSettings settings(Map<String, String> more) {
        Map<String, String> all =
                new HashMap<>(
                        Map.of(
                                "meridian.node.address", "10.0.0.1",
                                "meridian.cluster.trusted-network", "true"));
        all.putAll(more);
        return Configuration.load(Optional.empty(), all).read(NodeSettings::from);
    }

    @Test
    void singletonsNeedMoreThanHalfOfTheMasters() {
        String key = "akka.cluster.role.master.min-nr-of-members";
        assertThat(identity(Map.of()).getInt(key)).isEqualTo(1);
        assertThat(identity(Map.of("meridian.cluster.seeds", SEEDS)).getInt(key)).isEqualTo(2);
        assertThat(
                        identity(
                                        Map.of(
                                                "meridian.cluster.seeds",
                                                SEEDS + ",10.0.0.4:25520,10.0.0.5:25520"))
                                .getInt(key))
                .isEqualTo(3);
    }

    private static Config identity(Map<String, String> more) {
        return ClusterConfig.of(settings(more)).identity();
    }

    @Test
    void aNodeWithoutSeedsListensOnLoopbackOnly() {
        Config alone = identity(Map.of("meridian.cluster.port", "25520"));
        assertThat(alone.getString("akka.remote.artery.canonical.hostname")).isEqualTo("127.0.0.1");
        assertThat(alone.getInt("akka.remote.artery.canonical.port")).isZero();
        Config one = identity(Map.of("meridian.cluster.seeds", SEEDS));
        assertThat(one.getString("akka.remote.artery.canonical.hostname")).isEqualTo("10.0.0.1");
        assertThat(one.getInt("akka.remote.artery.canonical.port")).isEqualTo(25520);
    }

    @Test
    void aNodeThatOtherHostsReachNeedsTlsOrAWordOfTrust() {
        Map<String, String> open =
                Map.of(
                        "meridian.cluster.seeds",
                        SEEDS,
                        "meridian.cluster.trusted-network",
                        "false");
        assertThatThrownBy(() -> settings(open))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("setting meridian.cluster.tls.enabled must be true")
                .hasMessageContaining("because other hosts reach 10.0.0.1")
                .hasMessageContaining("set meridian.cluster.trusted-network = true")
                .hasMessageNotContaining("\n");

        Map<String, String> loopback = new HashMap<>(open);
        loopback.put("meridian.node.address", "127.0.0.5");
        loopback.put("meridian.cluster.seeds", "127.0.0.5:25520");
        assertThat(settings(loopback).cluster().seeds()).hasSize(1);
    }

    @Test
    void withoutTlsOnlyMastersAndTheNetworksOfAllowMayConnect() throws Exception {
        Config config =
                identity(
                        Map.of(
                                "meridian.cluster.seeds",
                                SEEDS,
                                "meridian.cluster.allow",
                                "[\"192.0.2.0/24\", \"2001:db8::/32\"]"));
        PeerFilter filter = PeerFilter.of(config);
        for (String allowed :
                List.of("127.0.0.9", "::1", "10.0.0.1", "10.0.0.3", "192.0.2.7", "2001:db8::7")) {
            assertThat(filter.allows(InetAddress.getByName(allowed))).as(allowed).isTrue();
        }
        for (String stranger : List.of("10.0.0.9", "192.0.3.1", "2001:db9::1", "8.8.8.8")) {
            assertThat(filter.allows(InetAddress.getByName(stranger))).as(stranger).isFalse();
        }
        assertThatThrownBy(() -> settings(Map.of("meridian.cluster.allow", "10.0.0.1/8")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("meridian.cluster.allow must be a list of networks");
    }

    @Test
    void onlyMastersObserveOtherNodes() {
        String pause = "akka.cluster.failure-detector.acceptable-heartbeat-pause";
        assertThat(ClusterConfig.of(settings(Map.of())).witness().getDuration(pause)).hasSeconds(4);
        assertThat(
                        ClusterConfig.of(
                                        settings(
                                                Map.of(
                                                        "meridian.roles",
                                                        "agent",
                                                        "meridian.cluster.seeds",
                                                        SEEDS)))
                                .witness()
                                .getDuration(pause))
                .hasDays(10_000);
    }

    @Test
    void aMasterThatIsNotAmongTheSeedsIsRefused() {
        assertThatThrownBy(
                        () ->
                                settings(
                                        Map.of(
                                                "meridian.cluster.seeds",
                                                "10.0.0.2:25520,10.0.0.3:25520")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("meridian.cluster.seeds")
                .hasMessageContaining("with this one as \"10.0.0.1:25520\"");
        assertThat(
                        settings(
                                        Map.of(
                                                "meridian.roles",
                                                "agent",
                                                "meridian.cluster.seeds",
                                                "10.0.0.2:25520,10.0.0.3:25520"))
                                .cluster()
                                .seeds())
                .hasSize(2);
    }

    @Test
    void anAgentWithoutSeedsIsRefused() {
        assertThatThrownBy(() -> settings(Map.of("meridian.roles", "agent")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(
                        "setting meridian.cluster.seeds must be a list of all masters on a node"
                                + " without role master: was []");
    }

    @Test
    void tlsNamesItsFilesToAkka() {
        Map<String, String> tls =
                Map.of(
                        "meridian.cluster.tls.enabled", "true",
                        "meridian.cluster.tls.authority", "/tls/ca.crt");
        assertThat(identity(tls).getString("akka.remote.artery.transport")).isEqualTo("tls-tcp");
        assertThat(
                        identity(tls)
                                .getString(
                                        "akka.remote.artery.ssl.rotating-keys-engine.ca-cert-file"))
                .isEqualTo("/tls/ca.crt");
        assertThat(identity(Map.of()).hasPath("akka.remote.artery.transport")).isFalse();
    }
}
