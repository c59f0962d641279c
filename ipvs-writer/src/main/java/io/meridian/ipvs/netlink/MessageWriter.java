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
        buffer.putInt(0).putShort((short) type).putShort((short) flags).putInt(sequence).putInt(0);
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
        buffer.putShort((short) (Nl.ATTRIBUTE_HEADER + 1)).putShort((short) type).put((byte) value);
        return pad();
    }

    MessageWriter attributeU16(int type, int value) {
        buffer.putShort((short) (Nl.ATTRIBUTE_HEADER + 2))
                .putShort((short) type)
                .putShort((short) value)
                .putShort((short) 0);
        return this;
    }

    /** For ports, which IPVS has in network order inside an attribute of the machine's order. */
    MessageWriter attributeU16Network(int type, int value) {
        buffer.putShort((short) (Nl.ATTRIBUTE_HEADER + 2))
                .putShort((short) type)
                .put((byte) (value >> 8))
                .put((byte) value)
                .putShort((short) 0);
        return this;
    }

    MessageWriter attributeU32(int type, int value) {
        buffer.putShort((short) (Nl.ATTRIBUTE_HEADER + 4)).putShort((short) type).putInt(value);
        return this;
    }

    /** A string with its closing zero byte. */
    MessageWriter attribute(int type, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        buffer.putShort((short) (Nl.ATTRIBUTE_HEADER + bytes.length + 1)).putShort((short) type);
        buffer.put(bytes).put((byte) 0);
        return pad();
    }

    /** An address in as many bytes as it has. */
    MessageWriter attribute(int type, IpAddress address) {
        return attribute(type, address, address.isIpv4() ? 4 : 16);
    }

    /** An address with zero bytes behind it, up to that length. */
    MessageWriter attribute(int type, IpAddress address, int length) {
        buffer.putShort((short) (Nl.ATTRIBUTE_HEADER + length)).putShort((short) type);
        int end = buffer.position() + length;
        address.put(buffer);
        while (buffer.position() < end) {
            buffer.putInt(0);
        }
        return this;
    }

    MessageWriter attribute(int type, byte... value) {
        buffer.putShort((short) (Nl.ATTRIBUTE_HEADER + value.length))
                .putShort((short) type)
                .put(value);
        return pad();
    }

    /** Begins an attribute that holds attributes; the result is what {@link #endNest} wants. */
    int startNest(int type) {
        int nest = buffer.position();
        buffer.putShort((short) 0).putShort((short) (type | Nl.NESTED));
        return nest;
    }

    void endNest(int nest) {
        buffer.putShort(nest, (short) (buffer.position() - nest));
    }

    private MessageWriter pad() {
        while ((buffer.position() & 3) != 0) {
            buffer.put((byte) 0);
        }
        return this;
    }
}
