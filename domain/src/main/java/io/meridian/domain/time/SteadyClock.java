package io.meridian.domain.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Monotonic clock for deadlines: adjustments of the wall clock do not change it. Its time is the
 * wall clock's at the start of the process, plus the nanoseconds since. All parts of a process
 * share the one instance, so their times are comparable; times of different processes are not. Any
 * thread.
 */
public final class SteadyClock extends Clock {
    public static final SteadyClock INSTANCE = new SteadyClock();

    private final Instant start = Instant.now();
    private final long startNanos = System.nanoTime();

    private SteadyClock() {}

    @Override
    public Instant instant() {
        return start.plusNanos(System.nanoTime() - startNanos);
    }

    /**
     * The wall clock time of a moment of this clock, for operators and other programs. Corrects by
     * whole seconds; smaller differences come from slewing. {@link Instant#EPOCH}, which means
     * never, is returned unchanged.
     */
    public Instant wall(Instant moment) {
        return moment.equals(Instant.EPOCH)
                ? moment
                : moment.plusSeconds(Duration.between(instant(), Instant.now()).toMillis() / 1000);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    /**
     * @throws UnsupportedOperationException always, because deadlines need no time zone
     */
    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("a steady clock has no other zone: " + zone);
    }
}
