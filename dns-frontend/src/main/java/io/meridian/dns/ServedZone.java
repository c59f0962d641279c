package io.meridian.dns;

import io.meridian.dns.answer.Zone;
import io.meridian.dns.answer.ZoneTraits;
import io.meridian.dns.wire.Rdata;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRecord;
import io.meridian.domain.zone.ZoneRow;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A zone as this node answers it, at one revision, for whoever shows zones. Immutable.
 *
 * @param origin lower case, without trailing dot
 * @param ttl of its records, seconds
 * @param complete false until its first image has come: nothing is known to be absent before
 * @param soa its serial is the table's revision; 0 before the first image
 * @param table the image with the rows of this zone, and maybe of others
 * @param own what this server adds to them, such as its own addresses
 */
public record ServedZone(
        String origin, long ttl, boolean complete, Rdata.Soa soa, ZoneImage table, ZoneImage own) {

    static ServedZone of(Zone zone) {
        ZoneTraits traits = zone.traits();
        return new ServedZone(
                traits.key(),
                traits.ttl(),
                zone.complete(),
                (Rdata.Soa) zone.soa().data().getFirst(),
                zone.image(),
                traits.own());
    }

    /** Every owner name, sorted, without trailing dot. */
    public List<String> names() {
        List<String> added = own.names(origin);
        if (added.isEmpty()) {
            return table.names(origin);
        }
        TreeSet<String> all = new TreeSet<>(table.names(origin));
        all.addAll(added);
        return List.copyOf(all);
    }

    /**
     * The records of a name, sorted, without duplicates.
     *
     * @param name lower case, without trailing dot
     */
    public List<ZoneRecord> records(String name) {
        List<ZoneRecord> rows = table.records(origin, name);
        List<ZoneRecord> added = own.records(origin, name);
        return added.isEmpty()
                ? rows
                : Stream.concat(rows.stream(), added.stream()).sorted().distinct().toList();
    }

    /** All records, sorted by name, without duplicates; made name by name as they are taken. */
    public Stream<ZoneRecord> records() {
        return names().stream().flatMap(name -> records(name).stream());
    }

    /** The rows of the table, with their owners, sorted. What the server adds has none. */
    public Stream<ZoneRow> rows() {
        return table.rows().stream().filter(row -> row.zone().equals(origin));
    }
}
