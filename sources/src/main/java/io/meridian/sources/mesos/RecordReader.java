package io.meridian.sources.mesos;

import io.meridian.sources.http.RequestFailedException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Splits a RecordIO stream into records, wherever reads split its bytes. A record is its decimal
 * length, a line feed and that many bytes (specs: marathon-mesos-api 5.2). Records of length 0 are
 * skipped. An incomplete record at the end of the stream is dropped.
 *
 * <p>Not thread-safe; one reader per connection. After an exception the reader must not be used.
 */
final class RecordReader {
    /** Limit of a length's digits, because leading zeros could make a header endless. */
    private static final int MOST_DIGITS = 19;

    /** The buffer grows as bytes arrive: a peer may announce any length. */
    private static final int FIRST_CAPACITY = 64 << 10;

    private final long maxSize;
    private long length;
    private int digits;
    private boolean inBody;
    private byte[] body = new byte[0];
    private int filled;

    /**
     * @param maxSize limit of a record in bytes, at most the largest array; a larger record ends
     *     the stream
     */
    RecordReader(long maxSize) {
        this.maxSize = maxSize;
    }

    /**
     * Returns the records that these bytes complete.
     *
     * @throws RequestFailedException if a length is not a number or exceeds the limit
     */
    List<byte[]> read(byte[] bytes) {
        List<byte[]> records = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            if (inBody) {
                int count = (int) Math.min(bytes.length - at, length - filled);
                take(bytes, at, count);
                at += count;
                if (filled == length) {
                    records.add(body.length == filled ? body : Arrays.copyOf(body, filled));
                    next();
                }
            } else {
                header(bytes[at++]);
            }
        }
        return records;
    }

    /** Whether the bytes so far end inside a record. */
    boolean isInsideRecord() {
        return inBody || digits > 0;
    }

    private void header(byte b) {
        if (b == '\n' && digits > 0) {
            inBody = length > 0;
            if (!inBody) {
                next();
            }
            return;
        }
        if (b < '0' || b > '9' || ++digits > MOST_DIGITS) {
            throw new RequestFailedException(
                    "the stream is no RecordIO: byte 0x%02x where a record's length should be"
                            .formatted(b));
        }
        length = length * 10 + (b - '0');
        if (length > maxSize) {
            throw new RequestFailedException(
                    "a record is larger than records.max-size = " + maxSize + " bytes");
        }
    }

    private void take(byte[] bytes, int from, int count) {
        if (filled + count > body.length) {
            long doubled = Math.max(FIRST_CAPACITY, 2L * body.length);
            body =
                    Arrays.copyOf(
                            body, (int) Math.min(length, Math.max(doubled, (long) filled + count)));
        }
        System.arraycopy(bytes, from, body, filled, count);
        filled += count;
    }

    private void next() {
        inBody = false;
        length = 0;
        digits = 0;
        body = new byte[0];
        filled = 0;
    }
}
