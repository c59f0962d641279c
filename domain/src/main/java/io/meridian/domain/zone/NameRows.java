package io.meridian.domain.zone;

import java.util.Arrays;
import java.util.List;

/**
 * The rows of one name. While a table is read, any threads add rows in any order. The first read
 * sorts and packs them; no row may be added after that.
 */
final class NameRows {
    private static final int FIELDS = 3;

    private Object[] loose; // type, data and owner of each row in turn; null once packed
    private int length;
    private PackedRows packed; // null until packed

    /** An object without rows, to add some. */
    NameRows() {
        this.loose = new Object[FIELDS];
    }

    NameRows(PackedRows packed) {
        this.packed = packed;
    }

    /**
     * Adds a row.
     *
     * @throws IllegalArgumentException if its data is too long, see {@link PackedRows#check}
     */
    synchronized void add(ZoneRow row) {
        PackedRows.check(row);
        if (length == loose.length) {
            loose = Arrays.copyOf(loose, 2 * length);
        }
        loose[length] = row.type();
        loose[length + 1] = row.data();
        loose[length + 2] = row.owner();
        length += FIELDS;
    }

    PackedRows packed() {
        PackedRows now = packed; // immutable, so the unsynchronized write publishes it safely
        return now != null ? now : pack();
    }

    private synchronized PackedRows pack() {
        if (packed == null) {
            packed = PackedRows.of(sorted());
            loose = null;
        }
        return packed;
    }

    /** Packs the rows without duplicates. */
    private List<ZoneRow> sorted() {
        ZoneRow[] rows = new ZoneRow[length / FIELDS];
        for (int i = 0; i < rows.length; i++) {
            int at = FIELDS * i;
            rows[i] =
                    new ZoneRow(
                            "",
                            "",
                            (RecordType) loose[at],
                            (String) loose[at + 1],
                            (String) loose[at + 2]);
        }
        return ZoneRow.distinct(rows);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof NameRows that && packed().equals(that.packed());
    }

    @Override
    public int hashCode() {
        return packed().hashCode();
    }
}
