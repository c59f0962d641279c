package io.meridian.domain.table;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * An immutable map whose next version shares all buckets that did not change, so that one changed
 * key in 100,000 costs a copy of one small bucket and of the bucket array, not of the map.
 * Iteration order is arbitrary: sort what leaves.
 */
public final class BucketMap<K, V> {
    private static final int MIN_BUCKETS = 16;
    private static final int LOAD = 8;

    private final Map<K, V>[]
            buckets; // power of two; elements never mutated once published; null = empty
    private final int size;

    private BucketMap(Map<K, V>[] buckets, int size) {
        this.buckets = buckets;
        this.size = size;
    }

    public static <K, V> BucketMap<K, V> empty() {
        return new BucketMap<>(newBuckets(MIN_BUCKETS), 0);
    }

    public int size() {
        return size;
    }

    public Optional<V> get(K key) {
        Map<K, V> bucket = buckets[index(key, buckets.length)];
        return bucket == null ? Optional.empty() : Optional.ofNullable(bucket.get(key));
    }

    /** Every entry, in arbitrary order. */
    public void forEach(BiConsumer<? super K, ? super V> action) {
        for (Map<K, V> bucket : buckets) {
            if (bucket != null) {
                bucket.forEach(action);
            }
        }
    }

    public Editor<K, V> edit() {
        return new Editor<>(this);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof BucketMap<?, ?> that) || that.size != size) {
            return false;
        }
        return toMap().equals(that.toMap());
    }

    @Override
    public int hashCode() {
        int[] sum = new int[1];
        forEach((k, v) -> sum[0] += Objects.hashCode(k) ^ Objects.hashCode(v));
        return sum[0];
    }

    private Map<K, V> toMap() {
        Map<K, V> all = HashMap.newHashMap(size);
        forEach(all::put);
        return all;
    }

    private static int index(Object key, int length) {
        int h = key.hashCode();
        h ^= h >>> 16;
        h *= 0x85ebca6b;
        return (h ^ h >>> 13) & length - 1;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <K, V> Map<K, V>[] newBuckets(int length) {
        return new Map[length];
    }

    /** Collects changes; used by one thread, once. */
    public static final class Editor<K, V> {
        private final BucketMap<K, V> base;
        private Map<K, V>[] buckets;
        private boolean[] owned;
        private int size;

        private Editor(BucketMap<K, V> base) {
            this.base = base;
            this.buckets = base.buckets;
            this.size = base.size;
        }

        public Optional<V> get(K key) {
            Map<K, V> bucket = buckets[index(key, buckets.length)];
            return bucket == null ? Optional.empty() : Optional.ofNullable(bucket.get(key));
        }

        /** How many entries there are with the changes so far. */
        public int size() {
            return size;
        }

        public void put(K key, V value) {
            if (own(key).put(key, value) == null && ++size > LOAD * buckets.length) {
                grow();
            }
        }

        public void remove(K key) {
            if (get(key).isPresent()) {
                own(key).remove(key);
                size--;
            }
        }

        /** The map with all changes; the one we started from if there were none. */
        public BucketMap<K, V> done() {
            return owned == null ? base : new BucketMap<>(buckets, size);
        }

        private Map<K, V> own(K key) {
            if (owned == null) {
                buckets = buckets.clone();
                owned = new boolean[buckets.length];
            }
            int i = index(key, buckets.length);
            if (!owned[i] || buckets[i] == null) {
                buckets[i] = buckets[i] == null ? new HashMap<>(4) : new HashMap<>(buckets[i]);
                owned[i] = true;
            }
            return buckets[i];
        }

        private void grow() {
            Map<K, V>[] larger = newBuckets(buckets.length * 4);
            for (Map<K, V> bucket : buckets) {
                if (bucket != null) {
                    bucket.forEach(
                            (k, v) -> {
                                int i = index(k, larger.length);
                                if (larger[i] == null) {
                                    larger[i] = new HashMap<>(4);
                                }
                                larger[i].put(k, v);
                            });
                }
            }
            buckets = larger;
            owned = new boolean[larger.length];
            Arrays.fill(owned, true);
        }
    }
}
