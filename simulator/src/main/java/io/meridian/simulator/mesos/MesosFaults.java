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
    /** Until {@link #clear}. */
    public static final int ALWAYS = Integer.MAX_VALUE;

    /** What a master does with one request. */
    record Plan(Duration delay, Optional<WireResponse> instead, boolean empty) {}

    /** Ends and hushes streams. */
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

    /** Streams stay open but say nothing: no heartbeats and no events while on. */
    public void silence(boolean on) {
        synchronized (this) {
            silent = on;
        }
        streams.silence(on);
    }

    /** The next events never arrive. */
    public synchronized void dropEvents(int count) {
        for (int i = 0; i < count; i++) {
            events.add(Damage.DROP);
        }
    }

    /** Of the next event half arrives, then the streams end. */
    public synchronized void halfRecord() {
        events.add(Damage.HALF);
    }

    /** The next event has a length that is no number. */
    public synchronized void badLength() {
        events.add(Damage.BAD_LENGTH);
    }

    /** Answers come late, the first record of a stream too. */
    public synchronized void slow(int times, Duration by) {
        delay = by;
        slow.left = times;
    }

    /** This status comes instead of an answer or a stream. */
    public synchronized void status(int times, int code) {
        refusal = WireResponse.of(code, "text/plain; charset=utf-8", WireResponse.reasonOf(code));
        refusals.left = times;
    }

    /**
     * Every member redirects to this address, whether or not that master leads.
     *
     * @param hostPort {@code host:port}
     */
    public synchronized void wrongLeader(int times, String hostPort) {
        refusal = MesosMember.redirect(hostPort, "/api/v1");
        refusals.left = times;
    }

    /**
     * Streams and states show an empty cluster, as a master shows it to a client without
     * permissions.
     */
    public synchronized void emptyState(int times) {
        empties.left = times;
    }

    /** All is well again. */
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

    /** What becomes of an event; empty if it is lost. */
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
