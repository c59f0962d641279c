package io.meridian.dns.limit;

import io.meridian.domain.net.AddressPrefix;

import java.time.Duration;
import java.util.List;

/**
 * Limits of the answers over UDP to all addresses of one prefix together.
 *
 * @param positive answers with records per second, 0..1,000,000; 0: no limit
 * @param negative answers without records (NODATA, NXDOMAIN) per second, 0..1,000,000; 0: no limit
 * @param error answers with other RCODEs per second, 0..1,000,000; 0: no limit
 * @param burst a prefix that was silent gets as many answers at once as this time allows, at least
 *     one
 * @param slip every {@code slip}-th answer above the limit goes out empty with TC, so that a real
 *     client repeats the query over TCP, 1..1000; 0: none does
 * @param ipv4Bits length of an IPv4 prefix, 0..32
 * @param ipv6Bits length of an IPv6 prefix, 0..128
 * @param buckets size of the tables, a power of two
 * @param exempt prefixes without a limit
 */
public record RateLimits(
        int positive,
        int negative,
        int error,
        Duration burst,
        int slip,
        int ipv4Bits,
        int ipv6Bits,
        int buckets,
        List<AddressPrefix> exempt) {
    public RateLimits {
        if (Integer.bitCount(buckets) != 1) {
            throw new IllegalArgumentException("buckets must be a power of two: was " + buckets);
        }
        exempt = List.copyOf(exempt);
    }

    /** Whether no rate has a limit. */
    public boolean areOff() {
        return positive == 0 && negative == 0 && error == 0;
    }
}
