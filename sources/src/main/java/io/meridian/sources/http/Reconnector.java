package io.meridian.sources.http;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Numbers the connections of a source and decides when the next one is tried. Pure; used by one
 * thread.
 *
 * <p>An epoch is one connection or attempt. Messages carry the epoch of their connection; those of
 * an earlier one are void. A connection shorter than {@code reset-after} does not shorten the
 * delays: a server that accepts and drops would otherwise be asked as often as a healthy one.
 */
public final class Reconnector {
    private final ReconnectSettings settings;
    private final RandomGenerator random;
    private int epoch;
    private int attempt;
    private int failures;
    private Optional<Instant> attachedAt = Optional.empty();
    private Optional<Instant> connectAt;

    /**
     * @param attempt 1 for the first failure since the source was attached
     * @param delay before the next attempt
     */
    public record Failure(int attempt, Duration delay) {
        /** Whether the source was attached before. */
        public boolean isFirst() {
            return attempt == 1;
        }

        /** One line for the log. */
        public String describe(String source, String cause) {
            return (isFirst() ? "detached from " : "cannot attach to ")
                    + source
                    + ": attempt="
                    + attempt
                    + ": "
                    + cause
                    + "; next attempt in "
                    + delay.toMillis() / 1000.0
                    + " s";
        }
    }

    /** The first attempt is due at {@code now}. */
    public Reconnector(ReconnectSettings settings, RandomGenerator random, Instant now) {
        this.settings = settings;
        this.random = random;
        connectAt = Optional.of(now);
    }

    public int epoch() {
        return epoch;
    }

    /** When {@link #begin} is due; empty while a connection is open or being opened. */
    public Optional<Instant> connectAt() {
        return connectAt;
    }

    public boolean isDue(Instant now) {
        return connectAt.isPresent() && !now.isBefore(connectAt.get());
    }

    /** A new connection begins. Returns its epoch. */
    public int begin() {
        connectAt = Optional.empty();
        return ++epoch;
    }

    /** The connection works. Later calls for the same connection change nothing. */
    public void attached(Instant now) {
        attempt = 0;
        if (attachedAt.isEmpty()) {
            attachedAt = Optional.of(now);
        }
    }

    /** Whether no attempt has failed since the delays were last reset. */
    public boolean hasNoFailures() {
        return failures == 0;
    }

    /** The connection failed or was lost: its epoch ends and the next attempt is scheduled. */
    public Failure failed(Instant now) {
        if (attachedAt.isPresent() && !now.isBefore(attachedAt.get().plus(settings.resetAfter()))) {
            failures = 0;
        }
        attachedAt = Optional.empty();
        epoch++;
        attempt++;
        failures++;
        Duration delay = settings.backoff().delay(failures, random);
        connectAt = Optional.of(now.plus(delay));
        return new Failure(attempt, delay);
    }

    /** Makes the next attempt due at once; delays are not reset. */
    public void connectNow(Instant now) {
        connectAt = Optional.of(now);
    }
}
