package io.meridian.dns.wire;

/**
 * A question we understand.
 *
 * @param name QNAME, case kept
 * @param type QTYPE, 0..65535, see {@link Types}
 * @param dnsClass QCLASS: {@link Types#IN} or {@link Types#ANY_CLASS}; anything in the query of a
 *     {@link Rejection}
 */
public record Query(Header header, DnsName name, int type, int dnsClass, Edns edns)
        implements ReadResult {
    /** The same question of another name. */
    public Query with(DnsName other) {
        return new Query(header, other, type, dnsClass, edns);
    }

    /** The query with its cookie as the server sees it. */
    public Query with(Cookie cookie) {
        return new Query(header, name, type, dnsClass, edns.with(cookie));
    }

    /** Without what a client can't ask for over UDP. */
    public Query overUdp() {
        return edns.keepalive() ? new Query(header, name, type, dnsClass, edns.overUdp()) : this;
    }

    /** Zone transfer: asks for more than one message can hold, and we serve none. */
    public boolean isTransfer() {
        return type == Types.AXFR || type == Types.IXFR;
    }
}
