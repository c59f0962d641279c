package io.meridian.controlplane.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;

import io.meridian.controlplane.ProgramVersion;
import io.meridian.controlplane.artery.LoggedHandshakes;
import io.meridian.controlplane.artery.PeerFilter;
import io.meridian.controlplane.config.ClusterSettings;
import io.meridian.controlplane.config.NodeSettings;
import io.meridian.controlplane.config.Role;
import io.meridian.domain.net.AddressPrefix;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Akka's cluster settings for this node.
 *
 * @param identity address, roles and TLS of this node; the operator cannot override them
 * @param witness failure detector and split-brain settings; the operator can override them
 */
record ClusterConfig(Config identity, Config witness) {
    /** The address that a node without seeds listens on: no other host reaches it. */
    private static final String LOOPBACK = "127.0.0.1";

    static ClusterConfig of(NodeSettings node) {
        Map<String, Object> own = new HashMap<>();
        boolean alone = node.cluster().seeds().isEmpty();
        own.put(
                "akka.remote.artery.canonical.hostname",
                alone ? LOOPBACK : node.address().toString());
        own.put("akka.remote.artery.canonical.port", alone ? 0 : node.cluster().port());
        own.put(
                "akka.cluster.roles",
                Stream.concat(
                                node.roles().stream().map(Role::label).sorted(),
                                Stream.of(NodeIds.role(node.id())))
                        .toList());
        own.put("akka.cluster.app-version", ProgramVersion.text());
        if (node.cluster().tls().isEmpty()) {
            own.put(
                    PeerFilter.KEY,
                    node.cluster().allow().stream().map(AddressPrefix::toString).toList());
        }
        // The halves of a partitioned network must not both run singletons and shards.
        own.put("akka.cluster.role.master.min-nr-of-members", node.cluster().quorum());
        Config config = ConfigFactory.parseMap(own);
        Config witness =
                ConfigFactory.parseResources(
                        ClusterConfig.class,
                        node.is(Role.MASTER) ? "master.conf" : "agent.conf",
                        ConfigParseOptions.defaults().setAllowMissing(false));
        Config identity =
                node.cluster().tls().map(tls -> config.withFallback(tls(tls))).orElse(config);
        return new ClusterConfig(identity, witness);
    }

    private static Config tls(ClusterSettings.Tls tls) {
        String engine = "akka.remote.artery.ssl.rotating-keys-engine.";
        return ConfigFactory.parseMap(
                Map.of(
                        "akka.remote.artery.transport",
                        "tls-tcp",
                        "akka.remote.artery.ssl.ssl-engine-provider",
                        LoggedHandshakes.class.getName(),
                        engine + "cert-file",
                        tls.certificate().toString(),
                        engine + "key-file",
                        tls.key().toString(),
                        engine + "ca-cert-file",
                        tls.authority().toString(),
                        engine + "protocol",
                        "TLSv1.3",
                        engine + "enabled-algorithms",
                        List.of("TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256")));
    }
}
