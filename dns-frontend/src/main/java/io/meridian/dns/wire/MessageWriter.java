package io.meridian.dns.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Encodes replies and truncates them. One thread uses an instance for many messages; {@link
 * #buffer()} holds the last one.
 *
 * <p>The question is copied byte for byte and owner names point to it, so a client that verifies
 * random capitals finds them. A record of the answer or authority section that does not fit sets
 * TC, and the records before it stay. An additional RRset that does not fit is left out as a whole
 * and sets nothing (RFC 2181 9).
 */
public final class MessageWriter {
    /** Largest message, since the length prefix of TCP has 16 bits. */
    public static final int MAX_LENGTH = 65535;

    /** Longest name of a server, which leaves room for the answer in 512 bytes. */
    public static final int MAX_NSID = 64;

    private static final int OPT_LENGTH = 11;
    private static final int OPTION_HEADER = 4;
    private static final int COOKIE_LENGTH = Cookie.CLIENT_LENGTH + Cookie.SERVER_LENGTH;
    private static final int LARGEST_RECORD = 2 * DnsName.MAX_LENGTH + DnsName.MAX_LENGTH + 64;

    private final int ownUdpSize;
    private final byte[] nsid;
    private final int idleTenths;
    private final Compression compression = new Compression();
    private byte[] buffer = new byte[2048];
    private int at;
    private int room;
    private int count;
    private int questions;
    private boolean truncated;

    /**
     * @param ownUdpSize UDP size that our OPT announces, 512..65535
     */
    public MessageWriter(int ownUdpSize) {
        this(ownUdpSize, new byte[0], 0);
    }

    /**
     * @param ownUdpSize UDP size that our OPT announces, 512..65535
     * @param nsid name of this server for clients that ask (RFC 5001), at most {@value #MAX_NSID}
     *     bytes; empty: no NSID
     * @param idleTenths idle timeout of TCP connections in tenths of a second (RFC 7828 3.1),
     *     0..65535
     */
    public MessageWriter(int ownUdpSize, byte[] nsid, int idleTenths) {
        this.ownUdpSize = ownUdpSize;
        this.nsid = nsid.clone();
        this.idleTenths = idleTenths;
    }

    /** The bytes of the last message; the next message overwrites them. */
    public byte[] buffer() {
        return buffer;
    }

    /** Whether the last message has TC set. */
    public boolean truncated() {
        return truncated;
    }

    /**
     * Clears TC of the last message. Over TCP a larger message does not exist, and a resolver that
     * gets TC there answers SERVFAIL.
     */
    public void clearTruncated() {
        buffer[2] &= (byte) ~2;
        truncated = false;
    }

    /**
     * Encodes an answer of our own zones.
     *
     * @param limit largest length, 512..{@value #MAX_LENGTH}; 0 for a reply without records
     * @param recursionAvailable RA
     * @return length of the message
     */
    public int write(Query query, Answer answer, int limit, boolean recursionAvailable) {
        start(limit - (query.edns().present() ? OPT_LENGTH + options(query.edns()) : 0));
        question(query);
        int answers = section(answer.answers());
        int authority = truncated ? 0 : section(answer.authority());
        int additional = truncated ? 0 : additional(answer.additional());
        if (query.edns().present()) {
            opt(query.edns(), answer.code());
            additional++;
        }
        header(query.header(), answer.code(), answer.authoritative(), recursionAvailable);
        counts(1, answers, authority, additional);
        return at;
    }

    /**
     * Encodes an upstream response for a client: with a header and an OPT of our own, the name in
     * the client's spelling, and truncated to the client's limit. AA is clear, because the answer
     * is not ours.
     *
     * @param limit largest length, 512..{@value #MAX_LENGTH}; 0 for a reply without records
     * @param authentic AD
     * @return length of the message
     */
    public int write(
            Query query,
            Response response,
            Response.TtlRule rule,
            int limit,
            boolean recursionAvailable,
            boolean authentic) {
        int opt = query.edns().present() ? OPT_LENGTH + options(query.edns()) : 0;
        start(limit - opt);
        if (buffer.length < response.length() + opt) {
            buffer = new byte[response.length() + opt];
        }
        at = response.copyTo(buffer, room, rule);
        truncated = (buffer[2] & 2) != 0 || response.isTruncated();
        byte[] name = query.name().wire();
        System.arraycopy(name, 0, buffer, Header.LENGTH, name.length);
        if (query.edns().present()) {
            opt(query.edns(), ResponseCode.NOERROR);
            putU16(10, ((buffer[10] & 0xff) << 8 | buffer[11] & 0xff) + 1);
        }
        header(query.header(), ResponseCode.NOERROR, false, recursionAvailable);
        buffer[3] |= (byte) (response.code() & 0xf | (authentic ? 0x20 : 0));
        return at;
    }

    /** Encodes a header without question and records. */
    public int write(ReadResult.Malformed malformed) {
        start(Header.LENGTH);
        header(malformed.header(), malformed.code(), false, false);
        counts(0, 0, 0, 0);
        return at;
    }

    /**
     * Starts one message of several that answer one query (RFC 5936 2.2). The caller then calls
     * {@link #add} for its records, and {@link #end}.
     *
     * @param first whether to repeat the question. Records are compressed against it only if it is
     *     in lower case, because records must keep their case (RFC 5936 3.4)
     * @param limit largest length, 512..{@value #MAX_LENGTH}
     */
    public void begin(Query query, boolean first, int limit) {
        start(limit - (query.edns().present() ? OPT_LENGTH + options(query.edns()) : 0));
        questions = first ? 1 : 0;
        count = 0;
        if (first) {
            question(query);
            if (!Arrays.equals(query.name().wire(), query.name().lowerCaseWire())) {
                compression.clear();
            }
        }
    }

    /**
     * @return false if the record does not fit; the caller must then call {@link #end}
     */
    public boolean add(RrSet set, int index) {
        return fits(set, index);
    }

    /**
     * Ends the message that {@link #begin} has started.
     *
     * @return length of the message
     */
    public int end(Query query) {
        if (query.edns().present()) {
            opt(query.edns(), ResponseCode.NOERROR);
        }
        header(query.header(), ResponseCode.NOERROR, true, false);
        counts(questions, count, 0, query.edns().present() ? 1 : 0);
        return at;
    }

    /**
     * Adds a signature as the last additional record.
     *
     * @return length of the message
     */
    public int append(byte[] record) {
        if (at + record.length > buffer.length) {
            buffer = Arrays.copyOf(buffer, at + record.length);
        }
        System.arraycopy(record, 0, buffer, at, record.length);
        at += record.length;
        putU16(10, 1 + ((buffer[10] & 0xff) << 8 | buffer[11] & 0xff));
        return at;
    }

    private void start(int limit) {
        room = limit;
        at = Header.LENGTH;
        truncated = false;
        compression.clear();
    }

    private void header(
            Header header, ResponseCode code, boolean authoritative, boolean recursionAvailable) {
        putU16(0, header.id());
        buffer[2] =
                (byte)
                        (0x80
                                | header.opcode() << 3
                                | (authoritative ? 4 : 0)
                                | (truncated ? 2 : 0)
                                | (header.recursionDesired() ? 1 : 0));
        buffer[3] =
                (byte)
                        ((recursionAvailable ? 0x80 : 0)
                                | (header.checkingDisabled() ? 0x10 : 0)
                                | code.number() & 0xf);
    }

    private void counts(int questions, int answers, int authority, int additional) {
        putU16(4, questions);
        putU16(6, answers);
        putU16(8, authority);
        putU16(10, additional);
    }

    private void question(Query query) {
        at = compression.write(buffer, at, query.name(), false);
        u16(query.type());
        u16(query.dnsClass());
    }

    /**
     * @return number of records written; {@link #truncated} is set if some did not fit
     */
    private int section(List<RrSet> sets) {
        count = 0;
        for (RrSet set : sets) {
            for (int i = 0; i < set.data().size() && !truncated; i++) {
                if (!fits(set, i)) {
                    truncated =
                            true; // no further name may follow: the compression table has those of
                    // the dropped record
                }
            }
        }
        return count;
    }

    private int additional(List<RrSet> sets) {
        count = 0;
        for (RrSet set : sets) {
            int before = at;
            int countBefore = count;
            for (int i = 0; i < set.data().size(); i++) {
                if (!fits(set, i)) {
                    at = before;
                    return countBefore; // no further name may follow, as in section
                }
            }
        }
        return count;
    }

    /** Writes one record, or leaves the position unchanged if it does not fit. */
    private boolean fits(RrSet set, int index) {
        int before = at;
        if (at + LARGEST_RECORD > buffer.length) {
            buffer =
                    Arrays.copyOf(buffer, Math.min(2 * buffer.length, MAX_LENGTH + LARGEST_RECORD));
        }
        at = compression.write(buffer, at, set.owner(), true);
        u16(set.type());
        u16(Types.IN);
        u32(set.ttl());
        int length = at;
        at += 2;
        data(set.data().get(index));
        putU16(length, at - length - 2);
        if (at > room) {
            at = before;
            return false;
        }
        count++;
        return true;
    }

    private void data(Rdata data) {
        switch (data) {
            case Rdata.Address a -> {
                byte[] bytes = a.address().bytes();
                System.arraycopy(bytes, 0, buffer, at, bytes.length);
                at += bytes.length;
            }
            case Rdata.Srv srv -> {
                u16(srv.priority());
                u16(srv.weight());
                u16(srv.port());
                // RFC 2782: "name compression is not to be used for this field"
                at = compression.write(buffer, at, srv.target(), false);
            }
            case Rdata.Cname cname -> at = compression.write(buffer, at, cname.target(), true);
            case Rdata.Ptr ptr -> at = compression.write(buffer, at, ptr.target(), true);
            case Rdata.Txt txt -> {
                byte[] bytes = txt.text().getBytes(StandardCharsets.ISO_8859_1);
                buffer[at++] = (byte) bytes.length;
                System.arraycopy(bytes, 0, buffer, at, bytes.length);
                at += bytes.length;
            }
            case Rdata.Ns ns -> at = compression.write(buffer, at, ns.server(), true);
            case Rdata.Soa soa -> {
                at = compression.write(buffer, at, soa.server(), true);
                at = compression.write(buffer, at, soa.mailbox(), true);
                u32(soa.serial());
                u32(soa.refresh());
                u32(soa.retry());
                u32(soa.expire());
                u32(soa.minimum());
            }
        }
    }

    /** Length of the options in our OPT. */
    private int options(Edns edns) {
        return (edns.cookie().present() ? OPTION_HEADER + COOKIE_LENGTH : 0)
                + (edns.keepalive() ? OPTION_HEADER + 2 : 0)
                + (edns.nsid() && nsid.length > 0 ? OPTION_HEADER + nsid.length : 0);
    }

    private void opt(Edns edns, ResponseCode code) {
        int options = code == ResponseCode.BADVERS ? 0 : options(edns);
        buffer[at++] = 0;
        u16(Types.OPT);
        u16(ownUdpSize);
        buffer[at++] = (byte) (code.number() >> 4);
        buffer[at++] = 0; // version
        u16(edns.dnssecOk() ? 0x8000 : 0);
        u16(options);
        if (options > 0) {
            writeOptions(edns);
        }
    }

    private void writeOptions(Edns edns) {
        if (edns.cookie().present()) {
            u16(Cookie.OPTION);
            u16(COOKIE_LENGTH);
            u64(edns.cookie().client());
            u64(edns.cookie().head());
            u64(edns.cookie().hash());
        }
        if (edns.keepalive()) {
            u16(Edns.KEEPALIVE);
            u16(2);
            u16(idleTenths);
        }
        if (edns.nsid() && nsid.length > 0) {
            u16(Edns.NSID);
            u16(nsid.length);
            System.arraycopy(nsid, 0, buffer, at, nsid.length);
            at += nsid.length;
        }
    }

    private void u16(int value) {
        putU16(at, value);
        at += 2;
    }

    private void u32(long value) {
        putU16(at, (int) (value >>> 16));
        putU16(at + 2, (int) value);
        at += 4;
    }

    private void u64(long value) {
        u32(value >>> 32);
        u32(value);
    }

    private void putU16(int index, int value) {
        buffer[index] = (byte) (value >> 8);
        buffer[index + 1] = (byte) value;
    }
}
