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
 * Upstream servers by suffix.
 *
 * <p>Names below {@code thisdcos.directory} belong to the cluster: they go to a server only if a
 * forward zone names it, never to the general servers (specs: dcos-net 1.5).
 */
public final class Upstreams {
    public static final Upstreams NONE = new Upstreams(List.of(), Map.of());

    private static final DnsName PRIVATE = DnsName.literal("thisdcos.directory");

    private final List<InetSocketAddress> general;
    private final List<ForwardZone> zones;

    private record ForwardZone(DnsName origin, List<InetSocketAddress> servers) {}

    /**
     * The servers of one suffix.
     *
     * @param labels of the suffix
     */
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

    /**
     * The servers for a name, in the order of the settings; empty if the name must not be
     * forwarded.
     */
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

    /** All servers without duplicates. */
    public Set<InetSocketAddress> all() {
        List<InetSocketAddress> all = new ArrayList<>(general);
        zones.forEach(zone -> all.addAll(zone.servers));
        return new LinkedHashSet<>(all);
    }
}
