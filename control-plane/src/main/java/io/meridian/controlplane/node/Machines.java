package io.meridian.controlplane.node;

import io.meridian.controlplane.config.NodeSettings;
import io.meridian.dns.DnsSettings;
import io.meridian.domain.net.IpAddress;

import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The machines that a node's settings name, none of whose addresses may be an IP VIP. */
final class Machines {
    private Machines() {}

    /**
     * The addresses in the settings; a host that is named by a DNS name is not among them.
     *
     * @return by address, what the machine is, with the setting that names it
     */
    static SortedMap<IpAddress, String> of(NodeSettings node, DnsSettings dns) {
        SortedMap<IpAddress, String> all = new TreeMap<>();
        if (node.journal() instanceof NodeSettings.Journal.External(var database)) {
            for (String host : database.host().split(",", -1)) {
                host(host).ifPresent(at -> all.put(at, "the database (journal.postgres.host)"));
            }
        }
        for (InetSocketAddress server : dns.upstreams().all()) {
            all.put(address(server), "a DNS server (dns.upstreams or dns.forward-zones)");
        }
        for (IpAddress master : dns.zones().masters()) {
            all.put(master, "a Mesos master (dns.masters)");
        }
        for (IpAddress address : dns.zones().publicAddresses()) {
            all.put(address, "a node (dns.public-addresses)");
        }
        for (InetSocketAddress listening : dns.listen()) {
            all.put(address(listening), "a DNS server (dns.listen)");
        }
        all.put(dns.zones().spartanAddress(), "the cluster's DNS server (dns.spartan-address)");
        for (String seed : node.cluster().seeds()) {
            host(seed).ifPresent(at -> all.put(at, "a master (cluster.seeds)"));
        }
        all.put(node.address(), "node " + node.id() + " (node.address)");
        return all;
    }

    private static IpAddress address(InetSocketAddress socket) {
        return IpAddress.of(socket.getAddress().getAddress());
    }

    /** Reads {@code address}, {@code address:port} and {@code [ipv6]:port}; empty for a name. */
    private static Optional<IpAddress> host(String text) {
        String bare = text.strip();
        return IpAddress.parse(bare.replaceAll("^\\[|]$", ""))
                .or(() -> IpAddress.parse(bare.replaceAll("\\]?:[0-9]+$", "").replace("[", "")));
    }
}
