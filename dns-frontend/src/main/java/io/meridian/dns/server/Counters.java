package io.meridian.dns.server;

import io.meridian.dns.wire.ResponseCode;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counters of the DNS servers since the start. Any thread may count and read. A thread that counts
 * each query has a {@link Lane} of its own.
 */
public final class Counters {
    /** The counted events; {@link io.meridian.dns.DnsStatus} describes each. */
    public enum Event {
        UDP_QUERIES,
        TCP_QUERIES,
        TRUNCATED,
        PARTIAL,
        MALFORMED,
        DROPPED,
        FORWARDED,
        FORWARD_FAILURES,
        TCP_REFUSED,
        TCP_EVICTED,
        RATE_SLIPPED,
        RATE_DROPPED,
        UNREADABLE_RECORDS,
        FAULTS
    }

    private static final Event[] EVENTS = Event.values();
    private static final ResponseCode[] CODES = ResponseCode.values();
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private final LongAdder[] events = adders(EVENTS.length); // by ordinal
    private final LongAdder[] answers = adders(CODES.length); // by ordinal
    private final Set<Lane> lanes = new LinkedHashSet<>();

    public void count(Event event) {
        events[event.ordinal()].increment();
    }

    public void count(Event event, long by) {
        events[event.ordinal()].add(by);
    }

    public void answered(ResponseCode code) {
        answers[code.ordinal()].increment();
    }

    public long of(Event event) {
        synchronized (lanes) {
            long sum = events[event.ordinal()].sum();
            for (Lane lane : lanes) {
                sum += lane.get(event.ordinal());
            }
            return sum;
        }
    }

    public Map<ResponseCode, Long> answers() {
        Map<ResponseCode, Long> sums = new EnumMap<>(ResponseCode.class);
        synchronized (lanes) {
            for (ResponseCode code : CODES) {
                sums.put(code, answers[code.ordinal()].sum());
            }
            for (Lane lane : lanes) {
                sums.replaceAll((code, sum) -> sum + lane.get(EVENTS.length + code.ordinal()));
            }
        }
        return Collections.unmodifiableMap(sums);
    }

    /** The counters of one thread; readers add them to the shared ones. */
    Lane lane() {
        Lane lane = new Lane();
        synchronized (lanes) {
            lanes.add(lane);
        }
        return lane;
    }

    /** Counts by plain additions in memory that no other thread writes. */
    final class Lane {
        /** Events, then codes; padding on both sides keeps other objects off the cache lines. */
        private static final int PAD = 8;

        private final long[] counts = new long[PAD + EVENTS.length + CODES.length + PAD];

        void count(Event event) {
            add(event.ordinal(), 1);
        }

        void count(Event event, long by) {
            add(event.ordinal(), by);
        }

        void answered(ResponseCode code) {
            add(EVENTS.length + code.ordinal(), 1);
        }

        private void add(int index, long by) {
            LONGS.setOpaque(counts, PAD + index, counts[PAD + index] + by);
        }

        private long get(int index) {
            return (long) LONGS.getOpaque(counts, PAD + index);
        }

        /** Adds the counts to the shared counters; the thread must count no more. */
        void close() {
            synchronized (lanes) {
                if (lanes.remove(this)) {
                    for (Event event : EVENTS) {
                        Counters.this.count(event, get(event.ordinal()));
                    }
                    for (ResponseCode code : CODES) {
                        answers[code.ordinal()].add(get(EVENTS.length + code.ordinal()));
                    }
                }
            }
        }
    }

    private static LongAdder[] adders(int count) {
        LongAdder[] adders = new LongAdder[count];
        Arrays.setAll(adders, _ -> new LongAdder());
        return adders;
    }
}
