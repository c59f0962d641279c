package io.meridian.dns.limit;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Token buckets for any number of keys in a table of fixed size, without locks and allocation. The
 * caller passes the time in.
 *
 * <p>A bucket is one number: the time until which its answers are paid for (generic cell rate
 * algorithm, ITU-T I.371 A, equal to a token bucket). Each answer adds one interval. An answer is
 * refused if the paid time is more than a burst ahead of now. A key has two buckets, one in each
 * half of the table, and may share each with other keys. An answer pays in both, and is refused
 * only when both refuse. So no key gets more than its rate, and a key gets less only when it shares
 * both buckets with busy keys.
 *
 * <p>Threads that decide on one key at the same moment may let one extra answer each pass; the key
 * pays for them afterwards.
 */
final class RateTable {
    private final long interval;
    private final long ahead;
    private final int mask;
    private final long origin;
    private final AtomicLongArray paidUntil;
    private final AtomicIntegerArray refused;

    /**
     * @param perSecond 1..10^9
     * @param burst answers at once after silence, at least 1
     * @param buckets in each half, a power of two
     * @param origin nanoseconds, not after any time that {@link #take} gets
     */
    RateTable(int perSecond, long burst, int buckets, long origin) {
        this.interval = Math.ceilDiv(1_000_000_000L, perSecond);
        this.ahead = (burst - 1) * interval;
        this.mask = buckets - 1;
        this.origin = origin;
        this.paidUntil = new AtomicLongArray(2 * buckets);
        this.refused = new AtomicIntegerArray(buckets);
    }

    /**
     * Pays for one answer.
     *
     * @param hash of the key, all 64 bits well mixed
     * @param now nanoseconds
     * @return false if the answer is refused; nothing is paid then
     */
    boolean take(long hash, long now) {
        long time = now - origin;
        int first = first(hash);
        int second = mask + 1 + ((int) (hash >>> 32) & mask);
        if (paidUntil.get(first) - time > ahead && paidUntil.get(second) - time > ahead) {
            return false;
        }
        pay(first, time);
        pay(second, time);
        return true;
    }

    /**
     * Adds one interval, up to a burst ahead of now, so that no key holds a shared bucket longer
     * than its own.
     */
    private void pay(int bucket, long time) {
        while (true) {
            long before = paidUntil.get(bucket);
            long after = Math.min(Math.max(before, time) + interval, time + ahead + interval);
            if (after <= before || paidUntil.compareAndSet(bucket, before, after)) {
                return;
            }
        }
    }

    /**
     * Counts a refusal.
     *
     * @return whether it is the {@code n}-th of its bucket, the 2{@code n}-th and so on
     */
    boolean isEveryNthRefusal(long hash, int n) {
        return Integer.remainderUnsigned(refused.incrementAndGet(first(hash)), n) == 0;
    }

    private int first(long hash) {
        return (int) hash & mask;
    }
}
