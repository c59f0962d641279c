package io.meridian.dns.transfer;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.MessageCursor;
import io.meridian.dns.wire.MessageCursor.Unreadable;
import io.meridian.dns.wire.Types;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;

import javax.crypto.Mac;

/**
 * A TSIG record, the signature of a message (RFC 8945 4.2).
 *
 * @param key name of the key
 * @param time Unix seconds, 48 bits
 * @param fudge permitted clock difference in seconds, 0..65535
 * @param mac empty in an unsigned error
 * @param originalId id of the message when it was signed
 * @param error 0..65535, see {@link TsigError}
 * @param other the server's time in six bytes after BADTIME, else empty
 */
record TsigRecord(
        DnsName key,
        DnsName algorithm,
        long time,
        int fudge,
        byte[] mac,
        int originalId,
        int error,
        byte[] other) {
    /** The result of looking for a TSIG record in a message. */
    sealed interface Found {
        record None() implements Found {}

        /**
         * The record is not the only and last one, or not of class ANY and TTL 0 (RFC 8945 5.2).
         */
        record Malformed() implements Found {}

        /**
         * @param at index of the record; the bytes before it are signed
         */
        record At(int at, TsigRecord record) implements Found {}
    }

    private static final int FIXED_RDATA = 16;
    private static final int RECORD_HEAD = 10;

    /**
     * Looks for the TSIG record of a message.
     *
     * @param message at least 12 bytes
     */
    static Found find(byte[] message, int length) {
        MessageCursor cursor = new MessageCursor(message, length);
        if (cursor.count(3) == 0) {
            return new Found.None();
        }
        try {
            cursor.skipQuestions();
            for (int i = cursor.count(1) + cursor.count(2); i > 0; i--) {
                cursor.skipRecord();
            }
            for (int i = cursor.count(3); i > 0; i--) {
                int at = cursor.at();
                DnsName owner = cursor.name();
                int type = cursor.u16();
                if (type == Types.TSIG) {
                    return i == 1 ? read(cursor, at, owner) : new Found.Malformed();
                }
                cursor.skip(6);
                cursor.skip(cursor.u16());
            }
            return new Found.None();
        } catch (Unreadable e) {
            return new Found.Malformed();
        }
    }

    private static Found read(MessageCursor cursor, int at, DnsName owner) throws Unreadable {
        int dnsClass = cursor.u16();
        long ttl = cursor.u32();
        boolean last = cursor.u16() == cursor.left();
        if (dnsClass != Types.ANY_CLASS || ttl != 0 || !last) {
            return new Found.Malformed();
        }
        DnsName algorithm = cursor.name();
        long time = (long) cursor.u16() << 32 | cursor.u32();
        int fudge = cursor.u16();
        byte[] mac = cursor.bytes(cursor.u16());
        int originalId = cursor.u16();
        int error = cursor.u16();
        byte[] other = cursor.bytes(cursor.u16());
        return cursor.left() > 0
                ? new Found.Malformed()
                : new Found.At(
                        at,
                        new TsigRecord(
                                owner, algorithm, time, fudge, mac, originalId, error, other));
    }

    /** The encoded record, without name compression. */
    byte[] wire() {
        byte[] algorithmName = algorithm.lowerCaseWire();
        int rdata = algorithmName.length + FIXED_RDATA + mac.length + other.length;
        ByteBuffer out = ByteBuffer.allocate(key.length() + RECORD_HEAD + rdata);
        out.put(key.lowerCaseWire()).putShort((short) Types.TSIG);
        out.putShort((short) Types.ANY_CLASS).putInt(0).putShort((short) rdata);
        out.put(algorithmName);
        time(out);
        out.putShort((short) mac.length).put(mac).putShort((short) originalId);
        out.putShort((short) error).putShort((short) other.length).put(other);
        return out.array();
    }

    /**
     * Feeds the record's variables to a MAC (RFC 8945 4.3).
     *
     * @param timersOnly true for each message of a transfer after the first
     */
    void feed(Mac into, boolean timersOnly) {
        ByteBuffer out = ByteBuffer.allocate(2 * DnsName.MAX_LENGTH + FIXED_RDATA + other.length);
        if (!timersOnly) {
            out.put(key.lowerCaseWire()).putShort((short) Types.ANY_CLASS).putInt(0);
            out.put(algorithm.lowerCaseWire());
        }
        time(out);
        if (!timersOnly) {
            out.putShort((short) error).putShort((short) other.length).put(other);
        }
        into.update(out.flip());
    }

    private void time(ByteBuffer out) {
        out.putShort((short) (time >>> 32)).putInt((int) time).putShort((short) fudge);
    }

    TsigRecord withMac(byte[] signature) {
        return new TsigRecord(key, algorithm, time, fudge, signature, originalId, error, other);
    }

    /** Compares the MAC, or as much of the other as this one has, in constant time. */
    boolean hasMac(byte[] whole) {
        return MessageDigest.isEqual(mac, Arrays.copyOf(whole, mac.length));
    }
}
