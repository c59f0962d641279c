package io.meridian.dns.wire;

import java.util.random.RandomGenerator;

/** Encodes queries to upstream servers, and recognizes their replies. */
public final class QueryWriter {
    /** UDP size that our queries announce; it passes every IPv6 path unfragmented. */
    public static final int UDP_SIZE = 1232;

    private static final int OPT_LENGTH = 11;

    private QueryWriter() {}

    /**
     * Flags of a query.
     *
     * @param recursionDesired RD
     * @param checkingDisabled CD
     * @param authenticData AD, which asks whether the answer is validated (RFC 6840 5.7)
     * @param dnssecOk DO; sent with {@code edns} only
     * @param edns whether to send an OPT record, without options: those of the client were for this
     *     server
     */
    public record Flags(
            boolean recursionDesired,
            boolean checkingDisabled,
            boolean authenticData,
            boolean dnssecOk,
            boolean edns) {}

    public static byte[] write(int id, DnsName name, int type, int dnsClass, Flags flags) {
        byte[] wire = name.wire();
        int questionEnd = Header.LENGTH + wire.length + 4;
        byte[] packet = new byte[questionEnd + (flags.edns() ? OPT_LENGTH : 0)];
        putU16(packet, 0, id);
        packet[2] = (byte) (flags.recursionDesired() ? 1 : 0);
        packet[3] =
                (byte) ((flags.authenticData() ? 0x20 : 0) | (flags.checkingDisabled() ? 0x10 : 0));
        packet[5] = 1;
        System.arraycopy(wire, 0, packet, Header.LENGTH, wire.length);
        putU16(packet, questionEnd - 4, type);
        putU16(packet, questionEnd - 2, dnsClass);
        if (flags.edns()) {
            packet[11] = 1;
            putU16(packet, questionEnd + 1, Types.OPT);
            putU16(packet, questionEnd + 3, UDP_SIZE);
            packet[questionEnd + 7] = (byte) (flags.dnssecOk() ? 0x80 : 0);
        }
        return packet;
    }

    /** The name with each letter in random case, which a forger must guess too. */
    public static DnsName randomCase(DnsName name, RandomGenerator random) {
        byte[] wire = name.wire().clone();
        for (int at = 0; wire[at] != 0; at += wire[at] + 1) {
            for (int i = at + 1; i <= at + wire[at]; i++) {
                byte lower = DnsName.lower(wire[i]);
                boolean letter = lower >= 'a' && lower <= 'z';
                wire[i] = letter && random.nextBoolean() ? (byte) (lower - 32) : lower;
            }
        }
        return DnsName.ofWire(wire);
    }

    /**
     * Whether a message is a reply to a query: QR, id, opcode and question match (RFC 5452 9.1).
     *
     * @param spelled whether the name must match in case too
     */
    public static boolean isReply(byte[] message, int length, byte[] query, boolean spelled) {
        int questionEnd = questionEnd(query);
        if (!isBareReply(message, length, query) || length < questionEnd) {
            return false;
        }
        if (message[4] != 0 || message[5] != 1) {
            return false;
        }
        for (int i = Header.LENGTH; i < questionEnd; i++) {
            boolean exact = spelled || i >= questionEnd - 4;
            byte got = exact ? message[i] : DnsName.lower(message[i]);
            byte sent = exact ? query[i] : DnsName.lower(query[i]);
            if (got != sent) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a message has a header with QR and this query's id; the rest of it does not count.
     */
    public static boolean isBareReply(byte[] message, int length, byte[] query) {
        return length >= Header.LENGTH
                && message[0] == query[0]
                && message[1] == query[1]
                && (message[2] & 0xf8) == 0x80;
    }

    private static int questionEnd(byte[] query) {
        int at = Header.LENGTH;
        while (query[at] != 0) {
            at += query[at] + 1;
        }
        return at + 5;
    }

    private static void putU16(byte[] packet, int index, int value) {
        packet[index] = (byte) (value >> 8);
        packet[index + 1] = (byte) value;
    }
}
