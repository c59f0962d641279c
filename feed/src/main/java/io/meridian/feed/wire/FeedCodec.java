package io.meridian.feed.wire;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.feed.ImageDigest;
import io.meridian.feed.Table;
import io.meridian.feed.TableType;
import io.meridian.feed.text.RowText;
import io.meridian.feed.text.UnreadableText;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Encodes and decodes the frames of one table. Immutable, any thread. Deterministic: equal tables
 * give equal bytes.
 *
 * <pre>
 *  0      2  "MF"                            in every version
 *  2      1  version, 1                      in every version
 *  3      1  kind: 1 snapshot, 2 changes, 3 unchanged
 *  4      1  table: 1 zone, 2 VIP
 *  5      1  packing of the body: 0 plain, 1 deflated (zlib)
 *  6      8  from, for changes; else equal to "to"
 * 14      8  to
 * 22      8  digest of the table at "to"
 * 30      4  length of the unpacked body, bytes
 * 34      n  body: changes as {@link RowText}, in UTF-8; a snapshot's add all rows
 * 34+n    4  CRC32C of all bytes before     in every version
 * </pre>
 *
 * Numbers are big-endian.
 */
public final class FeedCodec<R extends Row> {
    /** The newest version that this program writes and reads. */
    public static final int VERSION = 1;

    private static final int HEAD = 34;
    private static final int SNAPSHOT = 1;
    private static final int CHANGES = 2;
    private static final int UNCHANGED = 3;

    private final TableType<R, ?> type;

    public FeedCodec(TableType<R, ?> type) {
        this.type = type;
    }

    /**
     * Encodes a whole table.
     *
     * @param digest of the rows
     * @param rows as {@link io.meridian.domain.table.Image#rows} returns them
     */
    public byte[] snapshot(long revision, long digest, List<R> rows) {
        return frame(SNAPSHOT, revision, revision, digest, type.text().table(rows));
    }

    /**
     * Encodes what changed between two revisions.
     *
     * @param digest of the table at {@code to}
     * @param texts changes as {@link RowText}, oldest first; copied as they are
     */
    public byte[] changes(long from, long to, long digest, List<String> texts) {
        return frame(CHANGES, from, to, digest, texts);
    }

    /**
     * Encodes that nothing is newer than a revision.
     *
     * @param digest of the table at that revision
     */
    public byte[] unchanged(long revision, long digest) {
        return frame(UNCHANGED, revision, revision, digest, List.of());
    }

    private byte[] frame(int kind, long from, long to, long digest, List<String> texts) {
        PackedBody body = PackedBody.of(texts);
        ByteBuffer out =
                ByteBuffer.allocate(HEAD + body.bytes().length + 4)
                        .put((byte) 'M')
                        .put((byte) 'F')
                        .put((byte) VERSION)
                        .put((byte) kind)
                        .put((byte) type.table().code())
                        .put((byte) body.packing())
                        .putLong(from)
                        .putLong(to)
                        .putLong(digest)
                        .putInt(body.length())
                        .put(body.bytes());
        return out.putInt(checksum(out.array(), out.position())).array();
    }

    /**
     * Decodes a frame.
     *
     * @throws DamagedFrame if the bytes are no frame of this table, in all their content
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
        if (table != type.table().code()) {
            throw damaged(
                    "frame is of table "
                            + Table.of(table).map(Table::label).orElse(Integer.toString(table))
                            + ", not "
                            + type.label());
        }
        int length = in.getInt();
        byte[] packed = new byte[in.remaining()];
        in.get(packed);
        List<Change<R>> changes = changes(new PackedBody(packing, length, packed).unpacked());
        return frameOf(kind, from, to, digest, changes);
    }

    private List<Change<R>> changes(byte[] body) throws DamagedFrame {
        try {
            return type.text().changes(new String(body, StandardCharsets.UTF_8));
        } catch (UnreadableText e) {
            throw damaged(String.valueOf(e.getMessage()));
        }
    }

    private FeedFrame<R> frameOf(int kind, long from, long to, long digest, List<Change<R>> changes)
            throws DamagedFrame {
        Table table = type.table();
        if (kind == CHANGES && 0 <= from && from < to) {
            return new FeedFrame.Changes<>(table, from, to, digest, changes);
        }
        boolean one = 0 <= to && from == to;
        if (kind == SNAPSHOT && one && changes.stream().allMatch(Change::added)) {
            List<R> rows = changes.stream().map(Change::row).toList();
            if (digest == ImageDigest.of(type, rows)) {
                return new FeedFrame.Snapshot<>(table, to, digest, rows);
            }
        }
        if (kind == UNCHANGED && one && changes.isEmpty()) {
            return new FeedFrame.Unchanged<>(table, to, digest);
        }
        throw damaged(
                "kind %d from %d to %d digest %016x with %d changes"
                        .formatted(kind, from, to, digest, changes.size()));
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
