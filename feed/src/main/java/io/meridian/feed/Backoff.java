package io.meridian.feed;

import java.time.Duration;

/** How long to wait after failures. Pure. */
public record Backoff(Duration min, Duration max) {
    /**
     * Doubles with each failure, up to the longest pause, and then a random part of up to half is
     * taken away: many who failed at once must not come back at once.
     *
     * @param failures in a row, 1 or more
     * @param random 0 (inclusive) to 1 (exclusive)
     */
    public Duration after(int failures, double random) {
        double full =
                Math.min(
                        (double) max.toNanos(),
                        min.toNanos() * Math.pow(2, Math.min(failures, 60) - 1));
        return Duration.ofNanos((long) (full * (1 - random / 2)));
    }
}
