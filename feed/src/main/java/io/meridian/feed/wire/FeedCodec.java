package io.meridian.feed.wire;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.feed.ImageDigest;
import io.meridian.feed.Table;
import io.meridian.feed.TableType;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Frames to bytes and back. Deterministic: the same frame always gives the same bytes, in whatever
 * order its rows came.
 *
 * <pre>
 *  0      2  "MF"                            in every version
 *  2      1  version, 1                      in every version
 *  3      1  kind: 1 snapshot, 2 changes, 3 unchanged
 *  4      1  table: 1 zone, 2 VIP
 *  5      1  how the body is packed: 0 plain, 1 deflated (zlib)
 *  6      8  from, for changes; else as "to"
 * 14      8  to
 * 22      8  digest of the table at "to"
 * 30      4  rows that are there or are added
 * 34      4  rows that are removed
 * 38      4  length of the unpacked body
 * 42      n  body: texts, then the fields of each row, see {@link BodyWriter}
 * 42+n    4  CRC32C of all before           in every version
 * </pre>
 *
 * Numbers are big-endian.
 */
public final class FeedCodec<R extends Row> {
    /** The newest version that this program writes and reads. */
    public static final int VERSION = 1;

    private static final int HEAD = 42;
    private static final int SNAPSHOT = 1;
    private static final int CHANGES = 2;
    private static final int UNCHANGED = 3;
    private static final int PLAIN = 0;
    private static final int DEFLATED = 1;
    private static final int WORTH_PACKING = 512;
    private static final int LARGEST_BODY = 1 << 29;

    private final TableType<R, ?> type;

    public FeedCodec(TableType<R, ?> type) {
        this.type = type;
    }

    public byte[] encode(FeedFrame<R> frame) {
        if (frame.table() != type.table()) {
            throw new IllegalArgumentException(
                    "frame of table " + frame.table() + " given to codec of " + type.table());
        }
        return switch (frame) {
            case FeedFrame.Snapshot<R> s -> {
                List<R> rows = canonical(s.rows());
                yield bytes(
                        SNAPSHOT,
                        s.revision(),
                        s.revision(),
                        ImageDigest.of(type, rows),
                        rows,
                        List.of());
            }
            case FeedFrame.Changes<R> c ->
                    bytes(
                            CHANGES,
                            c.from(),
                            c.to(),
                            c.digest(),
                            rows(c.changes(), true),
                            rows(c.changes(), false));
            case FeedFrame.Unchanged<R> u ->
                    bytes(UNCHANGED, u.revision(), u.revision(), u.digest(), List.of(), List.of());
        };
    }

    private List<R> rows(List<Change<R>> changes, boolean added) {
        return canonical(
                changes.stream()
                        .filter(change -> change.added() == added)
                        .map(Change::row)
                        .toList());
    }

    /** Sorted and without duplicates, which images' rows are already. */
    private List<R> canonical(List<R> rows) {
        for (int i = 1; i < rows.size(); i++) {
            if (type.order().compare(rows.get(i - 1), rows.get(i)) >= 0) {
                return rows.stream().sorted(type.order()).distinct().toList();
            }
        }
        return rows;
    }

    private byte[] bytes(
            int kind, long from, long to, long digest, List<R> added, List<R> removed) {
        BodyWriter writer = new BodyWriter();
        added.forEach(row -> type.codec().write(row, writer));
        removed.forEach(row -> type.codec().write(row, writer));
        byte[] body = writer.done();
        boolean pack = body.length >= WORTH_PACKING;
        byte[] packed = pack ? deflated(body) : body;
        ByteBuffer out =
                ByteBuffer.allocate(HEAD + packed.length + 4)
                        .put((byte) 'M')
                        .put((byte) 'F')
                        .put((byte) VERSION)
                        .put((byte) kind)
                        .put((byte) type.table().code())
                        .put((byte) (pack ? DEFLATED : PLAIN))
                        .putLong(from)
                        .putLong(to)
                        .putLong(digest)
                        .putInt(added.size())
                        .putInt(removed.size())
                        .putInt(body.length)
                        .put(packed);
        return out.putInt(checksum(out.array(), out.position())).array();
    }

    /**
     * Reads a frame.
     *
     * @throws DamagedFrame for anything but the bytes of a frame of this table
     */
    public FeedFrame<R> decode(byte[] bytes) throws DamagedFrame {
        if (bytes.length < 7 || bytes[0] != 'M' || bytes[1] != 'F') {
            throw new DamagedFrame(
                    DamagedFrame.Fault.NOT_A_FRAME, bytes.length + " bytes that are no feed frame");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int expected = in.getInt(bytes.length - 4);
        int actual = checksum(bytes, bytes.length - 4);
        if (expected != actual) {
            throw new DamagedFrame(
                    DamagedFrame.Fault.CHECKSUM,
                    "CRC32C is %08x and must be %08x".formatted(actual, expected));
        }
        int version = bytes[2] & 0xff;
        if (version > VERSION) {
            throw new DamagedFrame(
                    DamagedFrame.Fault.NEWER_VERSION,
                    "feed frame of version "
                            + version
                            + " is newer than this program knows (max "
                            + VERSION
                            + ")");
        }
        if (version == 0 || bytes.length < HEAD + 4) {
            throw damaged("head of version " + version + " with " + bytes.length + " bytes");
        }
        return frame(in.limit(bytes.length - 4).position(3).slice());
    }

    private FeedFrame<R> frame(ByteBuffer in) throws DamagedFrame {
        int kind = in.get();
        int table = in.get();
        int packing = in.get();
        long from = in.getLong();
        long to = in.getLong();
        long digest = in.getLong();
        int added = in.getInt();
        int removed = in.getInt();
        if (table != type.table().code()) {
            throw damaged(
                    "frame is of table "
                            + Table.of(table).map(Table::label).orElse(Integer.toString(table))
                            + ", not "
                            + type.label());
        }
        BodyReader body = new BodyReader(body(packing, in.getInt(), in.slice()));
        List<R> first = rows(body, added);
        List<R> second = rows(body, removed);
        if (body.left() > 0) {
            throw damaged(body.left() + " bytes behind the last row");
        }
        return frame(kind, from, to, digest, first, second);
    }

    private FeedFrame<R> frame(
            int kind, long from, long to, long digest, List<R> added, List<R> removed)
            throws DamagedFrame {
        Table table = type.table();
        if (kind == CHANGES && 0 <= from && from < to) {
            List<Change<R>> changes = new ArrayList<>(added.size() + removed.size());
            added.forEach(row -> changes.add(Change.add(row)));
            removed.forEach(row -> changes.add(Change.remove(row)));
            return new FeedFrame.Changes<>(table, from, to, digest, changes);
        }
        boolean one = 0 <= to && from == to && removed.isEmpty();
        if (kind == SNAPSHOT && one && digest == ImageDigest.of(type, added)) {
            return new FeedFrame.Snapshot<>(table, to, added);
        }
        if (kind == UNCHANGED && one && added.isEmpty()) {
            return new FeedFrame.Unchanged<>(table, to, digest);
        }
        throw damaged(
                "kind "
                        + kind
                        + " from "
                        + from
                        + " to "
                        + to
                        + " with "
                        + added.size()
                        + " and "
                        + removed.size()
                        + " rows");
    }

    private List<R> rows(BodyReader body, int count) throws DamagedFrame {
        if (count < 0 || count > body.left()) { // each row takes a byte or more
            throw damaged(count + " rows don't fit into " + body.left() + " bytes");
        }
        List<R> rows = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            R row = type.codec().read(body);
            if (i > 0 && type.order().compare(rows.getLast(), row) >= 0) {
                throw damaged("row " + i + " is not behind the one before it");
            }
            rows.add(row);
        }
        return rows;
    }

    private static byte[] body(int packing, int length, ByteBuffer packed) throws DamagedFrame {
        byte[] bytes = new byte[packed.remaining()];
        packed.get(bytes);
        if (packing == PLAIN && length == bytes.length) {
            return bytes;
        }
        if (packing == DEFLATED && 0 <= length && length <= LARGEST_BODY) {
            return inflated(bytes, length);
        }
        throw damaged("packing " + packing + " of " + length + " bytes in " + bytes.length);
    }

    private static byte[] deflated(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length / 4);
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(body);
            deflater.finish();
            byte[] buffer = new byte[8192];
            while (!deflater.finished()) {
                out.write(buffer, 0, deflater.deflate(buffer));
            }
        } finally {
            deflater.end();
        }
        return out.toByteArray();
    }

    /** Grows with what really comes out, so that a wrong length costs no memory. */
    private static byte[] inflated(byte[] packed, int length) throws DamagedFrame {
        ByteArrayOutputStream out =
                new ByteArrayOutputStream((int) Math.min(length, 4L * packed.length));
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(packed);
            byte[] buffer = new byte[8192];
            while (!inflater.finished()) {
                int count = inflater.inflate(buffer);
                if (count == 0 && !inflater.finished() || out.size() + count > length) {
                    throw damaged("packed body does not give " + length + " bytes");
                }
                out.write(buffer, 0, count);
            }
            if (out.size() != length || inflater.getRemaining() > 0) {
                throw damaged("packed body gives " + out.size() + " bytes instead of " + length);
            }
        } catch (DataFormatException e) {
            throw damaged("packed body: " + e.getMessage());
        } finally {
            inflater.end();
        }
        return out.toByteArray();
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    private static DamagedFrame damaged(String why) {
        return new DamagedFrame(DamagedFrame.Fault.CONTENT, why);
    }
}
