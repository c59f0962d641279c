package io.meridian.dns.answer;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Renaming;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All our zones at one instant. Immutable; a query reads one image from start to end. */
public final class DnsImage {
    private static final Comparator<Zone> LONGEST_FIRST =
            Comparator.comparing((Zone zone) -> zone.profile().origin().labels()).reversed();

    private final List<Zone> zones;
    private final AnswerRules rules;

    public DnsImage(List<Zone> zones) {
        this(zones, AnswerRules.PLAIN);
    }

    public DnsImage(List<Zone> zones, AnswerRules rules) {
        this.zones = zones.stream().sorted(LONGEST_FIRST).toList();
        this.rules = rules;
    }

    /** The zones, longest origin first. */
    public List<Zone> zones() {
        return zones;
    }

    public AnswerRules rules() {
        return rules;
    }

    /** Renames an alias into our zones and finds the zone of the result. */
    public Location locate(DnsName name) {
        Renaming alias = rules.aliases().of(name).orElse(null);
        DnsName inside = alias == null ? name : name.renamed(alias.from(), alias.to()).orElse(null);
        Zone zone = inside == null ? null : zoneOf(inside).orElse(null);
        return new Location(alias, inside, zone);
    }

    /** The zone with the longest origin that has the name. */
    public Optional<Zone> zoneOf(DnsName name) {
        for (Zone zone : zones) {
            if (name.isAtOrBelow(zone.profile().origin()) && zone.holds(name)) {
                return Optional.of(zone);
            }
        }
        return Optional.empty();
    }

    /** The image with this zone in place of the one with the same origin. */
    public DnsImage with(Zone zone) {
        return with(List.of(zone));
    }

    /** The image with these zones in place of those with the same origins. */
    public DnsImage with(List<Zone> changed) {
        List<Zone> next = new ArrayList<>(zones);
        for (Zone zone : changed) {
            next.replaceAll(old -> old.profile().key().equals(zone.profile().key()) ? zone : old);
        }
        return new DnsImage(next, rules);
    }
}
