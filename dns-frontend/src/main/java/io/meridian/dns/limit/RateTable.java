package io.meridian.dns.limit;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Token buckets of any number of keys in a table of fixed size, without a lock and without
 * allocation. Pure but for what it counts: time comes in.
 *
 * <p>A bucket is one number: the time until which its answers are paid for (the generic cell rate
 * algorithm, ITU-T I.371 A; equal to a token bucket). Each answer pays one interval more; what
 * would be paid for more than a burst ahead of now is refused. A key has two buckets, one in each
 * half of the table, which it may share with other keys; it is refused only when both refuse, and
 * pays in both. So a bucket is never emptier than the key's own would be, and no key ever gets more
 * than its rate; and a key gets less only when it meets busy others in both places.
 *
 * <p>Threads that ask for one key at the same moment may together get one answer each beyond that;
 * they pay for it afterwards.
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
     * @param origin a time not after the first that will come in, ns
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
     * @param hash of the key, all 64 bits well mixed
     * @param now ns
     * @return whether the answer may go out; it is paid for then
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

    /** No further than a burst ahead, so that what others paid is forgotten as soon as our own. */
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
