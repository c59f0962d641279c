package io.meridian.feed.wire;

import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * An encoded frame that a master sends in parts. Immutable.
 *
 * @param checksum CRC32C of all bytes
 * @param partSize size of every part but the last, bytes
 */
public record PackedFrame(long revision, int checksum, int partSize, byte[] bytes) {
    public static PackedFrame of(long revision, byte[] bytes, int partSize) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return new PackedFrame(revision, (int) crc.getValue(), partSize, bytes);
    }

    public int count() {
        return (bytes.length + partSize - 1) / partSize;
    }

    /**
     * @param index 0 to {@code count() - 1}
     */
    public FeedReply part(long poll, int index) {
        if (count() == 1) {
            return new FeedReply.Whole(poll, bytes);
        }
        int from = index * partSize;
        byte[] piece = Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + partSize));
        return new FeedReply.Part(poll, checksum, bytes.length, index, count(), piece);
    }
}
