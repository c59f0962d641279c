package io.meridian.dns.answer;

import io.meridian.dns.wire.DnsName;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All our zones at one instant. A query reads one image from start to end. */
public final class DnsImage {
    private static final Comparator<Zone> LONGEST_FIRST =
            Comparator.comparing((Zone zone) -> zone.traits().origin().labels()).reversed();

    private final List<Zone> zones;

    public DnsImage(List<Zone> zones) {
        this.zones = zones.stream().sorted(LONGEST_FIRST).toList();
    }

    /** Longest origin first. */
    public List<Zone> zones() {
        return zones;
    }

    /** The zone with the longest origin that the name is at or below. */
    public Optional<Zone> zoneOf(DnsName name) {
        for (Zone zone : zones) {
            if (name.isAtOrBelow(zone.traits().origin())) {
                return Optional.of(zone);
            }
        }
        return Optional.empty();
    }

    /** The image with one zone put in place of the one with the same origin. */
    public DnsImage with(Zone zone) {
        List<Zone> next = new ArrayList<>(zones);
        next.replaceAll(old -> old.traits().key().equals(zone.traits().key()) ? zone : old);
        return new DnsImage(next);
    }
}
