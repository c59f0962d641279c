package io.meridian.controlplane.config;

import com.typesafe.config.Config;

import io.meridian.domain.net.AddressPrefix;
import io.meridian.domain.net.IpAddress;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Seeds, port, timeouts and TLS of the cluster.
 *
 * @param seeds all masters, as {@code address:port}; empty: a cluster of this one node
 * @param port TCP port for cluster traffic; 0: a free port
 * @param rejoinAfter time without a joined cluster or an answer of a master after which the node
 *     rejoins
 * @param tls empty: cluster traffic is neither encrypted nor authenticated
 * @param allow networks whose hosts may connect to the cluster port without TLS
 */
public record ClusterSettings(
        List<String> seeds,
        int port,
        Duration rejoinAfter,
        Optional<Tls> tls,
        List<AddressPrefix> allow) {
    private static final List<AddressPrefix> LOOPBACK =
            Stream.of("127.0.0.0/8", "::1/128")
                    .map(text -> AddressPrefix.parse(text).orElseThrow())
                    .toList();

    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(5);
    private static final Duration MOST_PATIENCE = Duration.ofMinutes(10);

    public ClusterSettings {
        seeds = List.copyOf(seeds);
        allow = List.copyOf(allow);
    }

    /**
     * PEM files for mutual TLS. The node reads replaced files within 5 minutes, without a restart.
     */
    public record Tls(Path certificate, Path key, Path authority) {}

    /**
     * The number of masters that must be up before the cluster runs singletons and shards: more
     * than half of all masters.
     */
    public int quorum() {
        return seeds.size() / 2 + 1;
    }

    /**
     * @param master whether this node has role master
     * @param address of this node
     * @throws IllegalArgumentException for an invalid value; the message has key, range and value
     */
    static ClusterSettings from(Config meridian, boolean master, IpAddress address) {
        int port = NodeSettings.port(meridian, "cluster.port", 0);
        List<String> seeds = seeds(meridian);
        String own = literal(address) + ":" + port;
        if (!master && seeds.isEmpty()) {
            throw NodeSettings.wrong(
                    "cluster.seeds", "a list of all masters on a node without role master", "[]");
        }
        if (master && !seeds.isEmpty() && !seeds.contains(own)) {
            throw NodeSettings.wrong(
                    "cluster.seeds",
                    "a list of all masters, with this one as \"" + own + "\"",
                    seeds.toString());
        }
        Duration patience = meridian.getDuration("cluster.rejoin-after");
        if (patience.compareTo(LEAST_PATIENCE) < 0 || patience.compareTo(MOST_PATIENCE) > 0) {
            throw NodeSettings.wrong(
                    "cluster.rejoin-after",
                    "between 5 s and 10 m",
                    meridian.getString("cluster.rejoin-after"));
        }
        Optional<Tls> tls = tls(meridian);
        if (tls.isEmpty() && !seeds.isEmpty() && !isLoopback(address)) {
            requireTrust(meridian, address);
        }
        return new ClusterSettings(seeds, port, patience, tls, allow(meridian, seeds, address));
    }

    private static void requireTrust(Config meridian, IpAddress address) {
        if (!meridian.getBoolean("cluster.trusted-network")) {
            throw NodeSettings.wrong(
                    "cluster.tls.enabled",
                    "true, because other hosts reach "
                            + address
                            + ": or set meridian.cluster.trusted-network = true if every host in"
                            + " meridian.cluster.allow is trusted",
                    "false");
        }
    }

    private static boolean isLoopback(IpAddress address) {
        return LOOPBACK.stream().anyMatch(range -> range.contains(address));
    }

    /** The operator's networks, loopback, this node and all masters. */
    private static List<AddressPrefix> allow(
            Config meridian, List<String> seeds, IpAddress address) {
        List<AddressPrefix> networks = new ArrayList<>(LOOPBACK);
        networks.add(host(address));
        for (String seed : seeds) {
            IpAddress.parse(host(seed)).map(ClusterSettings::host).ifPresent(networks::add);
        }
        for (String text : meridian.getStringList("cluster.allow")) {
            networks.add(
                    AddressPrefix.parse(text)
                            .orElseThrow(
                                    () ->
                                            NodeSettings.wrong(
                                                    "cluster.allow",
                                                    "a list of networks such as \"10.0.0.0/8\"",
                                                    text)));
        }
        return networks;
    }

    private static AddressPrefix host(IpAddress address) {
        return AddressPrefix.around(address, address.isIpv4() ? 32 : 128);
    }

    private static String host(String seed) {
        return seed.substring(0, seed.lastIndexOf(':')).replaceAll("^\\[|]$", "");
    }

    static List<String> seeds(Config config) {
        List<String> seeds = config.getStringList("cluster.seeds");
        for (String seed : seeds) {
            if (!seed.matches("[^\\s:]+:[0-9]{1,5}|\\[[0-9a-fA-F:]+]:[0-9]{1,5}")) {
                throw NodeSettings.wrong("cluster.seeds", "a list of \"address:port\"", seed);
            }
        }
        return seeds;
    }

    private static String literal(IpAddress address) {
        String text = address.toString();
        return text.contains(":") ? "[" + text + "]" : text;
    }

    private static Optional<Tls> tls(Config config) {
        if (!config.getBoolean("cluster.tls.enabled")) {
            return Optional.empty();
        }
        return Optional.of(
                new Tls(
                        NodeSettings.path(config, "cluster.tls.certificate"),
                        NodeSettings.path(config, "cluster.tls.key"),
                        NodeSettings.path(config, "cluster.tls.authority")));
    }
}
