package io.meridian.netlink;

import io.meridian.domain.net.IpAddress;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes netlink messages, one after the other, to a buffer. {@link #end} and {@link #endNest} fill
 * in lengths; attributes are padded to four bytes. Numbers are in native byte order, those of
 * {@code ...Network} methods in network order. One thread uses a writer.
 */
public final class MessageWriter {
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private final ByteBuffer buffer;
    private int start;

    /**
     * @param buffer is written from its position on and set to native byte order
     */
    public MessageWriter(ByteBuffer buffer) {
        this.buffer = buffer.order(ByteOrder.nativeOrder());
    }

    /**
     * Begins a message: {@code struct nlmsghdr}, linux/netlink.h.
     *
     * @param sequence the kernel copies it to its reply
     */
    public void start(int type, int flags, int sequence) {
        start = buffer.position();
        buffer.putInt(0).putInt(pair(type, flags)).putInt(sequence).putInt(0);
    }

    /** Completes the message. */
    public void end() {
        buffer.putInt(start, buffer.position() - start);
    }

    /** Writes a header field of 8 bits. */
    public MessageWriter u8(int value) {
        buffer.put((byte) value);
        return this;
    }

    /** Writes a header field of 16 bits. */
    public MessageWriter u16(int value) {
        buffer.putShort((short) value);
        return this;
    }

    /** Writes a header field of 32 bits. */
    public MessageWriter u32(int value) {
        buffer.putInt(value);
        return this;
    }

    /** Writes an attribute of 8 bits. */
    public MessageWriter attributeU8(int type, int value) {
        return number(type, 1, LITTLE ? value & 0xff : value << 24);
    }

    /** Writes an attribute of 16 bits. */
    public MessageWriter attributeU16(int type, int value) {
        return number(type, 2, pair(value, 0));
    }

    /** Writes an attribute of 16 bits in network order, as IPVS has ports. */
    public MessageWriter attributeU16Network(int type, int value) {
        return number(type, 2, LITTLE ? Integer.reverseBytes(value << 16) : value << 16);
    }

    /** Writes an attribute of 32 bits. */
    public MessageWriter attributeU32(int type, int value) {
        return number(type, 4, value);
    }

    /** Writes an attribute that holds a zero-terminated ASCII string. */
    public MessageWriter attribute(int type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        header(type, bytes.length + 1).put(bytes).put((byte) 0);
        return pad();
    }

    /** Writes an attribute that holds an address of 4 or 16 bytes. */
    public MessageWriter attribute(int type, IpAddress address) {
        return attribute(type, address, address.isIpv4() ? 4 : 16);
    }

    /**
     * Writes an attribute that holds an address, filled up with zero bytes.
     *
     * @param length bytes of address and zeros together, a multiple of four
     */
    public MessageWriter attribute(int type, IpAddress address, int length) {
        header(type, length);
        int end = buffer.position() + length;
        address.put(buffer);
        while (buffer.position() < end) {
            buffer.putInt(0);
        }
        return this;
    }

    /** Writes an attribute that holds bytes. */
    public MessageWriter attribute(int type, byte... value) {
        header(type, value.length).put(value);
        return pad();
    }

    /**
     * Begins an attribute that holds attributes.
     *
     * @return the argument for {@link #endNest}
     */
    public int startNest(int type) {
        int nest = buffer.position();
        header(type | Netlink.NESTED, 0);
        return nest;
    }

    /** Completes a nested attribute. */
    public void endNest(int nest) {
        buffer.putShort(nest, (short) (buffer.position() - nest));
    }

    /**
     * Writes an attribute of up to four bytes by one 64-bit store: a first reconciliation writes
     * tens of thousands of them.
     *
     * @param padded the number in its first bytes, zeros in the others
     */
    private MessageWriter number(int type, int length, int padded) {
        long header = Integer.toUnsignedLong(pair(Netlink.ATTRIBUTE_HEADER + length, type));
        long value = Integer.toUnsignedLong(padded);
        buffer.putLong(LITTLE ? header | value << 32 : header << 32 | value);
        return this;
    }

    /** {@code struct nlattr}, linux/netlink.h. */
    private ByteBuffer header(int type, int length) {
        return buffer.putInt(pair(Netlink.ATTRIBUTE_HEADER + length, type));
    }

    /** Combines two 16-bit numbers as they follow each other in memory. */
    private static int pair(int first, int second) {
        return LITTLE ? first & 0xffff | second << 16 : first << 16 | second & 0xffff;
    }

    private MessageWriter pad() {
        while ((buffer.position() & 3) != 0) {
            buffer.put((byte) 0);
        }
        return this;
    }
}
