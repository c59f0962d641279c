package io.meridian.dns.wire;

import java.util.Arrays;
import java.util.Optional;

/**
 * The reply of an upstream server to one question, as the bytes that it sent. Only the parts that a
 * forwarder needs are parsed. Immutable.
 *
 * <p>OPT belongs to two neighbours (RFC 6891 6.1.1). The message is therefore cut before its OPT,
 * with the additional records behind it. TTLs above 2^31-1 mean 0 (RFC 2181 8). In a negative
 * answer the SOA's TTL is the lower of its own and MINIMUM, which bounds the denial (RFC 2308 5).
 */
public final class Response {
    private static final int SOA_NUMBERS = 20;

    private final byte[] bytes;
    private final int questionEnd;
    private final int[] counts = new int[3];
    private final int extendedCode;
    private final boolean edns;
    private final int[] ends;
    private final int[] ttlAt;
    private final long[] ttls;
    private final boolean answersType;
    private final boolean referral;
    private final boolean soa;

    private Response(Reader reader) {
        this.bytes = Arrays.copyOf(reader.packet, reader.kept);
        this.questionEnd = reader.questionEnd;
        System.arraycopy(reader.counts, 0, counts, 0, 3);
        this.extendedCode = reader.extendedCode;
        this.edns = reader.edns;
        int records = counts[0] + counts[1] + counts[2];
        this.ends = Arrays.copyOf(reader.ends, records);
        this.ttlAt = Arrays.copyOf(reader.ttlAt, records);
        this.answersType = reader.answersType;
        this.referral = reader.nsInAuthority && !reader.soaInAuthority && counts[0] == 0;
        this.soa = reader.soaInAuthority;
        this.ttls = ttls(reader);
    }

    /**
     * Parses a message.
     *
     * @param packet holds the message from index 0; not kept
     * @param length of the message in bytes
     * @return empty unless the bytes are exactly one well-formed message with one question
     */
    public static Optional<Response> read(byte[] packet, int length) {
        Reader reader = new Reader(packet, length);
        return reader.readAll() ? Optional.of(new Response(reader)) : Optional.empty();
    }

    private long[] ttls(Reader reader) {
        long[] all = new long[ttlAt.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = valid(Reader.u32(bytes, ttlAt[i]));
            boolean authority = i >= counts[0] && i < counts[0] + counts[1];
            if (isNegative() && authority && reader.types[i] == Types.SOA) {
                all[i] = Math.min(all[i], valid(Reader.u32(bytes, ends[i] - 4)));
            }
        }
        return all;
    }

    private static long valid(long ttl) {
        return ttl > Integer.MAX_VALUE ? 0 : ttl;
    }

    /** RCODE with its upper bits from OPT (RFC 6891 6.1.3). */
    public int code() {
        return extendedCode << 4 | bytes[3] & 0xf;
    }

    /** TC: records are missing. */
    public boolean isTruncated() {
        return (bytes[2] & 2) != 0;
    }

    /** AD: the server has validated the answer (RFC 4035 3.2.3). */
    public boolean isAuthentic() {
        return (bytes[3] & 0x20) != 0;
    }

    /** RA. */
    public boolean isRecursionAvailable() {
        return (bytes[3] & 0x80) != 0;
    }

    /** Whether the server supports EDNS. */
    public boolean hasEdns() {
        return edns;
    }

    /**
     * Whether the response denies the name, or the type at the end of the CNAME chain (RFC 2308 2).
     */
    public boolean isNegative() {
        return code() == ResponseCode.NXDOMAIN.number()
                || code() == ResponseCode.NOERROR.number() && !answersType;
    }

    /**
     * Whether the authority section has an SOA, without which a negative answer must not be cached.
     */
    public boolean hasSoa() {
        return soa;
    }

    /** Whether the response refers to other servers. */
    public boolean isReferral() {
        return referral;
    }

    /** Number of records in all sections, without OPT. */
    public int records() {
        return ends.length;
    }

    /** Lowest TTL of all records in seconds; {@link Long#MAX_VALUE} without records. */
    public long lowestTtl() {
        return Arrays.stream(ttls).min().orElse(Long.MAX_VALUE);
    }

    /** Length of the message without OPT. */
    public int length() {
        return bytes.length;
    }

    /** Computes the TTL that a client gets. */
    public interface TtlRule {
        /**
         * @param ttl of the upstream server, seconds
         * @return TTL for the client, seconds
         */
        long told(long ttl);
    }

    /**
     * Copies question and records for a client. Additional records that do not fit are left out. Of
     * the others, those before the first that does not fit are kept and TC is set (RFC 2181 9).
     * Sets the counts of the header; the caller writes the rest.
     *
     * @param room largest length; header and question are copied in any case
     * @return length of the copy
     */
    int copyTo(byte[] target, int room, TtlRule rule) {
        int needed = counts[0] + counts[1];
        int fitting = 0;
        while (fitting < ends.length && ends[fitting] <= room) {
            fitting++;
        }
        boolean cut = fitting < needed;
        int end = fitting == 0 ? questionEnd : ends[fitting - 1];
        System.arraycopy(bytes, 0, target, 0, end);
        for (int i = 0; i < fitting; i++) {
            long ttl = rule.told(ttls[i]);
            putU16(target, ttlAt[i], (int) (ttl >>> 16));
            putU16(target, ttlAt[i] + 2, (int) ttl);
        }
        int answers = Math.min(fitting, counts[0]);
        int authority = Math.min(fitting - answers, counts[1]);
        putU16(target, 4, 1);
        putU16(target, 6, answers);
        putU16(target, 8, authority);
        putU16(target, 10, fitting - answers - authority);
        target[2] = (byte) (cut ? 2 : 0);
        return end;
    }

    private static void putU16(byte[] target, int at, int value) {
        target[at] = (byte) (value >> 8);
        target[at + 1] = (byte) value;
    }

    /** Walks over a message once and checks every index before it is used. */
    private static final class Reader {
        private final byte[] packet;
        private final int end;
        private final int[] counts = new int[3];
        private int[] ends = new int[16];
        private int[] ttlAt = new int[16];
        private int[] types = new int[16];
        private int at = Header.LENGTH;
        private int questionEnd;
        private int questionType;
        private int kept;
        private int extendedCode;
        private boolean edns;
        private boolean answersType;
        private boolean nsInAuthority;
        private boolean soaInAuthority;

        Reader(byte[] packet, int length) {
            this.packet = packet;
            this.end = length;
        }

        boolean readAll() {
            if (end < Header.LENGTH || u16(4) != 1 || !skipName() || at + 4 > end) {
                return false;
            }
            questionType = u16(at);
            at += 4;
            questionEnd = at;
            kept = at;
            int index = 0;
            for (int section = 0; section < 3; section++) {
                for (int left = u16(6 + 2 * section); left > 0; left--) {
                    if (!record(section, index)) {
                        return false;
                    }
                    if (!edns) {
                        counts[section]++;
                        index++;
                        kept = at;
                    }
                }
            }
            return at == end;
        }

        private boolean record(int section, int index) {
            boolean root = at < end && packet[at] == 0;
            if (!skipName() || at + 10 > end) {
                return false;
            }
            int type = u16(at);
            int body = at;
            int dataEnd = at + 10 + u16(at + 8);
            if (dataEnd > end) {
                return false;
            }
            at = dataEnd;
            if (type == Types.OPT) {
                if (section != 2 || !root || edns) {
                    return false;
                }
                edns = true;
                extendedCode = packet[body + 4] & 0xff;
                return true;
            }
            if (!edns) {
                note(section, index, type, body);
            }
            return !isSoa(section, type) || dataEnd - body - 10 >= SOA_NUMBERS + 2;
        }

        private void note(int section, int index, int type, int body) {
            if (index == ends.length) {
                ends = Arrays.copyOf(ends, 2 * index);
                ttlAt = Arrays.copyOf(ttlAt, 2 * index);
                types = Arrays.copyOf(types, 2 * index);
            }
            ends[index] = at;
            ttlAt[index] = body + 4;
            types[index] = type;
            answersType |= section == 0 && (type == questionType || questionType == Types.ANY);
            nsInAuthority |= section == 1 && type == Types.NS;
            soaInAuthority |= isSoa(section, type);
        }

        private static boolean isSoa(int section, int type) {
            return section == 1 && type == Types.SOA;
        }

        /** Skips a name, whose pointers may lead only to bytes before it (RFC 1035 4.1.4). */
        private boolean skipName() {
            int start = at;
            while (at < end) {
                int length = packet[at++] & 0xff;
                if (length == 0) {
                    return true;
                }
                if (length >= 0xc0) {
                    int target = at < end ? (length & 0x3f) << 8 | packet[at++] & 0xff : start;
                    return target >= Header.LENGTH && target < start;
                }
                at += length;
                if (length >= 64 || at - start >= DnsName.MAX_LENGTH) {
                    return false;
                }
            }
            return false;
        }

        private int u16(int index) {
            return (packet[index] & 0xff) << 8 | packet[index + 1] & 0xff;
        }

        static long u32(byte[] bytes, int index) {
            return (bytes[index] & 0xffL) << 24
                    | (bytes[index + 1] & 0xff) << 16
                    | (bytes[index + 2] & 0xff) << 8
                    | bytes[index + 3] & 0xff;
        }
    }
}
