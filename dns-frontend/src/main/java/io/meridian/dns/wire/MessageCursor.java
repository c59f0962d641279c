package io.meridian.dns.wire;

import java.io.Serial;
import java.util.Arrays;

/**
 * A position in a DNS message, to read records that only few messages have and {@link
 * MessageReader} skips. Every read is within the message.
 */
public final class MessageCursor {
    private static final int POINTER = 0xc0;
    private static final int COUNTS = 4;

    private final byte[] message;
    private final int end;
    private int at = Header.LENGTH;

    /**
     * A cursor behind the header.
     *
     * @param end length of the message, at least 12
     */
    public MessageCursor(byte[] message, int end) {
        this.message = message;
        this.end = end;
    }

    /** Position of the next read. */
    public int at() {
        return at;
    }

    /** Number of bytes behind the position. */
    public int left() {
        return end - at;
    }

    /**
     * One of the header's four counts.
     *
     * @param section 0 question, 1 answer, 2 authority, 3 additional
     */
    public int count(int section) {
        int index = COUNTS + 2 * section;
        return (message[index] & 0xff) << 8 | message[index + 1] & 0xff;
    }

    /** Moves behind the question section. */
    public void skipQuestions() throws Unreadable {
        for (int i = count(0); i > 0; i--) {
            skipName();
            skip(4);
        }
    }

    /** Moves behind a record. */
    public void skipRecord() throws Unreadable {
        skipName();
        skip(8);
        skip(u16());
    }

    public int u8() throws Unreadable {
        skip(1);
        return message[at - 1] & 0xff;
    }

    public int u16() throws Unreadable {
        return u8() << 8 | u8();
    }

    public long u32() throws Unreadable {
        return (long) u16() << 16 | u16();
    }

    public byte[] bytes(int count) throws Unreadable {
        skip(count);
        return Arrays.copyOfRange(message, at - count, at);
    }

    public void skip(int count) throws Unreadable {
        if (count > end - at) {
            throw new Unreadable();
        }
        at += count;
    }

    /**
     * Reads a name, compressed or not. Each pointer must lead before the labels that it follows.
     */
    public DnsName name() throws Unreadable {
        byte[] wire = new byte[DnsName.MAX_LENGTH];
        int length = 0;
        int behind = -1;
        int start = at;
        while (true) {
            int label = u8();
            if ((label & POINTER) == POINTER) {
                int target = (label & ~POINTER) << 8 | u8();
                behind = behind < 0 ? at : behind;
                if (target < Header.LENGTH || target >= start) {
                    throw new Unreadable();
                }
                at = target;
                start = target;
            } else if (label > 63 || length + label + 2 > DnsName.MAX_LENGTH && label > 0) {
                throw new Unreadable();
            } else {
                wire[length++] = (byte) label;
                skip(label);
                System.arraycopy(message, at - label, wire, length, label);
                length += label;
                if (label == 0) {
                    at = behind < 0 ? at : behind;
                    return DnsName.ofWire(Arrays.copyOf(wire, length));
                }
            }
        }
    }

    public void skipName() throws Unreadable {
        while (true) {
            int label = u8();
            if ((label & POINTER) == POINTER) {
                skip(1);
                return;
            }
            if (label > 63) {
                throw new Unreadable();
            }
            skip(label);
            if (label == 0) {
                return;
            }
        }
    }

    /** The message ends too early, or a name in it is malformed. */
    public static final class Unreadable extends Exception {
        @Serial private static final long serialVersionUID = 1;

        Unreadable() {
            super("message is malformed", null, false, false);
        }
    }
}
