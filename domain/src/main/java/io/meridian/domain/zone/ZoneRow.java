package io.meridian.domain.zone;

import io.meridian.domain.table.Row;

import java.util.Arrays;
import java.util.List;

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
    /**
     * Sorts rows and drops duplicates.
     *
     * @param rows the method reorders the list
     */
    static List<ZoneRow> distinct(ZoneRow[] rows) {
        Arrays.sort(rows);
        int kept = 0;
        for (ZoneRow row : rows) {
            if (kept == 0 || !row.equals(rows[kept - 1])) {
                rows[kept++] = row;
            }
        }
        return List.of(kept == rows.length ? rows : Arrays.copyOf(rows, kept));
    }

    @Override
    public int compareTo(ZoneRow other) {
        if (!zone.equals(other.zone)) {
            return zone.compareTo(other.zone);
        }
        if (!name.equals(other.name)) {
            return name.compareTo(other.name);
        }
        if (type != other.type) {
            return type.compareTo(other.type);
        }
        int byData = data.compareTo(other.data);
        return byData != 0 ? byData : owner.compareTo(other.owner);
    }
}
