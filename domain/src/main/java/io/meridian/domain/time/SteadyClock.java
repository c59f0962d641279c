package io.meridian.domain.time;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Goes on evenly, whatever becomes of the wall clock: its time is the wall's when this process
 * first asked, plus what has passed since. For whatever waits: how long a task may be missing, a
 * drain may last, a question may be held. There is one, so that times of different parts of a
 * process can be compared; those of different processes can't.
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
     * What the wall clock would now say it was at a moment of this one; for people and other
     * programs, who know only that. By whole seconds of difference: below them it is being slewed.
     * EPOCH, which stands for never, stays.
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
     * @throws UnsupportedOperationException always: what waits needs no calendar
     */
    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("a steady clock has no other zone: " + zone);
    }
}
