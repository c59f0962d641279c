package io.meridian.dns.server;

import io.meridian.dns.wire.ResponseCode;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the servers have done since the start. Any thread may count and read. */
public final class Counters {
    /** Each one's meaning stands in {@link io.meridian.dns.DnsStatus}. */
    public enum Event {
        UDP_QUERIES,
        TCP_QUERIES,
        TRUNCATED,
        MALFORMED,
        DROPPED,
        FORWARDED,
        FORWARD_FAILURES,
        TCP_REFUSED,
        UNREADABLE_RECORDS,
        FAULTS
    }

    private final Map<Event, LongAdder> events = adders(Event.class);
    private final Map<ResponseCode, LongAdder> answers = adders(ResponseCode.class);

    public void count(Event event) {
        events.get(event).increment();
    }

    public void count(Event event, long by) {
        events.get(event).add(by);
    }

    public void answered(ResponseCode code) {
        answers.get(code).increment();
    }

    public long of(Event event) {
        return events.get(event).sum();
    }

    public Map<ResponseCode, Long> answers() {
        Map<ResponseCode, Long> sums = new EnumMap<>(ResponseCode.class);
        answers.forEach((code, adder) -> sums.put(code, adder.sum()));
        return Collections.unmodifiableMap(sums);
    }

    private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
        Map<E, LongAdder> adders = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            adders.put(constant, new LongAdder());
        }
        return adders;
    }
}
