package io.meridian.dns;

import io.meridian.dns.answer.Zone;
import io.meridian.dns.answer.ZoneProfile;
import io.meridian.dns.wire.Rdata;
import io.meridian.domain.table.Change;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.DcosZone;
import io.meridian.domain.zone.L4lbZone;
import io.meridian.domain.zone.ReverseZones;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRecord;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.CurrentImage;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A zone as this node answers it, at one revision, for the admin and compatibility APIs. Immutable.
 *
 * @param origin lower case, without trailing dot
 * @param ttl of the records, seconds
 * @param complete false before the first image, when no name is known to be absent
 * @param soa its serial is the table's revision; 0 before the first image
 * @param table image with the rows of this zone, and possibly of others
 * @param own records that this server adds, such as its own addresses
 * @param part names of {@code table} and {@code own} that the zone shows below its own origin
 */
public record ServedZone(
        String origin,
        long ttl,
        boolean complete,
        Rdata.Soa soa,
        ZoneImage table,
        ZoneImage own,
        ZoneProfile.Part part) {

    /** A zone that shows all rows below its own origin. */
    public ServedZone(
            String origin,
            long ttl,
            boolean complete,
            Rdata.Soa soa,
            ZoneImage table,
            ZoneImage own) {
        this(origin, ttl, complete, soa, table, own, new ZoneProfile.Part(origin, origin));
    }

    static ServedZone of(Zone zone) {
        ZoneProfile profile = zone.profile();
        return new ServedZone(
                profile.key(),
                profile.ttl(),
                zone.complete(),
                (Rdata.Soa) zone.soa().data().getFirst(),
                zone.image(),
                zone.own(),
                profile.part());
    }

    /**
     * The zones of a node without DNS server, from its tables only, sorted by origin.
     *
     * @param mesosTtl seconds
     */
    public static List<ServedZone> ofTables(
            String mesosDomain,
            long mesosTtl,
            CurrentImage<ZoneRow, ZoneImage> zones,
            CurrentImage<VipRow, VipImage> vips) {
        L4lbZone named = L4lbZone.of(vips.image());
        long zone = Math.max(0, zones.revision());
        long vip = Math.max(0, vips.revision());
        boolean both = zones.shown().isPresent() && vips.shown().isPresent();
        return Stream.of(
                        of(ZoneProfile.mesos(mesosDomain, mesosTtl, List.of()), zones),
                        of(ZoneProfile.dcos(DcosZone.ORIGIN, ZoneImage.EMPTY), zones),
                        of(ZoneProfile.l4lb(), named.zone(), vip, vips.shown().isPresent()),
                        reverse(ReverseZones.IPV4, zones.image(), named, zone + vip, both),
                        reverse(ReverseZones.IPV6, zones.image(), named, zone + vip, both))
                .map(ServedZone::of)
                .sorted(Comparator.comparing(ServedZone::origin))
                .toList();
    }

    private static Zone of(ZoneProfile profile, CurrentImage<ZoneRow, ZoneImage> zones) {
        return of(profile, zones.image(), Math.max(0, zones.revision()), zones.shown().isPresent());
    }

    private static Zone of(ZoneProfile profile, ZoneImage image, long revision, boolean shown) {
        Zone zone = Zone.awaited(profile);
        return shown ? zone.update(List.of(), image, revision) : zone;
    }

    private static Zone reverse(
            String origin, ZoneImage zones, L4lbZone named, long revision, boolean shown) {
        ZoneImage ofVips =
                ZoneImage.EMPTY.apply(named.reverse().stream().map(Change::add).toList());
        return of(ZoneProfile.reverse(origin), zones, revision, shown)
                .updateOwn(List.of(), ofVips, revision);
    }

    /** Every owner name, sorted, without trailing dot. */
    public List<String> names() {
        List<String> added = own.names(part.zone());
        boolean whole = part.zone().equals(origin);
        if (added.isEmpty() && whole) {
            return table.names(origin);
        }
        TreeSet<String> all = new TreeSet<>(table.names(part.zone()));
        all.addAll(added);
        return whole
                ? List.copyOf(all)
                : all.stream()
                        .filter(name -> ZoneImage.inZone(name, part.origin()))
                        .map(this::outside)
                        .sorted()
                        .toList();
    }

    /**
     * The records of a name, sorted, without duplicates.
     *
     * @param name lower case, without trailing dot
     */
    public List<ZoneRecord> records(String name) {
        if (!ZoneImage.inZone(name, origin)) {
            return List.of();
        }
        String inside = name.substring(0, name.length() - origin.length()) + part.origin();
        List<ZoneRecord> rows = table.records(part.zone(), inside);
        List<ZoneRecord> added = own.records(part.zone(), inside);
        if (added.isEmpty() && part.origin().equals(origin)) {
            return rows;
        }
        return Stream.concat(rows.stream(), added.stream())
                .map(this::outside)
                .sorted()
                .distinct()
                .toList();
    }

    private String outside(String name) {
        return ZoneImage.inZone(name, part.origin())
                ? name.substring(0, name.length() - part.origin().length()) + origin
                : name;
    }

    private ZoneRecord outside(ZoneRecord record) {
        String data =
                switch (record.type()) {
                    case A, AAAA, TXT -> record.data();
                    case SRV, CNAME, PTR -> {
                        int start = record.data().lastIndexOf(' ') + 1;
                        String target = record.data().substring(start).replaceAll("\\.$", "");
                        yield record.data().substring(0, start) + outside(target) + ".";
                    }
                };
        return new ZoneRecord(outside(record.name()), record.type(), data);
    }

    /** All records, sorted by name, without duplicates; computed one name at a time. */
    public Stream<ZoneRecord> records() {
        return names().stream().flatMap(name -> records(name).stream());
    }

    /**
     * The rows of the table with their owners, sorted. Empty for a view; without the server's own
     * records, which have no owner.
     */
    public Stream<ZoneRow> rows() {
        return table.rows().stream().filter(row -> row.zone().equals(origin));
    }
}
