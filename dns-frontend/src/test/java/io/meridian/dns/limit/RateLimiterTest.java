package io.meridian.dns.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.limit.RateLimiter.Kind;
import io.meridian.dns.limit.RateLimiter.Verdict;
import io.meridian.domain.net.AddressPrefix;
import io.meridian.domain.net.IpAddress;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;

class RateLimiterTest {
    private static final long SECOND = 1_000_000_000L;

    private static RateLimiter limiter(int slip, String... exempt) {
        List<AddressPrefix> prefixes =
                Arrays.stream(exempt).map(text -> AddressPrefix.parse(text).orElseThrow()).toList();
        RateLimits limits =
                new RateLimits(10, 5, 1, Duration.ofSeconds(1), slip, 24, 56, 1 << 14, prefixes);
        return new RateLimiter(limits, 42, 0);
    }

    private static Verdict ask(RateLimiter limiter, Kind kind, String address, long now) {
        byte[] bytes = IpAddress.literal(address).bytes();
        return limiter.judge(kind, RateLimiter.high(bytes), RateLimiter.low(bytes), now);
    }

    private static long sent(RateLimiter limiter, Kind kind, String address, long now) {
        long sent = 0;
        for (int i = 0; i < 100; i++) {
            sent += ask(limiter, kind, address, now) == Verdict.SEND ? 1 : 0;
        }
        return sent;
    }

    @Test
    void eachKindHasItsOwnRate() {
        RateLimiter limiter = limiter(0);
        assertThat(sent(limiter, Kind.POSITIVE, "192.0.2.1", 0)).isEqualTo(10);
        assertThat(sent(limiter, Kind.NEGATIVE, "192.0.2.1", 0)).isEqualTo(5);
        assertThat(sent(limiter, Kind.ERROR, "192.0.2.1", 0)).isEqualTo(1);
        assertThat(sent(limiter, Kind.POSITIVE, "192.0.2.1", SECOND / 2)).isEqualTo(5);
    }

    @Test
    void addressesOfAPrefixShareALimit() {
        RateLimiter limiter = limiter(0);
        assertThat(sent(limiter, Kind.POSITIVE, "192.0.2.1", 0)).isEqualTo(10);
        assertThat(sent(limiter, Kind.POSITIVE, "192.0.2.255", 0)).isZero();
        assertThat(sent(limiter, Kind.POSITIVE, "192.0.3.1", 0)).isEqualTo(10);
        assertThat(sent(limiter, Kind.POSITIVE, "2001:db8:0:ff::1", 0)).isEqualTo(10);
        assertThat(sent(limiter, Kind.POSITIVE, "2001:db8:0:0:ffff::", 0)).isZero();
        assertThat(sent(limiter, Kind.POSITIVE, "2001:db8:0:100::1", 0)).isEqualTo(10);
    }

    @Test
    void anExemptPrefixHasNoLimit() {
        RateLimiter limiter = limiter(0, "10.0.0.0/8", "2001:db8::/32", "192.0.2.7", "::/0");
        for (String address : List.of("10.255.0.1", "2001:db8:ffff::1", "192.0.2.7", "fe80::1")) {
            assertThat(sent(limiter, Kind.ERROR, address, 0)).as(address).isEqualTo(100);
        }
        assertThat(sent(limiter, Kind.ERROR, "11.0.0.1", 0)).isEqualTo(1);
        assertThat(sent(limiter, Kind.ERROR, "192.0.2.8", 0)).isEqualTo(1);
    }

    @Test
    void everyNthLimitedAnswerIsTruncatedInsteadOfDropped() {
        RateLimiter limiter = limiter(3);
        assertThat(ask(limiter, Kind.ERROR, "192.0.2.1", 0)).isEqualTo(Verdict.SEND);
        for (int round = 0; round < 5; round++) {
            assertThat(ask(limiter, Kind.ERROR, "192.0.2.1", 0)).isEqualTo(Verdict.DROP);
            assertThat(ask(limiter, Kind.ERROR, "192.0.2.1", 0)).isEqualTo(Verdict.DROP);
            assertThat(ask(limiter, Kind.ERROR, "192.0.2.1", 0)).isEqualTo(Verdict.TRUNCATE);
        }
    }

    @Test
    void aRateOfZeroIsNoLimit() {
        RateLimits limits =
                new RateLimits(0, 1, 0, Duration.ofSeconds(1), 0, 24, 56, 16, List.of());
        RateLimiter limiter = new RateLimiter(limits, 42, 0);
        assertThat(sent(limiter, Kind.POSITIVE, "192.0.2.1", 0)).isEqualTo(100);
        assertThat(sent(limiter, Kind.NEGATIVE, "192.0.2.1", 0)).isEqualTo(1);
        assertThat(sent(limiter, Kind.ERROR, "192.0.2.1", 0)).isEqualTo(100);
        assertThat(limiter.isOff()).isFalse();
    }

    @Test
    void busyNetworksDoNotStarveTheOthers() {
        RateLimiter limiter = limiter(0);
        for (int third = 0; third < 200; third++) {
            sent(limiter, Kind.POSITIVE, "198.51." + third + ".1", 0);
        }
        for (int third = 0; third < 200; third++) {
            assertThat(sent(limiter, Kind.POSITIVE, "203.0." + third + ".1", 0)).isEqualTo(10);
        }
    }
}
