package io.meridian.dns.wire;

import java.util.Arrays;

/**
 * Reads one DNS query. Never throws: for a query without answer the result is the rejection for the
 * reply.
 *
 * <p>Checks run in this order, and the first failure decides:
 *
 * <ol>
 *   <li>length at least 12 and QR clear (else silence);
 *   <li>opcode QUERY (NOTIMP);
 *   <li>one question, no answers, no authority except the one SOA of IXFR (FORMERR);
 *   <li>a well-formed question (FORMERR);
 *   <li>well-formed additional records, at most one OPT, with the root as owner (FORMERR, RFC 6891
 *       6.1.1), and with a COOKIE of a valid length (FORMERR, RFC 7873 5.2.2);
 *   <li>no bytes behind them (FORMERR);
 *   <li>EDNS version 0 (BADVERS);
 *   <li>class IN or ANY (REFUSED).
 * </ol>
 */
public final class MessageReader {
    private static final int POINTER = 0xc0;

    private final byte[] packet;
    private final int end;
    private int at = Header.LENGTH;
    private boolean ednsKnown = true;
    private Edns edns = Edns.NONE;

    private MessageReader(byte[] packet, int end) {
        this.packet = packet;
        this.end = end;
    }

    /**
     * @param packet the datagram, or the TCP message without its length prefix; not kept
     * @param length of the message, 0..packet.length
     */
    public static ReadResult read(byte[] packet, int length) {
        if (length < Header.LENGTH || (packet[2] & 0x80) != 0) {
            return ReadResult.Silence.INSTANCE;
        }
        Header header = Header.read(packet);
        if (header.opcode() != 0) {
            return new ReadResult.Malformed(header, ResponseCode.NOTIMP);
        }
        try {
            return new MessageReader(packet, length).query(header);
        } catch (FormatException e) {
            return new ReadResult.Malformed(header, ResponseCode.FORMERR);
        }
    }

    private ReadResult query(Header header) throws FormatException {
        int authority = u16At(8);
        int additional = u16At(10);
        check(u16At(4) == 1 && u16At(6) == 0);
        DnsName name = questionName();
        int type = u16();
        int dnsClass = u16();
        check(authority == 0 || authority == 1 && type == Types.IXFR);
        for (int i = 0; i < authority; i++) {
            skipName();
            skipRecordBody();
        }
        for (int i = 0; i < additional; i++) {
            additionalRecord();
        }
        check(at == end);
        Query query = new Query(header, name, type, dnsClass, edns);
        if (!ednsKnown) {
            return new Rejection(query, ResponseCode.BADVERS);
        }
        if (dnsClass != Types.IN && dnsClass != Types.ANY_CLASS) {
            return new Rejection(query, ResponseCode.REFUSED);
        }
        return query;
    }

    /**
     * Reads the first name of the message, in which a compression pointer is an error: there is no
     * name before it.
     */
    private DnsName questionName() throws FormatException {
        int start = at;
        while (true) {
            int length = u8();
            if (length == 0) {
                break;
            }
            check(length < 64 && at + length < end);
            at += length;
            check(at - start < DnsName.MAX_LENGTH);
        }
        return DnsName.ofWire(Arrays.copyOfRange(packet, start, at));
    }

    private void additionalRecord() throws FormatException {
        boolean root = at < end && packet[at] == 0;
        skipName();
        if (at + 2 <= end && u16At(at) == Types.OPT) {
            check(root && !edns.present());
            opt();
        } else {
            skipRecordBody();
        }
    }

    private void opt() throws FormatException {
        at += 2;
        int udpSize = u16();
        u8(); // upper bits of an RCODE, without meaning in a query
        ednsKnown = u8() == 0;
        boolean dnssecOk = (u16() & 0x8000) != 0;
        int length = u16();
        int optionsEnd = at + length;
        check(optionsEnd <= end);
        edns = new Edns(true, udpSize, dnssecOk, false, false, Cookie.NONE);
        while (ednsKnown && at < optionsEnd) {
            check(at + 4 <= optionsEnd);
            int code = u16();
            int optionLength = u16();
            check(at + optionLength <= optionsEnd);
            option(code, optionLength);
            at += optionLength;
        }
        at = optionsEnd;
    }

    /** Reads the option at the position, and does not move the position. */
    private void option(int code, int length) throws FormatException {
        if (code == Edns.NSID) {
            edns = edns.askingForNsid();
        } else if (code == Edns.KEEPALIVE
                && length == 0) { // a client sends no timeout (RFC 7828 3.2.1)
            edns = edns.askingForKeepalive();
        } else if (code == Cookie.OPTION) {
            int server = length - Cookie.CLIENT_LENGTH;
            check(server == 0 || server >= Cookie.MIN_SERVER && server <= Cookie.MAX_SERVER);
            if (!edns.cookie().present()) { // the first of several cookies counts (RFC 7873 5.2)
                edns = edns.with(cookie(server));
            }
        }
    }

    private Cookie cookie(int server) {
        long client = u64At(at);
        return server == Cookie.SERVER_LENGTH
                ? Cookie.of(client, u64At(at + 8), u64At(at + 16))
                : Cookie.of(client);
    }

    private void skipRecordBody() throws FormatException {
        at += 8;
        int length = u16();
        at += length;
        check(at <= end);
    }

    /** Skips a name without following pointers, which must lead backwards into the message. */
    private void skipName() throws FormatException {
        int start = at;
        while (true) {
            int length = u8();
            if (length == 0) {
                return;
            }
            if ((length & POINTER) == POINTER) {
                int target = (length & 0x3f) << 8 | u8();
                check(target >= Header.LENGTH && target < start);
                return;
            }
            check(length < 64);
            at += length;
            check(at - start < DnsName.MAX_LENGTH);
        }
    }

    private int u8() throws FormatException {
        check(at < end);
        return packet[at++] & 0xff;
    }

    private int u16() throws FormatException {
        check(at + 2 <= end);
        int value = u16At(at);
        at += 2;
        return value;
    }

    private long u64At(int index) {
        long value = 0;
        for (int i = 0; i < 8; i++) {
            value = value << 8 | packet[index + i] & 0xff;
        }
        return value;
    }

    private int u16At(int index) {
        return (packet[index] & 0xff) << 8 | packet[index + 1] & 0xff;
    }

    private static void check(boolean rule) throws FormatException {
        if (!rule) {
            throw new FormatException();
        }
    }

    /** Ends the reading. Has no stack trace, so that malformed packets stay cheap. */
    private static final class FormatException extends Exception {
        private static final long serialVersionUID = 1;

        FormatException() {
            super("message is malformed", null, false, false);
        }
    }
}
