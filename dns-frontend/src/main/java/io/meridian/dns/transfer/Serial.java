package io.meridian.dns.transfer;

import io.meridian.dns.wire.MessageCursor;
import io.meridian.dns.wire.MessageCursor.Unreadable;
import io.meridian.dns.wire.Types;

import java.util.OptionalLong;

/** SOA serials: the low 32 bits of a table's revision. */
final class Serial {
    private static final long MASK = 0xffff_ffffL;

    private Serial() {}

    static long of(long revision) {
        return revision & MASK;
    }

    /**
     * The newest revision with this serial that is not after another revision. RFC 1982 compares
     * serials that are less than 2^31 apart.
     *
     * @return empty if the serial is newer, or 2^31 away
     */
    static OptionalLong revision(long serial, long current) {
        long behind = Serial.of(current - serial);
        return behind < 1L << 31 ? OptionalLong.of(current - behind) : OptionalLong.empty();
    }

    /** Whether the serial is newer than the revision's (RFC 1982 3.2). */
    static boolean isNewer(long serial, long current) {
        long ahead = Serial.of(serial - current);
        return ahead > 0 && ahead < 1L << 31;
    }

    /**
     * The serial in an IXFR query, which is the client's version (RFC 1995 3); empty if the query
     * has none.
     */
    static OptionalLong inQuery(byte[] packet, int length) {
        MessageCursor cursor = new MessageCursor(packet, length);
        if (cursor.count(2) != 1) {
            return OptionalLong.empty();
        }
        try {
            cursor.skipQuestions();
            cursor.skipName();
            if (cursor.u16() != Types.SOA) {
                return OptionalLong.empty();
            }
            cursor.skip(8);
            cursor.skipName();
            cursor.skipName();
            return OptionalLong.of(cursor.u32());
        } catch (Unreadable e) {
            return OptionalLong.empty();
        }
    }
}
