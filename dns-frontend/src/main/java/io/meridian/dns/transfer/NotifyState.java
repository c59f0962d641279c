package io.meridian.dns.transfer;

/**
 * NOTIFY state of one zone at one secondary. The first change is sent at once; changes within the
 * next second are sent together at its end. NOTIFY is repeated with growing delay until the
 * secondary acknowledges. Pure; times are milliseconds of one clock.
 *
 * @param due when to send next; {@link #NEVER} if every change is acknowledged
 * @param sent when NOTIFY was last sent
 * @param failures consecutive messages without acknowledgement
 */
record NotifyState(long due, long sent, int failures) {
    static final long NEVER = Long.MAX_VALUE;

    /** Shortest time between two NOTIFY messages for one zone. */
    static final long INTERVAL = 1_000;

    static final long LONGEST_WAIT = 60_000;

    static final NotifyState IDLE = new NotifyState(NEVER, Long.MIN_VALUE / 2, 0);

    /** The state after a change; a message that is due already covers it. */
    NotifyState changed(long now) {
        return due != NEVER
                ? this
                : new NotifyState(Math.max(now, sent + INTERVAL), sent, failures);
    }

    /** The state while a message is sent; a later change needs another one. */
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
