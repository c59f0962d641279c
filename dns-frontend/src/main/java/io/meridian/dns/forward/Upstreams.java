package io.meridian.dns.forward;

import io.meridian.dns.wire.DnsName;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which servers answer which names outside our zones.
 *
 * <p>Names below {@code thisdcos.directory} are the cluster's own: they go to a server only if a
 * forward zone names them, never to the general ones (specs: dcos-net 1.5).
 */
public final class Upstreams {
    public static final Upstreams NONE = new Upstreams(List.of(), Map.of());

    private static final DnsName PRIVATE = DnsName.literal("thisdcos.directory");

    private final List<InetSocketAddress> general;
    private final List<ForwardZone> zones;

    private record ForwardZone(DnsName origin, List<InetSocketAddress> servers) {}

    /** Servers of one suffix, and how long that suffix is. */
    public record Choice(int labels, List<InetSocketAddress> servers) {}

    public Upstreams(List<InetSocketAddress> general, Map<DnsName, List<InetSocketAddress>> zones) {
        this.general = List.copyOf(general);
        this.zones =
                zones.entrySet().stream()
                        .map(
                                entry ->
                                        new ForwardZone(
                                                entry.getKey(), List.copyOf(entry.getValue())))
                        .sorted(
                                Comparator.comparing((ForwardZone zone) -> zone.origin.labels())
                                        .reversed())
                        .toList();
    }

    /** Servers for a name in the order to ask them; empty if it is not ours to forward. */
    public Optional<Choice> of(DnsName name) {
        for (ForwardZone zone : zones) {
            if (name.isAtOrBelow(zone.origin)) {
                return Optional.of(new Choice(zone.origin.labels(), zone.servers));
            }
        }
        if (general.isEmpty() || name.isAtOrBelow(PRIVATE) && name.labels() > PRIVATE.labels()) {
            return Optional.empty();
        }
        return Optional.of(new Choice(0, general));
    }

    /** Origins of the forward zones, longest first. */
    public List<DnsName> origins() {
        return zones.stream().map(ForwardZone::origin).toList();
    }

    public boolean isEmpty() {
        return general.isEmpty() && zones.isEmpty();
    }

    /** Every server there is. */
    public Set<InetSocketAddress> all() {
        List<InetSocketAddress> all = new ArrayList<>(general);
        zones.forEach(zone -> all.addAll(zone.servers));
        return new LinkedHashSet<>(all);
    }
}
