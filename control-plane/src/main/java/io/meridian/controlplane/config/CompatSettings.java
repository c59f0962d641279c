package io.meridian.controlplane.config;

import com.typesafe.config.Config;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Which HTTP APIs of Mesos-DNS and dcos-net this node serves.
 *
 * @param mesosDns address of Mesos-DNS's API; empty: off
 * @param enumeration whether Mesos-DNS's API has {@code /v1/enumerate} and {@code /v1/axfr}, which
 *     show whole zones
 * @param dcosNet address of dcos-net's API; empty: off
 */
public record CompatSettings(
        Optional<InetSocketAddress> mesosDns,
        boolean enumeration,
        Optional<InetSocketAddress> dcosNet) {
    public static final String MESOS_DNS = "compat.mesos-dns.listen";
    public static final String DCOS_NET = "compat.dcos-net.listen";

    /**
     * @throws IllegalArgumentException for an invalid value; the message has key, range and value
     */
    public static CompatSettings from(Config config) {
        Config meridian = config.getConfig("meridian");
        Optional<InetSocketAddress> mesosDns = listen(meridian, MESOS_DNS);
        Optional<InetSocketAddress> dcosNet = listen(meridian, DCOS_NET);
        InetSocketAddress http = NodeSettings.socket(meridian, "http.listen");
        mesosDns.ifPresent(own -> refuseTwice(meridian, MESOS_DNS, own, "http.listen", http));
        dcosNet.ifPresent(own -> refuseTwice(meridian, DCOS_NET, own, "http.listen", http));
        dcosNet.ifPresent(
                own ->
                        mesosDns.ifPresent(
                                other -> refuseTwice(meridian, DCOS_NET, own, MESOS_DNS, other)));
        return new CompatSettings(
                mesosDns, meridian.getBoolean("compat.mesos-dns.enumeration"), dcosNet);
    }

    private static Optional<InetSocketAddress> listen(Config config, String key) {
        return config.getString(key).isBlank()
                ? Optional.empty()
                : Optional.of(NodeSettings.socket(config, key));
    }

    private static void refuseTwice(
            Config config,
            String key,
            InetSocketAddress own,
            String otherKey,
            InetSocketAddress other) {
        boolean sameAddress =
                own.getAddress().equals(other.getAddress())
                        || own.getAddress().isAnyLocalAddress()
                        || other.getAddress().isAnyLocalAddress();
        if (own.getPort() != 0 && own.getPort() == other.getPort() && sameAddress) {
            throw NodeSettings.wrong(
                    key,
                    "another address and port than meridian." + otherKey,
                    config.getString(key));
        }
    }
}
