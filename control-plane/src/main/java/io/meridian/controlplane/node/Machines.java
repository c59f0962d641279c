package io.meridian.controlplane.node;

import akka.actor.typed.ActorSystem;
import akka.cluster.Member;
import akka.cluster.typed.Cluster;

import io.meridian.controlplane.config.NodeSettings;
import io.meridian.dns.DnsSettings;
import io.meridian.dns.server.LocalAddresses;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.zone.ReverseZones;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRecord;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * The machines that a node knows, none of whose addresses may be an IP VIP. Masters refuse a label
 * with the address of a machine that their settings name; each node withholds those at addresses
 * that only the running cluster shows.
 *
 * @param named machines that the node's settings name; see {@link #named}
 * @param mesosDomain origin of the zone of tasks
 */
record Machines(SortedMap<IpAddress, String> named, String mesosDomain) {
    private static final Logger LOG = LoggerFactory.getLogger(Machines.class);

    Machines {
        named = Collections.unmodifiableSortedMap(new TreeMap<>(named));
    }

    static Machines of(NodeSettings node, DnsSettings dns) {
        return new Machines(named(node, dns), dns.mesosDomain());
    }

    /**
     * The addresses in the settings; a host that is named by a DNS name is not among them.
     *
     * @return by address, what the machine is, with the setting that names it
     */
    static SortedMap<IpAddress, String> named(NodeSettings node, DnsSettings dns) {
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

    /**
     * The IP VIPs whose addresses belong to machines.
     *
     * @param vips the VIP table
     * @param zones the zone table, which has the addresses of Mesos masters, agents and containers
     * @param members addresses of the cluster's members
     * @param own addresses of this host's interfaces
     * @return by address, what the machine is
     */
    SortedMap<IpAddress, String> among(
            VipImage vips,
            ZoneImage zones,
            Supplier<Set<IpAddress>> members,
            Supplier<Set<IpAddress>> own) {
        SortedSet<IpAddress> literals = vips.literals();
        SortedMap<IpAddress, String> found = new TreeMap<>();
        if (literals.isEmpty()) {
            return found; // the usual case
        }
        vips.tasksAt(literals)
                .forEach((at, task) -> found.put(at, "a task's machine (" + task + ")"));
        for (IpAddress literal : literals) {
            if (!zones.records(originOf(literal), ReverseZones.name(literal)).isEmpty()) {
                found.putIfAbsent(literal, "a Mesos agent or container");
            }
        }
        note("slave." + mesosDomain, "a Mesos agent", zones, literals, found);
        note("master." + mesosDomain, "a Mesos master", zones, literals, found);
        members.get().forEach(one -> note(one, "a node of the cluster", literals, found));
        own.get().forEach(one -> note(one, "this node", literals, found));
        named.forEach((one, machine) -> note(one, machine, literals, found));
        return found;
    }

    private void note(
            String name,
            String machine,
            ZoneImage zones,
            Set<IpAddress> literals,
            SortedMap<IpAddress, String> found) {
        for (ZoneRecord record : zones.records(mesosDomain, name)) {
            IpAddress.parse(record.data()).ifPresent(one -> note(one, machine, literals, found));
        }
    }

    private static void note(
            IpAddress address,
            String machine,
            Set<IpAddress> literals,
            SortedMap<IpAddress, String> found) {
        if (literals.contains(address)) {
            found.put(address, machine);
        }
    }

    private static String originOf(IpAddress address) {
        return address.isIpv4() ? ReverseZones.IPV4 : ReverseZones.IPV6;
    }

    /** The addresses of all members of that actor system's cluster. */
    static Set<IpAddress> members(ActorSystem<?> system) {
        Set<IpAddress> all = new TreeSet<>();
        for (Member member : Cluster.get(system).state().getMembers()) {
            member.address().getHost().flatMap(Machines::host).ifPresent(all::add);
        }
        return all;
    }

    /** The addresses of this host's interfaces; none if the system does not tell. */
    static Set<IpAddress> ofInterfaces() {
        Set<IpAddress> all = new TreeSet<>();
        try {
            for (InetAddress one : LocalAddresses.behind(InetAddress.getByName("::"))) {
                all.add(IpAddress.of(one.getAddress()));
            }
        } catch (IOException unreadable) {
            LOG.warn(
                    "cannot read this host's addresses: {}; an IP VIP may have one of them",
                    unreadable.toString());
        }
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
