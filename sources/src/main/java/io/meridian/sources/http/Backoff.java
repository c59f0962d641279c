package io.meridian.sources.http;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: exponential with full jitter. The first wait is at most
 * a quarter of {@code min}, so that a server which comes up just after us is found at once.
 *
 * @param min upper bound of the second wait; doubles from there
 * @param max upper bound of all
 */
public record Backoff(Duration min, Duration max) {
    private static final long SHORTEST_MILLIS = 20;

    /**
     * @param failures in a row, from 1
     */
    public Duration delay(int failures, RandomGenerator random) {
        long bound =
                failures <= 1
                        ? min.toMillis() / 4
                        : Math.min(max.toMillis(), min.toMillis() << Math.min(failures - 2, 20));
        return Duration.ofMillis(
                random.nextLong(SHORTEST_MILLIS, Math.max(SHORTEST_MILLIS, bound) + 1));
    }
}
