package io.meridian.ipvs;

import java.time.Duration;

/**
 * How gently a virtual server's real servers come and go.
 *
 * @param drain how long a real server that leaves may keep its connections, 0 s or more; 0 takes it
 *     out at once
 * @param slowStart over what time the share of a real server that comes grows to its own, 0 s or
 *     more; 0 gives it at once
 */
public record TransitionPolicy(Duration drain, Duration slowStart) {
    /** At once, both. */
    public static final TransitionPolicy IMMEDIATE =
            new TransitionPolicy(Duration.ZERO, Duration.ZERO);

    public TransitionPolicy {
        if (drain.isNegative() || slowStart.isNegative()) {
            throw new IllegalArgumentException(
                    "drain and slow start must not be negative: was " + drain + ", " + slowStart);
        }
    }
}
