package io.meridian.domain.zone;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of one name, in a fraction of the memory that they take as objects: a node holds
 * millions and looks at few. Types and data stand in one array, owners beside it; an owner's text
 * is shared by all names that its task has.
 *
 * <pre>
 * 1  type, {@link RecordType#ordinal()}
 * 2  length of the data
 * n  data, UTF-8
 * </pre>
 */
final class PackedRows {
    static final PackedRows NONE = new PackedRows(new byte[0], new String[0]);

    private static final RecordType[] TYPES = RecordType.values();
    private static final int HEAD = 3;
    private static final int MAX_DATA = 0xffff;

    private final byte[] records;
    private final Object owners; // String of one row, String[] of several

    private PackedRows(byte[] records, Object owners) {
        this.records = records;
        this.owners = owners;
    }

    /**
     * Checks that a row can be packed.
     *
     * @throws IllegalArgumentException if its data is longer than {@value #MAX_DATA} bytes
     */
    static void check(ZoneRow row) {
        if (row.data().length() > MAX_DATA / 3 // upper bound of the UTF-8 bytes per char
                && row.data().getBytes(StandardCharsets.UTF_8).length > MAX_DATA) {
            throw new IllegalArgumentException(
                    "data of " + row.name() + " has more than " + MAX_DATA + " bytes");
        }
    }

    /**
     * Packs rows.
     *
     * @param rows of one name, sorted
     * @throws IllegalArgumentException if a row's data is longer than {@value #MAX_DATA} bytes
     */
    static PackedRows of(List<ZoneRow> rows) {
        byte[][] data = new byte[rows.size()][];
        int length = 0;
        for (int i = 0; i < data.length; i++) {
            check(rows.get(i));
            data[i] = rows.get(i).data().getBytes(StandardCharsets.UTF_8);
            length += HEAD + data[i].length;
        }
        byte[] records = new byte[length];
        String[] owners = new String[data.length];
        int at = 0;
        for (int i = 0; i < data.length; i++) {
            records[at] = (byte) rows.get(i).type().ordinal();
            records[at + 1] = (byte) (data[i].length >>> 8);
            records[at + 2] = (byte) data[i].length;
            System.arraycopy(data[i], 0, records, at + HEAD, data[i].length);
            at += HEAD + data[i].length;
            owners[i] = rows.get(i).owner();
        }
        return new PackedRows(records, owners.length == 1 ? owners[0] : owners);
    }

    boolean isEmpty() {
        return records.length == 0;
    }

    /** The rows in their order; the caller supplies zone and name, which are not packed. */
    List<ZoneRow> rows(String zone, String name) {
        List<ZoneRow> rows = new ArrayList<>(size());
        for (int at = 0; at < records.length; at += HEAD + length(at)) {
            rows.add(new ZoneRow(zone, name, TYPES[records[at]], data(at), owner(rows.size())));
        }
        return rows;
    }

    /** The records, sorted, without duplicates of other owners. */
    List<ZoneRecord> records(String name) {
        List<ZoneRecord> all = new ArrayList<>(size());
        int before = -1;
        for (int at = 0; at < records.length; at += HEAD + length(at)) {
            if (before < 0 || !isSame(before, at)) {
                all.add(new ZoneRecord(name, TYPES[records[at]], data(at)));
            }
            before = at;
        }
        return all;
    }

    private int size() {
        return owners instanceof String[] many ? many.length : 1;
    }

    private int length(int at) {
        return (records[at + 1] & 0xff) << 8 | records[at + 2] & 0xff;
    }

    private String data(int at) {
        return new String(records, at + HEAD, length(at), StandardCharsets.UTF_8);
    }

    private boolean isSame(int one, int other) {
        return Arrays.equals(
                records,
                one,
                one + HEAD + length(one),
                records,
                other,
                other + HEAD + length(other));
    }

    private String owner(int index) {
        return owners instanceof String[] many ? many[index] : (String) owners;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PackedRows that
                && Arrays.equals(records, that.records)
                && Arrays.equals(all(), that.all());
    }

    private String[] all() {
        return owners instanceof String[] many ? many : new String[] {(String) owners};
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(records) + Arrays.hashCode(all());
    }
}
