package io.meridian.controlplane.artery;

import com.typesafe.config.Config;

import io.meridian.domain.net.AddressPrefix;
import io.meridian.domain.net.IpAddress;

import java.net.InetAddress;
import java.util.List;

/**
 * The networks whose hosts may connect to the cluster port.
 *
 * @param networks empty: every host may connect, because TLS decides
 */
public record PeerFilter(List<AddressPrefix> networks) {
    /** Key of the networks in the actor system's configuration, each as text. */
    public static final String KEY = "meridian-cluster-port.allow";

    public PeerFilter {
        networks = List.copyOf(networks);
    }

    /** Reads the networks of an actor system; without the key every host may connect. */
    public static PeerFilter of(Config config) {
        return new PeerFilter(
                config.hasPath(KEY)
                        ? config.getStringList(KEY).stream()
                                .map(text -> AddressPrefix.parse(text).orElseThrow())
                                .toList()
                        : List.of());
    }

    /** Whether that host may connect. */
    public boolean allows(InetAddress peer) {
        IpAddress address = IpAddress.of(peer.getAddress());
        return networks.isEmpty()
                || networks.stream().anyMatch(network -> network.contains(address));
    }
}
