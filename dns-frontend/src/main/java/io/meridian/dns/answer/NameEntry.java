package io.meridian.dns.answer;

import io.meridian.dns.wire.BigEndian;
import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.RdataCodec;
import io.meridian.dns.wire.Types;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * All that a zone holds of one name, as one array of bytes: small in memory, and copied into a
 * reply as it is. Numbers are big endian.
 *
 * <pre>
 * u8 n       length of the name on the wire, 1..255
 * n bytes    the name, lower case
 * u32        how many names that have rows are below this one
 * u16        how many rows could not be read, 65535 for more
 * u8         1: the name has rows of its own; 2: among them is a type outside {@link #isPlain}
 * u8         number of sets
 * for each set, by type:
 *   u16      TYPE
 *   u16      length of each record; 0 where lengths differ
 *   u32      number of records, at least 1
 *   u32      position of the first record; where lengths differ of a table of u32: the position of each record, and
 *            of what is behind the last
 * records    as in a message: a pointer to the question as owner (0xc00c), TYPE, CLASS, TTL, RDLENGTH, RDATA with no
 *            name compressed
 * </pre>
 */
final class NameEntry {
    /** Bytes of a record before its RDATA. */
    static final int RECORD_HEAD = 12;

    private static final int SET = 12;
    private static final int POINTER_TO_QUESTION = 0xc00c;
    private static final int HAS_ROWS = 1;
    private static final int NOT_PLAIN = 2;

    /**
     * An entry without records that is not plain: it sends the fast path back to the {@link
     * Answerer}.
     */
    static final byte[] NOT_VERBATIM = {0, 0, 0, 0, 0, 0, 0, NOT_PLAIN, 0};

    private NameEntry() {}

    /**
     * @param key the name on the wire, lower case
     * @param below number of names with rows below this one
     * @param ttl of every record, seconds
     */
    static byte[] encode(byte[] key, int below, boolean hasRows, NameData data, long ttl) {
        List<List<Rdata>> sets = data.sets();
        int records = 1 + key.length + 8 + SET * sets.size();
        int length = records;
        boolean plain = true;
        for (List<Rdata> set : sets) {
            length += length(set);
            plain &= isPlain(set.getFirst().type());
        }
        byte[] entry = new byte[length];
        entry[0] = (byte) key.length;
        System.arraycopy(key, 0, entry, 1, key.length);
        int at = head(entry);
        BigEndian.putU32(entry, at, below);
        BigEndian.putU16(entry, at + 4, Math.min(data.unreadable(), 0xffff));
        entry[at + 6] = (byte) ((hasRows ? HAS_ROWS : 0) | (plain ? 0 : NOT_PLAIN));
        entry[at + 7] = (byte) sets.size();
        int to = records;
        for (int i = 0; i < sets.size(); i++) {
            to = put(entry, at + 8 + SET * i, sets.get(i), ttl, to);
        }
        return entry;
    }

    /** Bytes of a set's records and, if their lengths differ, of its table of positions. */
    private static int length(List<Rdata> set) {
        int length = hasOneLength(set) ? 0 : Integer.BYTES * (set.size() + 1);
        for (Rdata data : set) {
            length += RECORD_HEAD + RdataCodec.length(data);
        }
        return length;
    }

    private static int put(byte[] entry, int set, List<Rdata> records, long ttl, int from) {
        boolean oneLength = hasOneLength(records);
        int length = RECORD_HEAD + RdataCodec.length(records.getFirst());
        BigEndian.putU16(entry, set, records.getFirst().type());
        BigEndian.putU16(entry, set + 2, oneLength ? length : 0);
        BigEndian.putU32(entry, set + 4, records.size());
        BigEndian.putU32(entry, set + 8, from);
        int to = oneLength ? from : from + Integer.BYTES * (records.size() + 1);
        for (int i = 0; i < records.size(); i++) {
            int start = to;
            to = put(records.get(i), ttl, entry, start);
            if (!oneLength) {
                BigEndian.putU32(entry, from + Integer.BYTES * i, start);
                BigEndian.putU32(entry, from + Integer.BYTES * (i + 1), to);
            }
        }
        return to;
    }

    private static int put(Rdata data, long ttl, byte[] entry, int at) {
        int end = RdataCodec.put(data, entry, at + RECORD_HEAD);
        BigEndian.putU16(entry, at, POINTER_TO_QUESTION);
        BigEndian.putU16(entry, at + 2, data.type());
        BigEndian.putU16(entry, at + 4, Types.IN);
        BigEndian.putU32(entry, at + 6, ttl);
        BigEndian.putU16(entry, at + 10, end - at - RECORD_HEAD);
        return end;
    }

    private static boolean hasOneLength(List<Rdata> records) {
        int first = RdataCodec.length(records.getFirst());
        for (int i = 1; i < records.size(); i++) {
            if (RdataCodec.length(records.get(i)) != first) {
                return false;
            }
        }
        return true;
    }

    /** Whether a set of this type answers a question for the type completely. */
    private static boolean isPlain(int type) {
        return type != Types.CNAME;
    }

    /** A copy of the entry with another number of names below. */
    static byte[] withBelow(byte[] entry, int below) {
        byte[] copy = entry.clone();
        setBelow(copy, below);
        return copy;
    }

    /** Changes an entry that no other object has a reference to yet. */
    static void setBelow(byte[] entry, int below) {
        BigEndian.putU32(entry, head(entry), below);
    }

    /** False only for {@link NameTable#NONE}. */
    static boolean exists(byte[] entry) {
        return entry[0] != 0;
    }

    static boolean isNamed(byte[] entry, byte[] name, int length) {
        return (entry[0] & 0xff) == length && Arrays.equals(entry, 1, 1 + length, name, 0, length);
    }

    /** The name on the wire, lower case. */
    static byte[] name(byte[] entry) {
        return Arrays.copyOfRange(entry, 1, head(entry));
    }

    static DnsName owner(byte[] entry) {
        return DnsName.ofWire(name(entry));
    }

    static long hash(byte[] entry) {
        return NameHash.of(entry, 1, entry[0] & 0xff);
    }

    static int below(byte[] entry) {
        return BigEndian.i32(entry, head(entry));
    }

    /** False for an empty non-terminal. */
    static boolean hasRows(byte[] entry) {
        return (entry[head(entry) + 6] & HAS_ROWS) != 0;
    }

    /**
     * Whether the name has no record, such as a CNAME, that changes the answer to questions for
     * other types.
     */
    static boolean isPlain(byte[] entry) {
        return (entry[head(entry) + 6] & NOT_PLAIN) == 0;
    }

    private static int head(byte[] entry) {
        return 1 + (entry[0] & 0xff);
    }

    private static int sets(byte[] entry) {
        return entry[head(entry) + 7] & 0xff;
    }

    /**
     * @param type any QTYPE
     * @return position of the set, for the methods below; 0 if there is none
     */
    static int set(byte[] entry, int type) {
        int set = head(entry) + 8;
        for (int left = sets(entry); left > 0; left--) {
            if (BigEndian.u16(entry, set) == type) {
                return set;
            }
            set += SET;
        }
        return 0;
    }

    /** Number of records in a set. */
    static int count(byte[] entry, int set) {
        return BigEndian.i32(entry, set + 4);
    }

    /** Position of a record. */
    static int record(byte[] entry, int set, int index) {
        int length = BigEndian.u16(entry, set + 2);
        int first = BigEndian.i32(entry, set + 8);
        return length != 0
                ? first + length * index
                : BigEndian.i32(entry, first + Integer.BYTES * index);
    }

    /** Length of the record at a position. */
    static int recordLength(byte[] entry, int record) {
        return RECORD_HEAD + BigEndian.u16(entry, record + 10);
    }

    static NameData decode(byte[] entry) {
        int head = head(entry);
        List<List<Rdata>> sets = new ArrayList<>(sets(entry));
        for (int i = 0; i < sets(entry); i++) {
            int set = head + 8 + SET * i;
            int type = BigEndian.u16(entry, set);
            int count = count(entry, set);
            List<Rdata> records = new ArrayList<>(count);
            for (int j = 0; j < count; j++) {
                int record = record(entry, set, j);
                records.add(
                        RdataCodec.decode(
                                type,
                                entry,
                                record + RECORD_HEAD,
                                BigEndian.u16(entry, record + 10)));
            }
            sets.add(records);
        }
        return new NameData(sets, BigEndian.u16(entry, head + 4));
    }
}
