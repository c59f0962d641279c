package io.meridian.dns;

import io.meridian.dns.forward.AllowedClients;
import io.meridian.dns.forward.ForwardSettings;

import java.time.Duration;
import java.util.List;

/** Reads {@code forward}, {@code cache} and {@code recursion} below {@code meridian.dns}. */
final class ForwardKeys {
    private static final long GIB = 1L << 30;
    private static final Duration DAY = Duration.ofDays(1);

    private ForwardKeys() {}

    static ForwardSettings settings(ConfigReader reader) {
        Duration timeout = millis(reader, "forward.timeout", 10, 60_000);
        Duration total = millis(reader, "forward.total-timeout", 10, 120_000);
        atLeast("forward.total-timeout", total, "forward.timeout", timeout);
        return new ForwardSettings(
                timeout,
                millis(reader, "forward.hedge-delay", 10, 60_000),
                total,
                reader.integer("forward.parallel-queries", 1, 8),
                reader.duration(
                        "forward.failure-half-life", Duration.ofSeconds(1), Duration.ofHours(1)),
                reader.integer("forward.max-pending", 1, 100_000),
                reader.integer("forward.max-pending-per-client", 1, 100_000),
                reader.bool("forward.random-case"),
                reader.bool("forward.trust-ad"),
                cache(reader));
    }

    private static ForwardSettings.Cache cache(ConfigReader reader) {
        Duration second = Duration.ofSeconds(1);
        Duration min = reader.duration("cache.min-ttl", Duration.ZERO, Duration.ofHours(1));
        Duration max = reader.duration("cache.max-ttl", second, DAY.multipliedBy(7));
        atLeast("cache.max-ttl", max, "cache.min-ttl", min);
        return new ForwardSettings.Cache(
                bytes(reader, "cache.size", 4 * GIB),
                min,
                max,
                reader.duration("cache.max-negative-ttl", Duration.ZERO, DAY),
                reader.duration("cache.failure-ttl", second, Duration.ofSeconds(5)),
                reader.bool("cache.serve-stale"),
                millis(reader, "cache.stale-after", 0, 60_000),
                reader.duration("cache.max-stale", second, DAY.multipliedBy(7)));
    }

    static AllowedClients recursion(ConfigReader reader) {
        List<String> texts = reader.texts("recursion.allow");
        try {
            return AllowedClients.of(texts);
        } catch (IllegalArgumentException e) {
            throw ConfigReader.wrong(
                    "recursion.allow",
                    "a list of \"ip/bits\", addresses and \"" + AllowedClients.HOST_NETWORKS + "\"",
                    String.valueOf(e.getMessage()));
        }
    }

    private static void atLeast(String key, Duration value, String lowKey, Duration low) {
        if (value.compareTo(low) < 0) {
            throw ConfigReader.wrong(
                    key,
                    "at least " + ConfigReader.path(lowKey) + " (" + low.toMillis() + " ms)",
                    value.toMillis() + " ms");
        }
    }

    private static Duration millis(ConfigReader reader, String key, long min, long max) {
        return reader.duration(key, Duration.ofMillis(min), Duration.ofMillis(max));
    }

    private static long bytes(ConfigReader reader, String key, long max) {
        String rule = "a size between 0 and " + max + " bytes, such as 32 MiB";
        long value = reader.read(key, rule, () -> reader.config().getBytes(ConfigReader.path(key)));
        if (value < 0 || value > max) {
            throw ConfigReader.wrong(key, rule, String.valueOf(value));
        }
        return value;
    }
}
