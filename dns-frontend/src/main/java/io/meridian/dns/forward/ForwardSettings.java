package io.meridian.dns.forward;

import java.time.Duration;

/**
 * How other servers are asked and what is kept of their answers; what each setting means and its
 * range stand in {@code reference.conf}.
 *
 * @param timeout for each server
 * @param hedgeDelay silence after which the next servers are asked as well
 * @param totalTimeout for one question, all servers together
 * @param parallelQueries servers asked together
 * @param failureHalfLife of a failure
 * @param maxPending queries that wait for an answer at once
 * @param maxPendingPerClient of those, from one address
 * @param randomCase whether letters go out in random case and must come back so
 * @param trustAd whether AD is asked for and passed on
 * @param cache what is kept
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
     * Below {@code meridian.dns.cache}.
     *
     * @param bytes of messages, about; 0: nothing is kept
     * @param minTtl how long an answer is kept at least; clients are never told more than is left
     *     of the server's own TTL
     * @param maxTtl no TTL above this is told or kept
     * @param maxNegativeTtl the same for denials
     * @param failureTtl for how long a question that failed is not asked again
     * @param serveStale whether an expired answer is better than none
     * @param staleAfter how long a client waits for a fresh answer before it gets the stale one
     * @param maxStale how long after its end an answer may still be given
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
