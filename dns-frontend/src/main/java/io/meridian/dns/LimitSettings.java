package io.meridian.dns;

import io.meridian.dns.limit.RateLimits;
import io.meridian.dns.server.TcpLimits;
import io.meridian.domain.net.AddressPrefix;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads the limits of one client: settings {@code tcp-*} and {@code rate-limit.*}. */
final class LimitSettings {
    private static final int MOST_ANSWERS = 1_000_000;
    private static final int RATE_BUCKETS = 1 << 16;

    private LimitSettings() {}

    static TcpLimits tcp(ConfigReader reader) {
        return new TcpLimits(
                reader.integer("tcp-connections", 1, 100_000),
                reader.integer("tcp-connections-per-client", 1, 100_000),
                reader.integer("tcp-in-flight", 1, 10_000),
                reader.duration(
                        "tcp-idle-timeout", Duration.ofMillis(100), Duration.ofMinutes(10)));
    }

    static RateLimits rates(ConfigReader reader) {
        return new RateLimits(
                reader.integer("rate-limit.positive", 0, MOST_ANSWERS),
                reader.integer("rate-limit.negative", 0, MOST_ANSWERS),
                reader.integer("rate-limit.error", 0, MOST_ANSWERS),
                reader.duration("rate-limit.burst", Duration.ZERO, Duration.ofMinutes(1)),
                reader.integer("rate-limit.slip", 0, 1000),
                reader.integer("rate-limit.ipv4-prefix", 0, 32),
                reader.integer("rate-limit.ipv6-prefix", 0, 128),
                RATE_BUCKETS,
                prefixes(reader, "rate-limit.exempt"));
    }

    private static List<AddressPrefix> prefixes(ConfigReader reader, String key) {
        String rule = "a list of addresses and prefixes such as \"192.0.2.0/24\"";
        List<AddressPrefix> prefixes = new ArrayList<>();
        for (String text : reader.texts(key)) {
            prefixes.add(
                    AddressPrefix.parse(text)
                            .orElseThrow(() -> ConfigReader.wrong(key, rule, text)));
        }
        return prefixes;
    }
}
