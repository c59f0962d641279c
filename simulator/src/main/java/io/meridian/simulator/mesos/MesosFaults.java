package io.meridian.simulator.mesos;

import io.meridian.simulator.http.WireResponse;
import io.meridian.simulator.marathon.fault.Ending;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Faults between the masters and their clients. Each fault happens a number of times and is then
 * spent. Any thread.
 */
public final class MesosFaults {
    /** Count of a fault that lasts until {@link #clear}. */
    public static final int ALWAYS = Integer.MAX_VALUE;

    /** The faults of one request. */
    record Plan(Duration delay, Optional<WireResponse> instead, boolean empty) {}

    /** The owner of the streams: ends and silences them. */
    interface Streams {
        void end(Ending ending);

        void silence(boolean on);
    }

    private enum Damage {
        DROP,
        HALF,
        BAD_LENGTH
    }

    private final Streams streams;
    private final List<Damage> events = new ArrayList<>();
    private final Counter slow = new Counter();
    private final Counter refusals = new Counter();
    private final Counter empties = new Counter();
    private Duration delay = Duration.ZERO;
    private WireResponse refusal = WireResponse.empty(503);
    private boolean silent;

    MesosFaults(Streams streams) {
        this.streams = streams;
    }

    /** Ends every open stream now. */
    public void cutStreams(Ending ending) {
        streams.end(ending);
    }

    /** Suppresses events and heartbeats while on; streams stay open. */
    public void silence(boolean on) {
        synchronized (this) {
            silent = on;
        }
        streams.silence(on);
    }

    /** Drops the next events. */
    public synchronized void dropEvents(int count) {
        for (int i = 0; i < count; i++) {
            events.add(Damage.DROP);
        }
    }

    /** Sends half of the next event, then ends the streams. */
    public synchronized void halfRecord() {
        events.add(Damage.HALF);
    }

    /** Gives the next event a RecordIO length that is not a number. */
    public synchronized void badLength() {
        events.add(Damage.BAD_LENGTH);
    }

    /** Delays the next answers and the first records of streams. */
    public synchronized void slow(int times, Duration by) {
        delay = by;
        slow.left = times;
    }

    /** Replaces the next answers and streams by this status. */
    public synchronized void status(int times, int code) {
        refusal = WireResponse.of(code, "text/plain; charset=utf-8", WireResponse.reasonOf(code));
        refusals.left = times;
    }

    /**
     * Makes every member redirect to this address, whether or not that master leads.
     *
     * @param hostPort {@code host:port}
     */
    public synchronized void wrongLeader(int times, String hostPort) {
        refusal = MesosMember.redirect(hostPort, "/api/v1");
        refusals.left = times;
    }

    /**
     * Makes streams and states show an empty cluster, as a master does to a client without
     * permissions.
     */
    public synchronized void emptyState(int times) {
        empties.left = times;
    }

    /** Clears all faults. */
    public void clear() {
        synchronized (this) {
            events.clear();
            slow.left = 0;
            refusals.left = 0;
            empties.left = 0;
        }
        silence(false);
    }

    synchronized boolean isSilent() {
        return silent;
    }

    synchronized Plan plan() {
        return new Plan(
                slow.take() ? delay : Duration.ZERO,
                refusals.take() ? Optional.of(refusal) : Optional.empty(),
                empties.take());
    }

    /** Applies the next fault to an event; empty if it is dropped. */
    synchronized Optional<RecordStream.Piece> pass(byte[] record) {
        if (silent) {
            return Optional.empty();
        }
        byte[] framed = RecordStream.framed(record);
        if (events.isEmpty()) {
            return Optional.of(new RecordStream.Piece(framed, Ending.GO_ON));
        }
        return switch (events.removeFirst()) {
            case DROP -> Optional.empty();
            case HALF ->
                    Optional.of(
                            new RecordStream.Piece(
                                    Arrays.copyOf(framed, framed.length / 2), Ending.CLOSE));
            case BAD_LENGTH ->
                    Optional.of(
                            new RecordStream.Piece(
                                    RecordStream.framed("12ab", record), Ending.GO_ON));
        };
    }

    private static final class Counter {
        private int left;

        private boolean take() {
            boolean due = left > 0;
            left = due && left != ALWAYS ? left - 1 : left;
            return due;
        }
    }
}
