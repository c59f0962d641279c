package io.meridian.dns.forward;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;

import io.meridian.dns.wire.Response;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Answers of other servers by question, whole messages as they came, so that nothing in one answer
 * is ever used for another question. Any thread may call it; nothing blocks.
 *
 * <p>An answer is kept for as long as its shortest TTL, a denial for as long as its SOA says (RFC
 * 2308 5; without SOA not at all), a failure for a few seconds (RFC 9520 3.2). Truncated answers
 * are not kept. What has expired stays for {@code max-stale} and is given again, with TTLs of at
 * most 30 s, when nobody answers (RFC 8767).
 */
final class ResponseCache {
    private static final int OVERHEAD = 400; // of an entry, its key and the arrays in them
    private static final long SECOND = 1_000_000_000L;

    /** RFC 8767 4 and 5: TTL of a stale answer, and the pause before servers are tried again. */
    private static final Duration STALE_TTL = Duration.ofSeconds(30);

    private final ForwardSettings.Cache settings;
    private final LongSupplier clock;
    private final Cache<Question, Entry> entries;

    /**
     * @param response empty for a failure in which nobody said anything
     * @param fresh for how long after {@code storedAt}, nanoseconds
     * @param usable whether it may be given when stale: failures may not
     * @param retryAt before this instant a stale answer is given without trying for a fresh one
     */
    private record Entry(
            Optional<Response> response, long storedAt, long fresh, boolean usable, long retryAt) {}

    /** What is known about a question. */
    sealed interface Known {
        /** The answer, not yet expired, or expired and known to be the best there is for now. */
        record Fresh(ForwardedResponse relay, boolean stale) implements Known {}

        /** An expired answer, to be given if no server gives a better one in time. */
        record Stale(ForwardedResponse relay) implements Known {}

        record Nothing() implements Known {}
    }

    /**
     * @param clock nanoseconds, never backwards
     */
    ResponseCache(ForwardSettings.Cache settings, LongSupplier clock) {
        this.settings = settings;
        this.clock = clock;
        this.entries =
                Caffeine.newBuilder()
                        .maximumWeight(settings.bytes())
                        .weigher(ResponseCache::weight)
                        .ticker(clock::getAsLong)
                        .expireAfter(Expiry.writing(this::retention))
                        .build();
    }

    private static int weight(Question question, Entry entry) {
        return OVERHEAD
                + question.name().length()
                + entry.response.map(r -> r.length() + 20 * r.records()).orElse(0);
    }

    private Duration retention(Question question, Entry entry) {
        return Duration.ofNanos(
                entry.fresh + (staleAllowed(entry) ? settings.maxStale().toNanos() : 0));
    }

    private boolean staleAllowed(Entry entry) {
        return settings.serveStale() && entry.usable;
    }

    Known find(Question question) {
        Entry entry = entries.getIfPresent(question);
        if (entry == null) {
            return new Known.Nothing();
        }
        long now = clock.getAsLong();
        long age = now - entry.storedAt;
        if (age < entry.fresh) {
            // Rounded up, so that no record is kept a part of a second too long.
            return new Known.Fresh(
                    new ForwardedResponse(entry.response, fresh((age + SECOND - 1) / SECOND)),
                    false);
        }
        if (!isOfUse(entry, now)) {
            return new Known.Nothing();
        }
        ForwardedResponse relay =
                new ForwardedResponse(entry.response, ttl -> Math.min(ttl, STALE_TTL.toSeconds()));
        return now - entry.retryAt < 0 ? new Known.Fresh(relay, true) : new Known.Stale(relay);
    }

    private boolean isOfUse(Entry entry, long now) {
        return staleAllowed(entry)
                && now - entry.storedAt < entry.fresh + settings.maxStale().toNanos();
    }

    /** An answer that has just come. */
    ForwardedResponse arrived(Optional<Response> response) {
        return new ForwardedResponse(response, fresh(0));
    }

    private Response.TtlRule fresh(long ageSeconds) {
        long max = settings.maxTtl().toSeconds();
        return ttl -> Math.max(0, Math.min(ttl, max) - ageSeconds);
    }

    /** Keeps a good answer, if it may be kept. */
    void put(Question question, Response response) {
        long lifetime = lifetime(response).toNanos();
        if (lifetime > 0) {
            long now = clock.getAsLong();
            entries.put(question, new Entry(Optional.of(response), now, lifetime, true, now));
        }
    }

    /** Zero: it may not be kept. */
    private Duration lifetime(Response response) {
        if (response.isTruncated() || response.isNegative() && !response.hasSoa()) {
            return Duration.ZERO;
        }
        Duration max = response.isNegative() ? settings.maxNegativeTtl() : settings.maxTtl();
        Duration min = response.isNegative() ? Duration.ZERO : settings.minTtl();
        Duration own = Duration.ofSeconds(Math.min(response.lowestTtl(), Integer.MAX_VALUE));
        Duration capped = own.compareTo(max) > 0 ? max : own;
        return capped.compareTo(min) < 0 ? min : capped;
    }

    /**
     * Remembers that nobody gave a good answer: an older answer is given meanwhile if there is one,
     * else the failure.
     *
     * @param said what was said instead
     */
    void putFailure(Question question, Optional<Response> said) {
        long now = clock.getAsLong();
        entries.asMap()
                .compute(
                        question,
                        (_, old) ->
                                old != null && isOfUse(old, now)
                                        ? new Entry(
                                                old.response,
                                                old.storedAt,
                                                old.fresh,
                                                true,
                                                now + STALE_TTL.toNanos())
                                        : new Entry(
                                                said.filter(r -> !r.isTruncated()),
                                                now,
                                                settings.failureTtl().toNanos(),
                                                false,
                                                now));
    }

    long size() {
        entries.cleanUp();
        return entries.estimatedSize();
    }

    long bytes() {
        return entries.policy().eviction().map(e -> e.weightedSize().orElse(0)).orElse(0L);
    }
}
