package io.meridian.dns.limit;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;

class RateTableLawTest {
    static final long SECOND = 1_000_000_000L;

    /** A request of a client, and the time since the previous request. */
    record Arrival(long hash, long after) {}

    @Provide
    Arbitrary<List<Arrival>> arrivals() {
        // Few hashes and few buckets, so that two keys share no, one or both buckets.
        Arbitrary<Long> hash =
                Combinators.combine(
                                Arbitraries.longs().between(0, 3),
                                Arbitraries.longs().between(0, 3))
                        .as((first, second) -> first | second << 32);
        Arbitrary<Long> after =
                Arbitraries.frequencyOf(
                        Tuple.of(6, Arbitraries.longs().between(0, SECOND / 100)),
                        Tuple.of(1, Arbitraries.longs().between(0, 3 * SECOND)));
        return Combinators.combine(hash, after).as(Arrival::new).list().ofMaxSize(300);
    }

    @Property(tries = 500)
    void noKeyExceedsItsRatePlusOneBurst(
            @ForAll("arrivals") List<Arrival> arrivals,
            @ForAll @IntRange(min = 1, max = 200) int rate,
            @ForAll @IntRange(min = 1, max = 20) int burst) {
        RateTable table = new RateTable(rate, burst, 4, 0);
        List<List<Long>> sent = new ArrayList<>();
        for (int key = 0; key < 16; key++) {
            sent.add(new ArrayList<>());
        }
        long now = 0;
        for (Arrival arrival : arrivals) {
            now += arrival.after;
            if (table.take(arrival.hash, now)) {
                sent.get((int) (arrival.hash | arrival.hash >>> 30)).add(now);
            }
        }
        for (List<Long> times : sent) {
            for (int from = 0; from < times.size(); from++) {
                for (int to = from; to < times.size(); to++) {
                    double seconds = (times.get(to) - times.get(from)) / (double) SECOND;
                    assertThat((double) (to - from + 1))
                            .isLessThanOrEqualTo(rate * seconds + burst);
                }
            }
        }
    }

    @Property
    void keysThatShareOneBucketDoNotLimitEachOther(
            @ForAll @IntRange(min = 1, max = 1000) int rate,
            @ForAll @IntRange(min = 1, max = 50) int burst,
            @ForAll @LongRange(min = 0, max = 15) long busy,
            @ForAll @LongRange(min = 0, max = 15) long quiet) {
        RateTable table = new RateTable(rate, burst, 16, 0);
        long quietHash = quiet | (quiet + 1) % 16 << 32;
        // The other key shares at most one of the two buckets.
        long busyHash = busy | (busy == quiet ? (quiet + 2) % 16 : (quiet + 1) % 16) << 32;
        while (table.take(busyHash, 0)) {}
        for (int i = 0; i < burst; i++) {
            assertThat(table.take(quietHash, 0)).isTrue();
        }
        assertThat(table.take(quietHash, 0)).isFalse();
    }

    @Property
    void anIdleKeyRegainsAWholeBurst(
            @ForAll("arrivals") List<Arrival> arrivals,
            @ForAll @IntRange(min = 1, max = 200) int rate,
            @ForAll @IntRange(min = 1, max = 20) int burst,
            @ForAll @LongRange(min = 0, max = 3) long key) {
        RateTable table = new RateTable(rate, burst, 4, 0);
        long now = 0;
        for (Arrival arrival : arrivals) {
            now += arrival.after;
            table.take(arrival.hash, now);
        }
        now += burst * Math.ceilDiv(SECOND, rate);
        for (int i = 0; i < burst; i++) {
            assertThat(table.take(key | key << 32, now)).isTrue();
        }
        assertThat(table.take(key | key << 32, now)).isFalse();
    }

    @Property
    void aKeyBelowItsRateIsNeverRefused(
            @ForAll @IntRange(min = 1, max = 1_000_000) int rate,
            @ForAll @IntRange(min = 1, max = 3) int burst,
            @ForAll List<@LongRange(min = 0, max = SECOND) Long> pauses,
            @ForAll long origin) {
        RateTable table = new RateTable(rate, burst, 4, origin);
        long now = origin;
        for (long pause : pauses) {
            now += Math.ceilDiv(SECOND, rate) + pause;
            assertThat(table.take(5, now)).isTrue();
        }
    }

    @Example
    void threadsGetNoMoreThanOneEachBeyondTheBurst() throws InterruptedException {
        int threads = 4;
        int burst = 1000;
        RateTable table = new RateTable(1, burst, 4, 0);
        LongAdder sent = new LongAdder();
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(
                    Thread.ofPlatform()
                            .start(
                                    () -> {
                                        awaits(start);
                                        for (int n = 0; n < 10_000; n++) {
                                            if (table.take(1, 0)) {
                                                sent.increment();
                                            }
                                        }
                                    }));
        }
        start.countDown();
        for (Thread thread : all) {
            thread.join();
        }
        assertThat(sent.sum()).isBetween((long) burst, (long) burst + threads - 1);
    }

    private static void awaits(CountDownLatch start) {
        try {
            start.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }
}
