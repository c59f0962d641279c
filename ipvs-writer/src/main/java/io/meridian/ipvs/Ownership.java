package io.meridian.ipvs;

import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;

import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which virtual servers in the kernel are ours. Those at an address inside our VIP ranges, and
 * those at an address that is routed on our interface (an IP VIP that we have put). Everything else
 * is somebody else's and never touched.
 *
 * @param range of IPv4
 * @param range6 of IPv6
 */
public record Ownership(AddressRange range, AddressRange range6) {
    public Ownership {
        if (!range.first().isIpv4() || !range6.first().isIpv6()) {
            throw new IllegalArgumentException(
                    "need an IPv4 and an IPv6 range: was " + range + ", " + range6);
        }
    }

    /**
     * Desired and observed state without what is not ours.
     *
     * @param conflicts addresses that we should hold and somebody else does, with their virtual
     *     servers; left out of {@code desired}
     */
    public record Claim(
            KernelState desired, KernelState observed, Map<IpAddress, List<Endpoint>> conflicts) {}

    public boolean inRange(IpAddress address) {
        return range.contains(address) || range6.contains(address);
    }

    /**
     * Whether no address of {@code desired} can meet a stranger's virtual server, given what is
     * known to be ours.
     */
    public boolean isUndisputed(KernelState desired, KernelState known) {
        return desired.routes().stream()
                .allMatch(address -> inRange(address) || known.routes().contains(address));
    }

    /**
     * Separates what is ours in {@code kernel}, and takes out of {@code desired} what would take a
     * stranger's place.
     */
    public Claim claim(KernelState desired, KernelState kernel) {
        Map<IpAddress, List<Endpoint>> conflicts = new TreeMap<>();
        for (IpAddress address : desired.routes()) {
            if (!inRange(address) && !kernel.routes().contains(address)) {
                List<Endpoint> present = at(address, kernel.table());
                if (!present.stream().allMatch(server -> isUnfinished(server, desired, kernel))) {
                    conflicts.put(address, present);
                }
            }
        }
        SortedSet<IpAddress> routes = new TreeSet<>(desired.routes());
        routes.removeAll(conflicts.keySet());
        IpvsTable wanted =
                desired.table().filter(server -> !conflicts.containsKey(server.address()));
        IpvsTable ours =
                kernel.table()
                        .filter(
                                server ->
                                        inRange(server.address())
                                                || kernel.routes().contains(server.address())
                                                || routes.contains(server.address()));
        return new Claim(
                new KernelState(wanted, routes, desired.link()),
                new KernelState(ours, kernel.routes(), kernel.link()),
                conflicts);
    }

    private static List<Endpoint> at(IpAddress address, IpvsTable table) {
        return table.entries().stream()
                .map(entry -> entry.server().endpoint())
                .filter(server -> server.address().equals(address))
                .toList();
    }

    /**
     * Whether that virtual server is what we leave behind if we die between adding it and routing
     * to it: configured as we would, with no real server that we wouldn't add.
     */
    private static boolean isUnfinished(Endpoint server, KernelState desired, KernelState kernel) {
        return desired.table()
                .get(server)
                .flatMap(
                        wanted ->
                                kernel.table()
                                        .get(server)
                                        .filter(present -> present.server().equals(wanted.server()))
                                        .filter(wanted::hasAllOf))
                .isPresent();
    }
}
