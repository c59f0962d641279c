package io.meridian.ipvs.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Walks over attributes: {@code while (reader.next()) switch (reader.type()) ...}. A length that
 * leaves its surroundings ends the walk, as {@code nla_ok} does; the kernel sends none.
 */
final class AttributeReader {
    private final ByteBuffer buffer;
    private int next;
    private int type;
    private int start;
    private int length;

    /**
     * @param buffer attributes from its position to its limit; positions are not moved
     */
    AttributeReader(ByteBuffer buffer) {
        this.buffer = buffer.duplicate().order(ByteOrder.nativeOrder());
        this.next = buffer.position();
    }

    boolean next() {
        if (buffer.limit() - next < Nl.ATTRIBUTE_HEADER) {
            return false;
        }
        int total = Short.toUnsignedInt(buffer.getShort(next));
        if (total < Nl.ATTRIBUTE_HEADER || total > buffer.limit() - next) {
            return false;
        }
        type = buffer.getShort(next + 2) & Nl.TYPE_MASK;
        start = next + Nl.ATTRIBUTE_HEADER;
        length = total - Nl.ATTRIBUTE_HEADER;
        next += Nl.align(total);
        return true;
    }

    int type() {
        return type;
    }

    int u16() {
        return Short.toUnsignedInt(buffer.getShort(start));
    }

    int u16Network() {
        return (buffer.get(start) & 0xff) << 8 | buffer.get(start + 1) & 0xff;
    }

    int u32() {
        return buffer.getInt(start);
    }

    long u32Unsigned() {
        return Integer.toUnsignedLong(u32());
    }

    long u64() {
        return buffer.getLong(start);
    }

    int u32Network() {
        return u16Network() << 16
                | (buffer.get(start + 2) & 0xff) << 8
                | buffer.get(start + 3) & 0xff;
    }

    byte[] bytes() {
        byte[] copy = new byte[length];
        buffer.get(start, copy);
        return copy;
    }

    /** Up to the first zero byte. */
    String text() {
        byte[] bytes = bytes();
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.US_ASCII);
    }

    AttributeReader nested() {
        ByteBuffer inner = buffer.duplicate();
        inner.limit(start + length).position(start);
        return new AttributeReader(inner);
    }
}
