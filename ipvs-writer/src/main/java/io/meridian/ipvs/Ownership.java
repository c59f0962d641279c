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
 * Tells Meridian's virtual servers from those of other programs. Meridian's have an address inside
 * the VIP ranges, or an address that is routed on Meridian's interface (an IP VIP). The writer
 * never changes any other.
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
     * Desired and observed state, limited to Meridian's rows.
     *
     * @param conflicts addresses that the VIP image requests and another program balances, with its
     *     virtual servers; {@code desired} lacks them
     */
    public record Claim(
            KernelState desired, KernelState observed, Map<IpAddress, List<Endpoint>> conflicts) {}

    public boolean inRange(IpAddress address) {
        return range.contains(address) || range6.contains(address);
    }

    /**
     * Whether {@code desired} adds no address at which another program may have a virtual server.
     */
    public boolean isUndisputed(KernelState desired, KernelState known) {
        return desired.routes().stream()
                .allMatch(address -> inRange(address) || known.routes().contains(address));
    }

    /**
     * Limits the kernel's state to Meridian's rows, and removes from {@code desired} the addresses
     * that another program balances.
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
     * Whether a virtual server looks like one that a writer added before it died, without the
     * route: configured as Meridian does, and with no real server that the desired state lacks.
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
