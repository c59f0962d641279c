package io.meridian.feed;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Computes the digest of a table: 64 bits, the sum of a hash of each row's owner and text. A sum
 * follows changes without reading the table, does not depend on order and is equal on every
 * machine.
 *
 * <p>The digest detects accidents, not forgery: a lost change, or a database that was restored from
 * a backup and now holds other content under revisions that were used before.
 */
public final class ImageDigest {
    /** The digest of the empty table. */
    public static final long EMPTY = 0;

    private static final int CHUNK = 4096; // rows that one processor hashes at a time
    private static final long OFFSET = 0xcbf29ce484222325L; // FNV-1a, 64 bits
    private static final long PRIME = 0x100000001b3L;

    private ImageDigest() {}

    /** Returns the digest of a table of these rows. Uses several processors for many rows. */
    public static <R extends Row> long of(TableType<R, ?> type, List<R> rows) {
        if (rows.size() <= CHUNK) {
            return EMPTY + part(type, rows);
        }
        int chunks = (rows.size() + CHUNK - 1) / CHUNK;
        return EMPTY
                + IntStream.range(0, chunks)
                        .parallel()
                        .mapToLong(i -> part(type, chunk(rows, i)))
                        .sum();
    }

    private static <R> List<R> chunk(List<R> rows, int index) {
        int from = index * CHUNK;
        return rows.subList(from, Math.min(rows.size(), from + CHUNK));
    }

    /** Returns what some rows add to a digest. */
    public static <R extends Row> long part(TableType<R, ?> type, List<R> rows) {
        StringBuilder line = new StringBuilder();
        long sum = 0;
        for (R row : rows) {
            sum += hash(type, row, line);
        }
        return sum;
    }

    /**
     * Returns the digest after changes.
     *
     * @param changes exact: each of them does change the table
     */
    public static <R extends Row> long after(
            TableType<R, ?> type, long before, List<Change<R>> changes) {
        StringBuilder line = new StringBuilder();
        long sum = before;
        for (Change<R> change : changes) {
            long hash = hash(type, change.row(), line);
            sum += change.added() ? hash : -hash;
        }
        return sum;
    }

    private static <R extends Row> long hash(TableType<R, ?> type, R row, StringBuilder line) {
        line.setLength(0);
        type.text().write(row, line);
        return mixed(fnv(line, fnv(row.owner(), OFFSET)));
    }

    private static long fnv(CharSequence text, long start) {
        long state = start;
        for (int i = 0; i < text.length(); i++) {
            state = (state ^ text.charAt(i)) * PRIME;
        }
        return (state ^ -1) * PRIME; // "ab", "c" and "a", "bc" differ
    }

    /**
     * Spreads every bit over all 64, as MurmurHash3's finalizer does. Sums of similar rows would
     * collide without it.
     */
    private static long mixed(long value) {
        long h = value;
        h = (h ^ h >>> 33) * 0xff51afd7ed558ccdL;
        h = (h ^ h >>> 33) * 0xc4ceb9fe1a85ec53L;
        return h ^ h >>> 33;
    }
}
