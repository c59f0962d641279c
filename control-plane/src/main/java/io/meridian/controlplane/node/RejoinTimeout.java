package io.meridian.controlplane.node;

import java.time.Duration;

/**
 * The time after which a node leaves a cluster that it cannot join or hear, and joins again. Pure.
 *
 * @param first timeout of the first attempt
 */
record RejoinTimeout(Duration first) {
    private static final int MOST_DOUBLINGS = 4;

    /**
     * The timeout of one attempt: doubled with each failed attempt, up to sixteen times the first,
     * with a jitter of a quarter either way. Jitter keeps nodes that lost their masters at the same
     * moment from rejoining at the same moment.
     *
     * @param attempt failed attempts in a row, 0 or more
     * @param random 0 (inclusive) to 1 (exclusive)
     */
    Duration after(int attempt, double random) {
        double full = first.toNanos() * Math.pow(2, Math.min(attempt, MOST_DOUBLINGS));
        return Duration.ofNanos((long) (full * (0.75 + random / 2)));
    }
}
