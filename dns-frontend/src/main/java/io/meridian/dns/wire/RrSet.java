package io.meridian.dns.wire;

import java.util.List;

/**
 * Records of one owner and one type, in the order for the reply.
 *
 * @param ttl seconds, 0..2^31-1 (RFC 2181 8)
 * @param data not empty, all of one type, without duplicates
 */
public record RrSet(DnsName owner, long ttl, List<Rdata> data) {
    public RrSet {
        data = List.copyOf(data);
        if (data.isEmpty()) {
            throw new IllegalArgumentException("an RRset has at least one record: " + owner);
        }
    }

    public int type() {
        return data.getFirst().type();
    }
}
