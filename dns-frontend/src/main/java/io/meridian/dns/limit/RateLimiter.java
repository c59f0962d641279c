package io.meridian.dns.limit;

import io.meridian.domain.net.AddressPrefix;

import java.time.Duration;
import java.util.Optional;

/**
 * Response rate limiting: bounds the answers that one network gets for queries over UDP, so that
 * forged source addresses can't turn the server against a third party (BCP 140). Has a bucket for
 * each address prefix and kind of answer. Any thread may call it; it allocates nothing and takes no
 * lock.
 *
 * <p>Addresses are two longs: an IPv6 address in network order, an IPv4 address as IPv4-mapped IPv6
 * ({@code ::ffff:a.b.c.d}, RFC 4291 2.5.5.2).
 */
public final class RateLimiter {
    /** Kinds of answers, in descending order of their size and so of their use to an attacker. */
    public enum Kind {
        POSITIVE,
        NEGATIVE,
        ERROR
    }

    /** The decision on an answer. */
    public enum Verdict {
        SEND,
        /** Send the question with TC and no records. */
        TRUNCATE,
        DROP
    }

    private static final long MAPPED = 0xffff_0000_0000L;
    private static final int MAPPED_BITS = 96;

    private final Optional<RateTable> positive;
    private final Optional<RateTable> negative;
    private final Optional<RateTable> error;
    private final int slip;
    private final long ipv4LowMask;
    private final long ipv6HighMask;
    private final long ipv6LowMask;
    private final long[] exempt;
    private final boolean off;
    private final long seed;

    /**
     * @param seed hard to guess; otherwise an attacker could choose addresses that share a victim's
     *     buckets
     * @param now nanoseconds of the clock that {@link #judge} gets
     */
    public RateLimiter(RateLimits limits, long seed, long now) {
        this.positive = table(limits.positive(), limits, now);
        this.negative = table(limits.negative(), limits, now);
        this.error = table(limits.error(), limits, now);
        this.slip = limits.slip();
        this.ipv4LowMask = lowMask(MAPPED_BITS + limits.ipv4Bits());
        this.ipv6HighMask = highMask(limits.ipv6Bits());
        this.ipv6LowMask = lowMask(limits.ipv6Bits());
        this.exempt = new long[4 * limits.exempt().size()];
        int at = 0;
        for (AddressPrefix prefix : limits.exempt()) {
            byte[] base = prefix.base().bytes();
            int bits = prefix.length() + (base.length == 4 ? MAPPED_BITS : 0);
            exempt[at++] = high(base);
            exempt[at++] = low(base);
            exempt[at++] = highMask(bits);
            exempt[at++] = lowMask(bits);
        }
        this.off = limits.areOff();
        this.seed = seed;
    }

    private static Optional<RateTable> table(int perSecond, RateLimits limits, long now) {
        if (perSecond == 0) {
            return Optional.empty();
        }
        long burst = limits.burst().toMillis() * perSecond / Duration.ofSeconds(1).toMillis();
        return Optional.of(new RateTable(perSecond, Math.max(1, burst), limits.buckets(), now));
    }

    /** Whether every verdict is {@link Verdict#SEND}. */
    public boolean isOff() {
        return off;
    }

    /**
     * Decides on one answer and takes it from the network's bucket.
     *
     * @param high upper half of the client's address
     * @param low lower half of the client's address
     * @param now nanoseconds of the constructor's clock
     */
    public Verdict judge(Kind kind, long high, long low, long now) {
        Optional<RateTable> table =
                switch (kind) {
                    case POSITIVE -> positive;
                    case NEGATIVE -> negative;
                    case ERROR -> error;
                };
        if (table.isEmpty() || isExempt(high, low)) {
            return Verdict.SEND;
        }
        long hash = hash(high, low);
        if (table.get().take(hash, now)) {
            return Verdict.SEND;
        }
        return slip > 0 && table.get().isEveryNthRefusal(hash, slip)
                ? Verdict.TRUNCATE
                : Verdict.DROP;
    }

    private boolean isExempt(long high, long low) {
        boolean ipv4 = isIpv4(high, low);
        for (int i = 0; i < exempt.length; i += 4) {
            if (ipv4 == isIpv4(exempt[i], exempt[i + 1])
                    && ((high ^ exempt[i]) & exempt[i + 2]) == 0
                    && ((low ^ exempt[i + 1]) & exempt[i + 3]) == 0) {
                return true;
            }
        }
        return false;
    }

    private long hash(long high, long low) {
        boolean ipv4 = isIpv4(high, low);
        long prefixHigh = ipv4 ? 0 : high & ipv6HighMask;
        long prefixLow = low & (ipv4 ? ipv4LowMask : ipv6LowMask);
        return mixed(mixed(prefixHigh + seed) ^ prefixLow);
    }

    private static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> 32 == MAPPED >>> 32;
    }

    /**
     * A bit mixer in which each bit of the result depends on each bit of the argument (Stafford's
     * variant 13).
     */
    private static long mixed(long bits) {
        long once = (bits ^ bits >>> 30) * 0xbf58476d1ce4e5b9L;
        long twice = (once ^ once >>> 27) * 0x94d049bb133111ebL;
        return twice ^ twice >>> 31;
    }

    private static long highMask(int bits) {
        return bits == 0 ? 0 : -1L << Math.max(0, 64 - bits);
    }

    private static long lowMask(int bits) {
        return bits <= 64 ? 0 : -1L << 128 - bits;
    }

    /**
     * The upper half of an address.
     *
     * @param address 4 or 16 bytes in network order
     */
    public static long high(byte[] address) {
        return address.length == 4 ? 0 : bigEndian(address, 0, 8);
    }

    /**
     * The lower half of an address.
     *
     * @param address 4 or 16 bytes in network order
     */
    public static long low(byte[] address) {
        return address.length == 4 ? MAPPED | bigEndian(address, 0, 4) : bigEndian(address, 8, 8);
    }

    private static long bigEndian(byte[] bytes, int from, int count) {
        long value = 0;
        for (int i = from; i < from + count; i++) {
            value = value << 8 | bytes[i] & 0xff;
        }
        return value;
    }
}
