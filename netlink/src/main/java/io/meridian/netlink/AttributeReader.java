package io.meridian.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Iterates over attributes: {@code while (reader.next()) switch (reader.type()) ...}. A length that
 * exceeds the enclosing payload ends the iteration, as {@code nla_ok} does. One thread uses a
 * reader.
 */
public final class AttributeReader {
    private final ByteBuffer buffer;
    private int next;
    private int type;
    private int start;
    private int length;

    /**
     * @param buffer holds attributes from its position to its limit; the reader leaves both alone
     */
    public AttributeReader(ByteBuffer buffer) {
        this.buffer = buffer.duplicate().order(ByteOrder.nativeOrder());
        this.next = buffer.position();
    }

    /** Moves to the next attribute; returns false after the last. */
    public boolean next() {
        if (buffer.limit() - next < Netlink.ATTRIBUTE_HEADER) {
            return false;
        }
        int total = Short.toUnsignedInt(buffer.getShort(next));
        if (total < Netlink.ATTRIBUTE_HEADER || total > buffer.limit() - next) {
            return false;
        }
        type = buffer.getShort(next + 2) & Netlink.TYPE_MASK;
        start = next + Netlink.ATTRIBUTE_HEADER;
        length = total - Netlink.ATTRIBUTE_HEADER;
        next += Netlink.align(total);
        return true;
    }

    /** Type of the current attribute, without its flags. */
    public int type() {
        return type;
    }

    /** The payload as an unsigned 16-bit number in native order. */
    public int u16() {
        return Short.toUnsignedInt(buffer.getShort(start));
    }

    /** The payload as an unsigned 16-bit number in network order. */
    public int u16Network() {
        return (buffer.get(start) & 0xff) << 8 | buffer.get(start + 1) & 0xff;
    }

    /** The payload as a signed 32-bit number in native order. */
    public int u32() {
        return buffer.getInt(start);
    }

    /** The payload as an unsigned 32-bit number in native order. */
    public long u32Unsigned() {
        return Integer.toUnsignedLong(u32());
    }

    /** The payload as a signed 64-bit number in native order. */
    public long u64() {
        return buffer.getLong(start);
    }

    /** The payload as a signed 32-bit number in network order. */
    public int u32Network() {
        return u16Network() << 16
                | (buffer.get(start + 2) & 0xff) << 8
                | buffer.get(start + 3) & 0xff;
    }

    /** A copy of the payload. */
    public byte[] bytes() {
        byte[] copy = new byte[length];
        buffer.get(start, copy);
        return copy;
    }

    /** The payload as ASCII text up to its first zero byte. */
    public String text() {
        byte[] bytes = bytes();
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        return new String(bytes, 0, end, StandardCharsets.US_ASCII);
    }

    /** A reader of the attributes inside the current one. */
    public AttributeReader nested() {
        ByteBuffer inner = buffer.duplicate();
        inner.limit(start + length).position(start);
        return new AttributeReader(inner);
    }
}
