package io.meridian.ipvs.reconcile;

import java.time.Duration;

/** Waits that double up to a limit. Used by one thread. */
final class Backoff {
    private final Duration min;
    private final Duration max;
    private Duration next;

    Backoff(Duration min, Duration max) {
        this.min = min;
        this.max = max;
        this.next = min;
    }

    /** How long to wait now; the wait after this one is twice as long. */
    Duration take() {
        Duration now = next;
        Duration twice = next.multipliedBy(2);
        next = twice.compareTo(max) > 0 ? max : twice;
        return now;
    }

    /** All is well again. */
    void reset() {
        next = min;
    }
}
