package io.meridian.feed.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.Inflater;

/**
 * The body of a frame as it travels: plain, or deflated if it is long enough to gain. Immutable.
 *
 * @param packing {@link #PLAIN} or {@link #DEFLATED}
 * @param length of the unpacked body, bytes
 * @param bytes the body as it travels
 */
record PackedBody(int packing, int length, byte[] bytes) {
    static final int PLAIN = 0;
    static final int DEFLATED = 1;

    private static final int SHORTEST_DEFLATED = 128; // chars
    private static final int LARGEST = 1 << 29;
    private static final int BUFFER = 8192;

    /** Packs texts, one behind the other, as UTF-8. The unpacked body is never in memory whole. */
    static PackedBody of(List<String> texts) {
        long chars = texts.stream().mapToLong(String::length).sum();
        ByteArrayOutputStream packed =
                new ByteArrayOutputStream((int) Math.min(chars / 4, LARGEST));
        if (chars < SHORTEST_DEFLATED) {
            texts.forEach(text -> packed.writeBytes(text.getBytes(StandardCharsets.UTF_8)));
            return new PackedBody(PLAIN, packed.size(), packed.toByteArray());
        }
        int length = deflate(texts, packed);
        return new PackedBody(DEFLATED, length, packed.toByteArray());
    }

    private static int deflate(List<String> texts, ByteArrayOutputStream to) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try (DeflaterOutputStream out = new DeflaterOutputStream(to, deflater, BUFFER)) {
            for (String text : texts) {
                out.write(text.getBytes(StandardCharsets.UTF_8));
            }
            out.finish();
            return Math.toIntExact(deflater.getBytesRead());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // a byte array has no errors
        } finally {
            deflater.end();
        }
    }

    /**
     * Returns the body. Allocates in proportion to what the packed bytes hold, so a wrong length
     * costs no memory.
     *
     * @throws DamagedFrame if the packed bytes do not hold a body of that length
     */
    byte[] unpacked() throws DamagedFrame {
        if (packing == PLAIN && length == bytes.length) {
            return bytes;
        }
        if (packing == DEFLATED && 0 <= length && length <= LARGEST) {
            return inflated();
        }
        throw damaged("packing " + packing + " of " + length + " bytes in " + bytes.length);
    }

    private byte[] inflated() throws DamagedFrame {
        ByteArrayOutputStream out =
                new ByteArrayOutputStream((int) Math.min(length, 8L * bytes.length));
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(bytes);
            byte[] buffer = new byte[BUFFER];
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

    private static DamagedFrame damaged(String why) {
        return new DamagedFrame(DamagedFrame.Fault.CONTENT, why);
    }
}
