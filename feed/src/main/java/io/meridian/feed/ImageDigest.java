package io.meridian.feed;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.feed.wire.FieldWriter;

import java.util.List;
import java.util.stream.Stream;

/**
 * A table's content as 64 bits: the sum of a hash of each row. It can be kept up to date from
 * changes alone, does not depend on order, and is the same on every machine. It finds accidents (a
 * lost change, a database that was restored from a backup and has gone on with other content under
 * the same revisions), not forgery.
 */
public final class ImageDigest implements FieldWriter {
    /** Of the empty table. */
    public static final long EMPTY = 0;

    private static final int MANY = 10_000; // worth a second thread

    private static final long OFFSET = 0xcbf29ce484222325L; // FNV-1a, 64 bits
    private static final long PRIME = 0x100000001b3L;

    private long state = OFFSET;

    private ImageDigest() {}

    public static <R extends Row> long of(TableType<R, ?> type, List<R> rows) {
        Stream<R> all = rows.size() < MANY ? rows.stream() : rows.parallelStream();
        return EMPTY + all.mapToLong(row -> hash(type, row)).sum();
    }

    /** What some rows add to a digest. */
    public static <R extends Row> long part(TableType<R, ?> type, List<R> rows) {
        long sum = 0;
        for (R row : rows) {
            sum += hash(type, row);
        }
        return sum;
    }

    /**
     * The digest after changes.
     *
     * @param changes each of which does change the table
     */
    public static <R extends Row> long after(
            TableType<R, ?> type, long before, List<Change<R>> changes) {
        long sum = before;
        for (Change<R> change : changes) {
            long hash = hash(type, change.row());
            sum += change.added() ? hash : -hash;
        }
        return sum;
    }

    private static <R extends Row> long hash(TableType<R, ?> type, R row) {
        ImageDigest digest = new ImageDigest();
        type.codec().write(row, digest);
        return mixed(digest.state);
    }

    @Override
    public void text(String value) {
        long now = state; // a field would be written for each char
        for (int i = 0; i < value.length(); i++) {
            now = (now ^ value.charAt(i)) * PRIME;
        }
        state = now;
        take(-1); // so that "ab","c" differs from "a","bc"
    }

    @Override
    public void number(int value) {
        take(value);
    }

    @Override
    public void bytes(byte[] value) {
        take(value.length);
        for (byte b : value) {
            take(b);
        }
    }

    private void take(int value) {
        state = (state ^ value) * PRIME;
    }

    /**
     * Spreads every bit over all 64 (the finalizer of MurmurHash3), without which sums of similar
     * rows would clash.
     */
    private static long mixed(long value) {
        long h = value;
        h = (h ^ h >>> 33) * 0xff51afd7ed558ccdL;
        h = (h ^ h >>> 33) * 0xc4ceb9fe1a85ec53L;
        return h ^ h >>> 33;
    }
}
