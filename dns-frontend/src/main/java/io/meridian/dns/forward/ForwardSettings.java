package io.meridian.dns.forward;

import java.time.Duration;

/**
 * Settings of upstream queries and of their cache. {@code reference.conf} has the meaning and range
 * of each.
 *
 * @param timeout for one upstream server
 * @param hedgeDelay silence after which the question goes to the next servers as well
 * @param totalTimeout for one question over all upstream servers
 * @param parallelQueries servers that one question goes to at the same time
 * @param failureHalfLife time after which a failure counts half
 * @param maxPending client queries that may wait for upstream servers at the same time
 * @param maxPendingPerClient queries of one client address that may wait at the same time
 * @param randomCase whether queries have letters in random case, which replies must repeat
 * @param trustAd whether upstream queries set AD and clients get the reply's AD
 * @param cache settings of the cache
 */
public record ForwardSettings(
        Duration timeout,
        Duration hedgeDelay,
        Duration totalTimeout,
        int parallelQueries,
        Duration failureHalfLife,
        int maxPending,
        int maxPendingPerClient,
        boolean randomCase,
        boolean trustAd,
        Cache cache) {
    /**
     * Settings below {@code meridian.dns.cache}.
     *
     * @param bytes approximate memory of the cached messages; 0 turns the cache off
     * @param minTtl shortest time in the cache; clients never get a TTL above the rest of the
     *     server's own
     * @param maxTtl longest time in the cache, and largest TTL that clients get
     * @param maxNegativeTtl longest time in the cache, and largest TTL, of negative answers
     * @param failureTtl time for which a failed question is not asked again
     * @param serveStale whether clients get an expired answer when no server answers
     * @param staleAfter time that a client waits for a fresh answer before it gets an expired one
     * @param maxStale time after its expiry for which an answer may be served
     */
    public record Cache(
            long bytes,
            Duration minTtl,
            Duration maxTtl,
            Duration maxNegativeTtl,
            Duration failureTtl,
            boolean serveStale,
            Duration staleAfter,
            Duration maxStale) {}
}
