package io.meridian.domain.zone;

import io.meridian.domain.table.Row;

import java.util.Comparator;

/**
 * One record of one zone, for one owner.
 *
 * @param zone origin, lower case, without trailing dot, such as {@code mesos}
 * @param name owner name, fully qualified, lower case, without trailing dot
 * @param data RDATA in zone-file text: an address; {@code priority weight port target.}; {@code
 *     target.} of a CNAME or PTR; one quoted string of a TXT, {@code \"} and {@code \\} within
 * @param owner see {@link Row#owner()}
 */
public record ZoneRow(String zone, String name, RecordType type, String data, String owner)
        implements Row, Comparable<ZoneRow> {
    private static final Comparator<ZoneRow> ORDER =
            Comparator.comparing(ZoneRow::zone)
                    .thenComparing(ZoneRow::name)
                    .thenComparing(ZoneRow::type)
                    .thenComparing(ZoneRow::data)
                    .thenComparing(ZoneRow::owner);

    @Override
    public int compareTo(ZoneRow other) {
        return ORDER.compare(this, other);
    }
}
