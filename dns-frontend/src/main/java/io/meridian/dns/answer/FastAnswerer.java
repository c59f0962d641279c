package io.meridian.dns.answer;

import io.meridian.dns.wire.BigEndian;
import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.ResponseCode;
import io.meridian.dns.wire.Types;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The fast path: encodes the reply to a datagram in one pass, for the questions that make up the
 * load. These are questions for one of our names, of class IN and a type that needs no second
 * lookup, without EDNS or with an OPT without options. Allocates nothing, takes no lock, and
 * belongs to one thread.
 *
 * <p>{@link Answerer} and {@link io.meridian.dns.wire.MessageWriter} define the answer. This class
 * encodes the same bytes or returns {@link #FALL_BACK}; FastPathLawTest compares both. It falls
 * back for a zone's apex, CNAMEs, aliases, inner wildcards, meta types, incomplete zones, views,
 * EDNS options and malformed messages (ADR 0011).
 */
public final class FastAnswerer {
    /** The result when the slow path must answer. */
    public static final int FALL_BACK = -1;

    private static final int HEADER = 12;
    private static final int OPT = 11;
    private static final int MIN_UDP = 512;
    private static final int MAX_NAME = 255;
    private static final int FIRST_META_TYPE = 128;
    private static final int SRV_TARGET = NameEntry.RECORD_HEAD + 6;

    private final int ownUdpSize;
    private final byte[][] forwardedSuffixes;
    private final AnswerOrder order;
    private final RandomGenerator random;

    private final byte[] name = new byte[MAX_NAME + 1];
    private final int[] labels = new int[MAX_NAME / 2 + 1];
    private final byte[] target = new byte[MAX_NAME + 1];
    private final Shuffle shuffle = new Shuffle();
    private int[] written = new int[64];
    private long[] targets = new long[64];

    private int nameLength;
    private int labelCount;
    private boolean innerWildcard;
    private int type;
    private int questionEnd;
    private boolean edns;
    private int room;
    private boolean dnssecOk;

    private int at;
    private int additional;
    private ResponseCode code = ResponseCode.NOERROR;
    private boolean positive;
    private boolean truncated;

    /**
     * @param ownUdpSize largest UDP message that the server sends and announces, 512..65535 bytes
     * @param forwardedSuffixes origins of the forward zones; upstream servers answer names below
     *     them, also inside our zones
     * @param order of the records in the answer section
     * @param random source of random orders; no other thread uses it
     */
    public FastAnswerer(
            int ownUdpSize,
            List<DnsName> forwardedSuffixes,
            AnswerOrder order,
            RandomGenerator random) {
        this.ownUdpSize = ownUdpSize;
        this.forwardedSuffixes =
                forwardedSuffixes.stream().map(DnsName::lowerCaseWire).toArray(byte[][]::new);
        this.order = order;
        this.random = random;
    }

    /** RCODE of the last reply. */
    public ResponseCode code() {
        return code;
    }

    /** Whether the last answer has records in its answer section, or would have if they fitted. */
    public boolean positive() {
        return positive;
    }

    /** Whether the last reply has TC set. */
    public boolean truncated() {
        return truncated;
    }

    /**
     * @param packet holds the query from index 0; not kept
     * @param length of the query in bytes
     * @param recursionAvailable RA of the reply
     * @param reply receives the reply; as long as the largest UDP message that the server sends
     * @return length of the reply, or {@link #FALL_BACK} and undefined bytes in {@code reply}
     */
    public int answer(
            DnsImage image, byte[] packet, int length, boolean recursionAvailable, byte[] reply) {
        if (!read(packet, length)) {
            return FALL_BACK;
        }
        Zone zone = zoneOf(image, name, nameLength);
        if (zone == null || !zone.complete()) {
            return FALL_BACK;
        }
        int longer = nameLength - zone.key().length;
        if (longer == 0
                || innerWildcard && zone.profile().innerWildcards()
                || isForwarded(zone.key().length)
                || image.rules().aliases().take(name, nameLength)) {
            return FALL_BACK;
        }
        byte[] entry = zone.entry(name, nameLength, NameHash.of(name, 0, nameLength));
        if (!NameEntry.isPlain(entry)) {
            return FALL_BACK;
        }
        System.arraycopy(packet, 0, reply, 0, questionEnd);
        at = questionEnd;
        additional = 0;
        truncated = false;
        int set = NameEntry.set(entry, type);
        positive = set != 0;
        if (!positive) {
            return negative(zone, entry, longer, reply)
                    ? finish(reply, 0, 1, recursionAvailable)
                    : FALL_BACK;
        }
        if (type == Types.PTR && !staysWhole(entry, set)) {
            return FALL_BACK;
        }
        code = ResponseCode.NOERROR;
        int answers = answers(entry, set, reply);
        if (type == Types.SRV && !truncated && !additional(image, entry, set, reply)) {
            return FALL_BACK;
        }
        return finish(reply, answers, 0, recursionAvailable);
    }

    /**
     * Replaces the last reply by one without records and with TC, for a client above its rate
     * limit.
     *
     * @param reply holds the last reply
     * @return length of the reply
     */
    public int truncate(byte[] reply) {
        at = questionEnd;
        additional = 0;
        truncated = true;
        return finish(reply, 0, 0, (reply[3] & 0x80) != 0);
    }

    private boolean read(byte[] packet, int length) {
        if (length < HEADER + 5
                || (packet[2] & 0xf8) != 0 // QR clear, opcode QUERY
                || BigEndian.i32(packet, 4) != 0x0001_0000 // one question, no answer
                || BigEndian.u16(packet, 8) != 0
                || !readName(packet, length - 4)) {
            return false;
        }
        int end = HEADER + nameLength;
        type = BigEndian.u16(packet, end);
        questionEnd = end + 4;
        return type < FIRST_META_TYPE
                && type != Types.OPT
                && BigEndian.u16(packet, end + 2) == Types.IN
                && readEdns(packet, length);
    }

    /**
     * @param end position at which the name must have ended
     */
    private boolean readName(byte[] packet, int end) {
        int position = HEADER;
        labelCount = 0;
        innerWildcard = false;
        while (true) {
            if (position >= end) {
                return false;
            }
            int label = packet[position];
            if (label == 0) {
                break;
            }
            int next = position + label + 1;
            if (label < 0 || label > 63 || next >= end || next - HEADER >= MAX_NAME) {
                return false;
            }
            innerWildcard |= label == 1 && packet[position + 1] == '*' && labelCount > 0;
            labels[labelCount++] = position - HEADER;
            position = next;
        }
        nameLength = position + 1 - HEADER;
        lower(packet, HEADER, nameLength, name);
        return true;
    }

    private boolean readEdns(byte[] packet, int length) {
        int count = BigEndian.u16(packet, 10);
        edns = count == 1;
        int limit = MIN_UDP;
        if (edns) {
            if (length != questionEnd + OPT
                    || packet[questionEnd] != 0
                    || BigEndian.u16(packet, questionEnd + 1) != Types.OPT
                    || packet[questionEnd + 6] != 0 // version
                    || BigEndian.u16(packet, questionEnd + 9) != 0) {
                return false;
            }
            limit = Math.max(MIN_UDP, BigEndian.u16(packet, questionEnd + 3));
            dnssecOk = (packet[questionEnd + 7] & 0x80) != 0;
        } else if (count != 0 || length != questionEnd) {
            return false;
        }
        room = Math.min(ownUdpSize, limit) - (edns ? OPT : 0);
        return true;
    }

    private static void lower(byte[] from, int start, int length, byte[] to) {
        for (int i = 0; i < length; i++) {
            int b = from[start + i];
            to[i] = (byte) (b >= 'A' && b <= 'Z' ? b + 32 : b);
        }
    }

    /** The zone with the longest origin that has the name; null if none has. */
    private static @Nullable Zone zoneOf(DnsImage image, byte[] name, int length) {
        for (int i = 0; i < image.zones().size(); i++) {
            Zone zone = image.zones().get(i);
            byte[] origin = zone.key();
            if (isAtOrBelow(name, length, origin)) {
                return zone;
            }
        }
        return null;
    }

    /**
     * @param name on the wire, lower case
     * @param origin on the wire, lower case
     */
    static boolean isAtOrBelow(byte[] name, int length, byte[] origin) {
        int start = length - origin.length;
        return start >= 0
                && Arrays.equals(name, start, length, origin, 0, origin.length)
                && isLabel(name, start);
    }

    /** Whether a forward zone takes the name, because its origin is longer than our zone's. */
    private boolean isForwarded(int origin) {
        for (byte[] suffix : forwardedSuffixes) {
            if (suffix.length > origin && isAtOrBelow(name, nameLength, suffix)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isLabel(byte[] name, int start) {
        int position = 0;
        while (position < start) {
            position += name[position] + 1;
        }
        return position == start;
    }

    private boolean negative(Zone zone, byte[] entry, int longer, byte[] reply) {
        NegativeResponseTemplate tail = zone.negativeTemplate();
        if (at + tail.length() > room || tail.isCloserTo(name, labelBefore(longer))) {
            return false;
        }
        tail.copyTo(reply, at, longer);
        at += tail.length();
        code = NameEntry.exists(entry) ? ResponseCode.NOERROR : ResponseCode.NXDOMAIN;
        return true;
    }

    private int labelBefore(int origin) {
        int last = labelCount - 1;
        while (labels[last] >= origin) {
            last--;
        }
        return labels[last];
    }

    /** Whether the slow path's writer would not compress the single name of this set. */
    private boolean staysWhole(byte[] entry, int set) {
        int position = NameEntry.record(entry, set, 0) + NameEntry.RECORD_HEAD;
        int last = position;
        while (entry[position] != 0) {
            last = position;
            position += entry[position] + 1;
        }
        int top = labels[labelCount - 1];
        return NameEntry.count(entry, set) == 1
                && !(position - last == nameLength - 1 - top
                        && isSame(entry, last, name, top, position - last));
    }

    private static boolean isSame(byte[] any, int from, byte[] lower, int start, int length) {
        for (int i = 0; i < length; i++) {
            int b = any[from + i];
            if ((byte) (b >= 'A' && b <= 'Z' ? b + 32 : b) != lower[start + i]) {
                return false;
            }
        }
        return true;
    }

    /**
     * Writes as many of the set's records as fit, in the order for this reply.
     *
     * @return number of records written
     */
    private int answers(byte[] entry, int set, byte[] reply) {
        int count = NameEntry.count(entry, set);
        int done = 0;
        if (count == 1) {
            truncated = !copied(entry, set, 0, reply);
            return truncated ? 0 : 1;
        }
        int turn =
                BigEndian.u16(reply, 0) % count; // rotated by the message id, see Rotation.rotated
        shuffle.start(count);
        while (done < count) {
            int next =
                    switch (order) {
                        case RANDOM -> shuffle.next(random);
                        case ROUND_ROBIN -> (turn + done) % count;
                    };
            if (!copied(entry, set, next, reply)) {
                truncated = true;
                break;
            }
            done++;
        }
        shuffle.end();
        return done;
    }

    private boolean copied(byte[] entry, int set, int index, byte[] reply) {
        int record = NameEntry.record(entry, set, index);
        int length = NameEntry.recordLength(entry, record);
        if (at + length > room) {
            return false;
        }
        System.arraycopy(entry, record, reply, at, length);
        if (type == Types.SRV) {
            if (index >= written.length) {
                written = Arrays.copyOf(written, 2 * index);
                targets = Arrays.copyOf(targets, 2 * index);
            }
            written[index] = at;
        }
        at += length;
        return true;
    }

    /**
     * Writes the addresses of each distinct target in the order of the zone, up to the first RRset
     * that does not fit.
     *
     * @return false if an address record can't be copied verbatim
     */
    private boolean additional(DnsImage image, byte[] entry, int set, byte[] reply) {
        int count = NameEntry.count(entry, set);
        for (int i = 0; i < count; i++) {
            int record = NameEntry.record(entry, set, i);
            int length = NameEntry.recordLength(entry, record) - SRV_TARGET;
            lower(entry, record + SRV_TARGET, length, target);
            long hash = NameHash.of(target, 0, length);
            targets[i] = hash;
            if (isRepeated(entry, set, i, length)) {
                continue;
            }
            Zone zone = zoneOf(image, target, length);
            if (zone != null && zone.complete()) {
                byte[] addresses = zone.entry(target, length, hash);
                if (!NameEntry.isPlain(addresses) && !NameEntry.exists(addresses)) {
                    return false;
                }
                int owner = 0xc000 | written[i] + SRV_TARGET;
                if (!addressesFit(addresses, Types.A, owner, reply)
                        || !addressesFit(addresses, Types.AAAA, owner, reply)) {
                    return true;
                }
            }
        }
        return true;
    }

    private boolean isRepeated(byte[] entry, int set, int index, int length) {
        for (int i = 0; i < index; i++) {
            if (targets[i] == targets[index]) {
                int record = NameEntry.record(entry, set, i);
                if (NameEntry.recordLength(entry, record) - SRV_TARGET == length
                        && isSame(entry, record + SRV_TARGET, target, 0, length)) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean addressesFit(byte[] entry, int addressType, int owner, byte[] reply) {
        int set = NameEntry.set(entry, addressType);
        if (set == 0) {
            return true;
        }
        int count = NameEntry.count(entry, set);
        int first = NameEntry.record(entry, set, 0);
        int length = NameEntry.recordLength(entry, first);
        if (at + (long) length * count > room) {
            return false;
        }
        System.arraycopy(entry, first, reply, at, length * count);
        for (int i = 0; i < count; i++) {
            BigEndian.putU16(reply, at, owner);
            at += length;
        }
        additional += count;
        return true;
    }

    private int finish(byte[] reply, int answers, int authority, boolean recursionAvailable) {
        if (edns) {
            reply[at] = 0;
            BigEndian.putU16(reply, at + 1, Types.OPT);
            BigEndian.putU16(reply, at + 3, ownUdpSize);
            BigEndian.putU16(reply, at + 5, 0);
            BigEndian.putU16(reply, at + 7, dnssecOk ? 0x8000 : 0);
            BigEndian.putU16(reply, at + 9, 0);
            at += OPT;
            additional++;
        }
        reply[2] = (byte) (0x84 | (truncated ? 2 : 0) | reply[2] & 1);
        reply[3] = (byte) ((recursionAvailable ? 0x80 : 0) | reply[3] & 0x10 | code.number());
        BigEndian.putU16(reply, 6, answers);
        BigEndian.putU16(reply, 8, authority);
        BigEndian.putU16(reply, 10, additional);
        return at;
    }

    /**
     * Draws the numbers 0 to count-1 in random order, one at a time. Stopping early costs only the
     * numbers drawn.
     */
    private static final class Shuffle {
        private int[] numbers = new int[0]; // between two uses each number is at its own index
        private int[] partners = new int[0];
        private int count;
        private int drawn;

        void start(int size) {
            if (size > numbers.length) {
                int before = numbers.length;
                numbers = Arrays.copyOf(numbers, Math.max(64, 2 * size));
                partners = new int[numbers.length];
                for (int i = before; i < numbers.length; i++) {
                    numbers[i] = i;
                }
            }
            count = size;
            drawn = 0;
        }

        int next(RandomGenerator random) {
            int partner = Rotation.partner(drawn, count, random);
            swap(drawn, partner);
            partners[drawn] = partner;
            return numbers[drawn++];
        }

        void end() {
            while (drawn > 0) {
                drawn--;
                swap(drawn, partners[drawn]);
            }
        }

        private void swap(int i, int j) {
            int held = numbers[i];
            numbers[i] = numbers[j];
            numbers[j] = held;
        }
    }
}
