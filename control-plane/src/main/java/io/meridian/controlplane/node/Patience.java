package io.meridian.controlplane.node;

import java.time.Duration;

/**
 * How long a membership may be of no use before it is given up. Pure.
 *
 * @param first for the first time
 */
record Patience(Duration first) {
    private static final int MOST_DOUBLINGS = 4;

    /**
     * Doubles from time to time up to sixteen times the first, and differs by a quarter either way:
     * many that lost their masters at once must not come back at once.
     *
     * @param attempt how often it came to nothing in a row, 0 or more
     * @param random 0 (inclusive) to 1 (exclusive)
     */
    Duration after(int attempt, double random) {
        double full = first.toNanos() * Math.pow(2, Math.min(attempt, MOST_DOUBLINGS));
        return Duration.ofNanos((long) (full * (0.75 + random / 2)));
    }
}
