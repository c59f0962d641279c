package io.meridian.ipvs;

import java.time.Duration;

/**
 * How fast real servers leave and join a virtual server.
 *
 * @param drain maximum time that a leaving real server keeps its connections, 0 s or more; 0 s
 *     removes it at once
 * @param slowStart time until a joining real server has its full weight, 0 s or more; 0 s gives it
 *     at once
 */
public record TransitionPolicy(Duration drain, Duration slowStart) {
    /** No drain and no slow start. */
    public static final TransitionPolicy IMMEDIATE =
            new TransitionPolicy(Duration.ZERO, Duration.ZERO);

    public TransitionPolicy {
        if (drain.isNegative() || slowStart.isNegative()) {
            throw new IllegalArgumentException(
                    "drain and slow start must not be negative: was " + drain + ", " + slowStart);
        }
    }
}
