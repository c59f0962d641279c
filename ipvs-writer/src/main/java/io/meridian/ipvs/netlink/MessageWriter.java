package io.meridian.ipvs.netlink;

import io.meridian.domain.net.IpAddress;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Writes netlink messages one behind the other. Lengths are filled in when a message or a nest
 * ends; attributes are padded to four bytes. Header fields and plain numbers are in the machine's
 * order, {@code ...Network} in network order.
 */
public final class MessageWriter {
    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

    private final ByteBuffer buffer;
    private int start;

    /**
     * @param buffer written from its position on; gets the machine's byte order
     */
    public MessageWriter(ByteBuffer buffer) {
        this.buffer = buffer.order(ByteOrder.nativeOrder());
    }

    /**
     * Begins a message: {@code struct nlmsghdr}, linux/netlink.h.
     *
     * @param sequence comes back in the answer
     */
    void start(int type, int flags, int sequence) {
        start = buffer.position();
        buffer.putInt(0).putInt(pair(type, flags)).putInt(sequence).putInt(0);
    }

    void end() {
        buffer.putInt(start, buffer.position() - start);
    }

    MessageWriter u8(int value) {
        buffer.put((byte) value);
        return this;
    }

    MessageWriter u16(int value) {
        buffer.putShort((short) value);
        return this;
    }

    MessageWriter u32(int value) {
        buffer.putInt(value);
        return this;
    }

    MessageWriter attributeU8(int type, int value) {
        return number(type, 1, LITTLE ? value & 0xff : value << 24);
    }

    MessageWriter attributeU16(int type, int value) {
        return number(type, 2, pair(value, 0));
    }

    /** For ports, which IPVS has in network order inside an attribute of the machine's order. */
    MessageWriter attributeU16Network(int type, int value) {
        return number(type, 2, LITTLE ? Integer.reverseBytes(value << 16) : value << 16);
    }

    MessageWriter attributeU32(int type, int value) {
        return number(type, 4, value);
    }

    /** A string with its closing zero byte. */
    MessageWriter attribute(int type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        header(type, bytes.length + 1).put(bytes).put((byte) 0);
        return pad();
    }

    /** An address in as many bytes as it has. */
    MessageWriter attribute(int type, IpAddress address) {
        return attribute(type, address, address.isIpv4() ? 4 : 16);
    }

    /** An address with zero bytes behind it, up to that length. */
    MessageWriter attribute(int type, IpAddress address, int length) {
        header(type, length);
        int end = buffer.position() + length;
        address.put(buffer);
        while (buffer.position() < end) {
            buffer.putInt(0);
        }
        return this;
    }

    MessageWriter attribute(int type, byte... value) {
        header(type, value.length).put(value);
        return pad();
    }

    /** Begins an attribute that holds attributes; the result is what {@link #endNest} wants. */
    int startNest(int type) {
        int nest = buffer.position();
        header(type | Nl.NESTED, 0);
        return nest;
    }

    void endNest(int nest) {
        buffer.putShort(nest, (short) (buffer.position() - nest));
    }

    /**
     * An attribute in one go, as tens of thousands are made.
     *
     * @param padded the number with zero bytes behind it, if it has fewer than four itself
     */
    private MessageWriter number(int type, int length, int padded) {
        long header = Integer.toUnsignedLong(pair(Nl.ATTRIBUTE_HEADER + length, type));
        long value = Integer.toUnsignedLong(padded);
        buffer.putLong(LITTLE ? header | value << 32 : header << 32 | value);
        return this;
    }

    /** {@code struct nlattr}, linux/netlink.h. */
    private ByteBuffer header(int type, int length) {
        return buffer.putInt(pair(Nl.ATTRIBUTE_HEADER + length, type));
    }

    /** Two 16 bit numbers, one behind the other. */
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
