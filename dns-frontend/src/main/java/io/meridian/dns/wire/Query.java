package io.meridian.dns.wire;

/**
 * A well-formed query.
 *
 * @param name QNAME in its case
 * @param type QTYPE, 0..65535, see {@link Types}
 * @param dnsClass QCLASS: {@link Types#IN} or {@link Types#ANY_CLASS}; any class in the query of a
 *     {@link Rejection}
 */
public record Query(Header header, DnsName name, int type, int dnsClass, Edns edns)
        implements ReadResult {
    /** The query with another name. */
    public Query with(DnsName other) {
        return new Query(header, other, type, dnsClass, edns);
    }

    /** The query with its cookie verified. */
    public Query with(Cookie cookie) {
        return new Query(header, name, type, dnsClass, edns.with(cookie));
    }

    /** The query without options that have no meaning over UDP. */
    public Query overUdp() {
        return edns.keepalive() ? new Query(header, name, type, dnsClass, edns.overUdp()) : this;
    }

    /** Whether the query asks for a zone transfer. */
    public boolean isTransfer() {
        return type == Types.AXFR || type == Types.IXFR;
    }
}
