package io.meridian.dns.forward;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;

import io.meridian.dns.wire.Response;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Upstream responses by question. A response is stored as a whole message and serves no other
 * question. Any thread may call it; nothing blocks.
 *
 * <p>An answer is fresh for its shortest TTL, a negative answer for the time of its SOA (RFC 2308
 * 5; without SOA it is not stored), a failure for a few seconds (RFC 9520 3.2). Truncated responses
 * are not stored. An expired answer stays for {@code max-stale} and is served, with TTLs of at most
 * 30 s, when no server answers (RFC 8767).
 */
final class ResponseCache {
    private static final int OVERHEAD = 400; // bytes of an entry, its key and the arrays in them
    private static final long SECOND = 1_000_000_000L;

    /** RFC 8767 4 and 5: TTL of a stale answer, and pause before servers are asked again. */
    private static final Duration STALE_TTL = Duration.ofSeconds(30);

    private final ForwardSettings.Cache settings;
    private final LongSupplier clock;
    private final Cache<Question, Entry> entries;

    /**
     * @param response empty for a failure without any response
     * @param fresh nanoseconds after {@code storedAt} for which the entry is fresh
     * @param usable whether the entry may be served when stale; false for failures
     * @param retryAt instant before which a stale answer is served without asking servers
     */
    private record Entry(
            Optional<Response> response, long storedAt, long fresh, boolean usable, long retryAt) {}

    /** What the cache has for a question. */
    sealed interface Lookup {
        /**
         * A response to serve at once: unexpired, or expired and servers were asked in vain lately.
         */
        record Fresh(ForwardedResponse response, boolean stale) implements Lookup {}

        /** An expired answer, to be served if no server gives a better one in time. */
        record Stale(ForwardedResponse response) implements Lookup {}

        record Nothing() implements Lookup {}
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

    Lookup find(Question question) {
        Entry entry = entries.getIfPresent(question);
        if (entry == null) {
            return new Lookup.Nothing();
        }
        long now = clock.getAsLong();
        long age = now - entry.storedAt;
        if (age < entry.fresh) {
            // Rounded up, so that clients never cache a record longer than its TTL.
            return new Lookup.Fresh(
                    new ForwardedResponse(entry.response, fresh((age + SECOND - 1) / SECOND)),
                    false);
        }
        if (!isOfUse(entry, now)) {
            return new Lookup.Nothing();
        }
        ForwardedResponse stale =
                new ForwardedResponse(entry.response, ttl -> Math.min(ttl, STALE_TTL.toSeconds()));
        return now - entry.retryAt < 0 ? new Lookup.Fresh(stale, true) : new Lookup.Stale(stale);
    }

    private boolean isOfUse(Entry entry, long now) {
        return staleAllowed(entry)
                && now - entry.storedAt < entry.fresh + settings.maxStale().toNanos();
    }

    /** Wraps a response that has just arrived. */
    ForwardedResponse arrived(Optional<Response> response) {
        return new ForwardedResponse(response, fresh(0));
    }

    private Response.TtlRule fresh(long ageSeconds) {
        long max = settings.maxTtl().toSeconds();
        return ttl -> Math.max(0, Math.min(ttl, max) - ageSeconds);
    }

    /** Stores a good answer, unless its TTL is 0 or it must not be stored. */
    void put(Question question, Response response) {
        long lifetime = lifetime(response).toNanos();
        if (lifetime > 0) {
            long now = clock.getAsLong();
            entries.put(question, new Entry(Optional.of(response), now, lifetime, true, now));
        }
    }

    /** The time for which a response is fresh; zero if it must not be stored. */
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
     * Remembers that no server gave a good answer. An older answer stays and is served meanwhile;
     * without one the failure is stored.
     *
     * @param said the response that was not good; empty if no server responded
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
