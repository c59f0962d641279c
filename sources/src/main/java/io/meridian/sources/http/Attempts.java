package io.meridian.sources.http;

import org.slf4j.Logger;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How often in a row a source has failed to attach, and when it tries again. A stream that lasted
 * only a moment does not shorten the waits: a server that accepts and drops would be asked as often
 * as one that is well.
 */
public final class Attempts {
    private final String source;
    private final Backoff backoff;
    private final Duration resetAfter;
    private final RandomGenerator random;
    private final Logger log;

    private int attempt;
    private int failures;
    private boolean attached;
    private long attachedAt;

    /**
     * @param attempt 1 for the first failure in a row
     * @param delay before the next attempt
     */
    public record Failure(int attempt, Duration delay) {}

    /**
     * @param source its name, for the log
     * @param resetAfter how long it has to be attached for the next waits to be short again
     */
    public Attempts(
            String source,
            Backoff backoff,
            Duration resetAfter,
            RandomGenerator random,
            Logger log) {
        this.source = source;
        this.backoff = backoff;
        this.resetAfter = resetAfter;
        this.random = random;
        this.log = log;
    }

    /** May be told again while it is attached. */
    public void attached() {
        attempt = 0;
        if (!attached) {
            attached = true;
            attachedAt = System.nanoTime();
        }
    }

    /** Whether nothing has failed since waits were last short. */
    public boolean fresh() {
        return failures == 0;
    }

    /** Counts a failure, and says so. */
    public Failure failed(String cause) {
        if (attached && System.nanoTime() - attachedAt >= resetAfter.toNanos()) {
            failures = 0;
        }
        attached = false;
        attempt++;
        failures++;
        Duration delay = backoff.delay(failures, random);
        double seconds = delay.toMillis() / 1000.0;
        if (attempt == 1) {
            log.warn("detached from {}: {}; next attempt in {} s", source, cause, seconds);
        } else {
            log.info(
                    "cannot attach to {}: attempt={}: {}; next in {} s",
                    source,
                    attempt,
                    cause,
                    seconds);
        }
        return new Failure(attempt, delay);
    }
}
