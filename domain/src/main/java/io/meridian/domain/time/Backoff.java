package io.meridian.domain.time;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Exponential backoff: the delay before a retry doubles with each failure in a row, up to a limit.
 * Immutable; the caller counts its failures and starts from 1 again after a success.
 *
 * @param min {@link #bound} after the first failure; longer than zero
 * @param max largest {@link #bound}; at least {@code min}
 */
public record Backoff(Duration min, Duration max) {
    /** Smallest delay as a share of its bound: a retry loop never spins. */
    private static final double FLOOR = 0.1;

    private static final int MAX_DOUBLINGS = 62;

    public Backoff {
        if (!min.isPositive() || max.compareTo(min) < 0) {
            throw new IllegalArgumentException(
                    "backoff needs 0 < min <= max: min=" + min + " max=" + max);
        }
    }

    /**
     * The delay without jitter: {@code min} doubled with each failure after the first, at most
     * {@code max}. For retries that no other process makes at the same time, such as those of a
     * kernel operation.
     *
     * @param failures in a row, from 1
     */
    public Duration bound(int failures) {
        double doubled = min.toNanos() * Math.pow(2, Math.clamp(failures - 1L, 0, MAX_DOUBLINGS));
        return doubled < max.toNanos() ? Duration.ofNanos((long) doubled) : max;
    }

    /**
     * The delay with full jitter: uniform between a tenth of {@link #bound} and {@code bound}.
     * Clients that lost one server at the same moment do not return at the same moment.
     *
     * @param failures in a row, from 1
     */
    public Duration delay(int failures, RandomGenerator random) {
        double share = FLOOR + (1 - FLOOR) * random.nextDouble();
        return Duration.ofNanos((long) (bound(failures).toNanos() * share));
    }
}
