package io.meridian.dns.answer;

import io.meridian.dns.wire.Answer;
import io.meridian.dns.wire.BigEndian;
import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Edns;
import io.meridian.dns.wire.Header;
import io.meridian.dns.wire.MessageWriter;
import io.meridian.dns.wire.Query;
import io.meridian.dns.wire.ResponseCode;
import io.meridian.dns.wire.RrSet;
import io.meridian.dns.wire.Types;

import java.util.Arrays;
import java.util.List;

/**
 * The encoded SOA record of a zone's negative answers, written once per revision by {@link
 * MessageWriter} behind a question for the origin. Behind a longer question every compression
 * pointer in it grows by the same number of bytes.
 */
final class NegativeResponseTemplate {
    private final byte[] bytes;
    private final int[] pointers;
    private final byte[][]
            closerLabels; // not a list, whose iterator would be allocated for each answer

    private NegativeResponseTemplate(byte[] bytes, int[] pointers, byte[][] closerLabels) {
        this.bytes = bytes;
        this.pointers = pointers;
        this.closerLabels = closerLabels;
    }

    static NegativeResponseTemplate of(RrSet soa, List<DnsName> names) {
        DnsName origin = soa.owner();
        Query query =
                new Query(new Header(0, 0, false, false), origin, Types.A, Types.IN, Edns.NONE);
        Answer answer = new Answer(ResponseCode.NXDOMAIN, true, List.of(), List.of(soa), List.of());
        MessageWriter writer = new MessageWriter(512);
        int end = writer.write(query, answer, MessageWriter.MAX_LENGTH, false);
        byte[] tail = Arrays.copyOfRange(writer.buffer(), 12 + origin.length() + 4, end);
        int[] pointers = new int[3];
        int count = 0;
        int at = 0;
        for (int part = 0; part < 3; part++) { // the owner, then MNAME and RNAME
            while (tail[at] > 0) {
                at += tail[at] + 1;
            }
            if (tail[at] == 0) {
                at++;
            } else {
                pointers[count++] = at;
                at += 2;
            }
            at += part == 0 ? 10 : 0;
        }
        return new NegativeResponseTemplate(
                tail,
                Arrays.copyOf(pointers, count),
                names.stream()
                        .filter(name -> name.isAtOrBelow(origin) && !name.equals(origin))
                        .map(name -> labelAbove(name, origin))
                        .toArray(byte[][]::new));
    }

    private static byte[] labelAbove(DnsName name, DnsName origin) {
        DnsName at = name;
        while (at.labels() > origin.labels() + 1) {
            at = at.parent();
        }
        byte[] wire = at.lowerCaseWire();
        return Arrays.copyOf(wire, wire[0] + 1);
    }

    /**
     * Whether the slow path's writer would compress the SOA's names further, because the question
     * shares a label below the origin with them.
     *
     * @param name on the wire, lower case
     * @param label index in it of the label below the origin
     */
    boolean isCloserTo(byte[] name, int label) {
        for (byte[] closer : closerLabels) {
            if (Arrays.equals(name, label, label + closer.length, closer, 0, closer.length)) {
                return true;
            }
        }
        return false;
    }

    int length() {
        return bytes.length;
    }

    /**
     * @param longer length of the question's name minus that of the origin
     */
    void copyTo(byte[] message, int at, int longer) {
        System.arraycopy(bytes, 0, message, at, bytes.length);
        for (int pointer : pointers) {
            BigEndian.putU16(message, at + pointer, BigEndian.u16(bytes, pointer) + longer);
        }
    }
}
