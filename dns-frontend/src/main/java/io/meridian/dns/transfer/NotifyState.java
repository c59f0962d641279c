package io.meridian.dns.transfer;

/**
 * How far one secondary has been told of one zone's changes. The first change is told at once,
 * those within the next second together at its end; what is not acknowledged is told again, later
 * each time. Pure; times in milliseconds of one clock.
 *
 * @param due when to tell next; {@link #NEVER} if all is told
 * @param sent when it was told last
 * @param failures how often in a row nothing came back
 */
record NotifyState(long due, long sent, int failures) {
    static final long NEVER = Long.MAX_VALUE;

    /** Shortest time between two messages about one zone. */
    static final long INTERVAL = 1_000;

    static final long LONGEST_WAIT = 60_000;

    static final NotifyState IDLE = new NotifyState(NEVER, Long.MIN_VALUE / 2, 0);

    /** The zone has changed; what is due already will tell of that too. */
    NotifyState changed(long now) {
        return due != NEVER
                ? this
                : new NotifyState(Math.max(now, sent + INTERVAL), sent, failures);
    }

    /** It is being told; a change from now on is news again. */
    NotifyState sending(long now) {
        return new NotifyState(NEVER, now, failures);
    }

    NotifyState acknowledged() {
        return new NotifyState(due, sent, 0);
    }

    NotifyState failed(long now) {
        long wait = Math.min(LONGEST_WAIT, INTERVAL << Math.min(failures, 10));
        return new NotifyState(now + wait, sent, failures + 1);
    }
}
