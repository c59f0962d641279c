package io.meridian.dns.limit;

import io.meridian.domain.net.AddressPrefix;

import java.time.Duration;
import java.util.List;

/**
 * How many answers over UDP the addresses of one prefix get together.
 *
 * @param positive answers with records a second, 0..1,000,000; 0: any number
 * @param negative answers without records (NODATA, NXDOMAIN) a second, the same
 * @param error other RCODEs a second, the same
 * @param burst a prefix that was silent gets as many at once as this time's worth, but at least one
 * @param slip every how many-th refused answer goes out empty with TC, so that a real client comes
 *     over TCP, 1 to 1000; 0: none
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

    /** Whether no answer is ever refused. */
    public boolean areOff() {
        return positive == 0 && negative == 0 && error == 0;
    }
}
