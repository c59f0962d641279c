package io.meridian.domain.table;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * An immutable hash map: a compressed hash-array mapped prefix tree (CHAMP) with 32 ways. A changed
 * map shares all nodes but those on the path to the change, so a change costs about the same among
 * ten keys and among a million. Iteration order is arbitrary; callers sort.
 */
public final class PersistentHashMap<K, V> {
    private static final int BITS = 5;
    private static final int HASH_BITS = 32;
    private static final Node NOTHING = new Node(0, 0, new Object[0]);
    private static final PersistentHashMap<?, ?> EMPTY = new PersistentHashMap<>(NOTHING, 0);

    private final Node root;
    private final int size;

    private PersistentHashMap(Node root, int size) {
        this.root = root;
        this.size = size;
    }

    @SuppressWarnings("unchecked")
    public static <K, V> PersistentHashMap<K, V> empty() {
        return (PersistentHashMap<K, V>) EMPTY;
    }

    /**
     * Returns the map of these entries. Cheaper than one put after the other.
     *
     * @param keys each once
     * @param values one for each key, in the order of the keys
     */
    public static <K, V> PersistentHashMap<K, V> of(List<K> keys, List<V> values) {
        if (keys.size() != values.size()) {
            throw new IllegalArgumentException(
                    keys.size() + " keys with " + values.size() + " values");
        }
        return new PersistentHashMap<>(
                new Filling(keys, values).node(0, keys.size(), 0), keys.size());
    }

    public int size() {
        return size;
    }

    @SuppressWarnings("unchecked")
    public Optional<V> get(K key) {
        return Optional.ofNullable((V) find(root, key));
    }

    /** Every entry, in arbitrary order. */
    public void forEach(BiConsumer<? super K, ? super V> action) {
        walk(root, action);
    }

    public Editor<K, V> edit() {
        return new Editor<>(this);
    }

    @Override
    public boolean equals(Object other) {
        if (!(other instanceof PersistentHashMap<?, ?> that) || that.size != size) {
            return false;
        }
        boolean[] same = {true};
        forEach((key, value) -> same[0] &= value.equals(find(that.root, key)));
        return same[0];
    }

    @Override
    public int hashCode() {
        int[] sum = new int[1];
        forEach((k, v) -> sum[0] += Objects.hashCode(k) ^ Objects.hashCode(v));
        return sum[0];
    }

    /**
     * A node. Its slots hold entries as key, value, key, value and so on, then child nodes. {@code
     * entries} and {@code children} are bitmaps of the 32 places; each kind is in the order of its
     * bits. At the deepest level both bitmaps are 0 and all slots are entries with one hash.
     */
    private record Node(int entries, int children, Object[] slots) {
        int entry(int bit) {
            return 2 * Integer.bitCount(entries & bit - 1);
        }

        int child(int bit) {
            return slots.length - Integer.bitCount(children & -bit);
        }

        Node with(int at, Object slot) {
            Object[] copy = slots.clone();
            copy[at] = slot;
            return new Node(entries, children, copy);
        }

        Node withEntry(int bit, Object key, Object value) {
            int at = entry(bit);
            Object[] copy = gap(slots, at, 0, 2);
            copy[at] = key;
            copy[at + 1] = value;
            return new Node(entries | bit, children, copy);
        }

        Node withoutEntry(int bit) {
            int at = entry(bit);
            return new Node(entries & ~bit, children, gap(slots, at, 2, 0));
        }

        /** Returns a copy with a child in place of an entry. */
        Node sunk(int bit, Node child) {
            int from = entry(bit);
            Node next = new Node(entries & ~bit, children | bit, gap(slots, from, 2, 0));
            int at = next.slots.length - Integer.bitCount(children & -bit);
            Object[] copy = gap(next.slots, at, 0, 1);
            copy[at] = child;
            return new Node(next.entries, next.children, copy);
        }

        /** Returns a copy with a child's only entry in place of the child. */
        Node risen(int bit, Node lone) {
            int from = child(bit);
            Node next = new Node(entries, children & ~bit, gap(slots, from, 1, 0));
            return next.withEntry(bit, lone.slots[0], lone.slots[1]);
        }

        boolean isLoneEntry() {
            return children == 0 && slots.length == 2;
        }

        /** Returns a copy with {@code fresh} empty slots in place of {@code old} slots. */
        private static Object[] gap(Object[] slots, int at, int old, int fresh) {
            Object[] copy = new Object[slots.length - old + fresh];
            System.arraycopy(slots, 0, copy, 0, at);
            System.arraycopy(slots, at + old, copy, at + fresh, slots.length - at - old);
            return copy;
        }
    }

    private static Object find(Node root, Object key) {
        int hash = hash(key);
        Node node = root;
        for (int shift = 0; shift < HASH_BITS; shift += BITS) {
            int bit = bit(hash, shift);
            if ((node.entries & bit) != 0) {
                int at = node.entry(bit);
                return node.slots[at].equals(key) ? node.slots[at + 1] : null;
            }
            if ((node.children & bit) == 0) {
                return null;
            }
            node = (Node) node.slots[node.child(bit)];
        }
        int at = among(node, key);
        return at < 0 ? null : node.slots[at + 1];
    }

    @SuppressWarnings("unchecked")
    private static <K, V> void walk(Node node, BiConsumer<? super K, ? super V> action) {
        int behind = node.slots.length - Integer.bitCount(node.children);
        for (int i = 0; i < behind; i += 2) {
            action.accept((K) node.slots[i], (V) node.slots[i + 1]);
        }
        for (int i = behind; i < node.slots.length; i++) {
            walk((Node) node.slots[i], action);
        }
    }

    private static Node put(Node node, Object key, Object value, int hash, int shift) {
        if (shift >= HASH_BITS) {
            return putAmong(node, key, value);
        }
        int bit = bit(hash, shift);
        if ((node.children & bit) != 0) {
            int at = node.child(bit);
            return node.with(at, put((Node) node.slots[at], key, value, hash, shift + BITS));
        }
        if ((node.entries & bit) == 0) {
            return node.withEntry(bit, key, value);
        }
        int at = node.entry(bit);
        Object other = node.slots[at];
        if (other.equals(key)) {
            return node.with(at + 1, value);
        }
        Node below = put(NOTHING, other, node.slots[at + 1], hash(other), shift + BITS);
        return node.sunk(bit, put(below, key, value, hash, shift + BITS));
    }

    private static Node removed(Node node, Object key, int hash, int shift) {
        if (shift >= HASH_BITS) {
            int at = among(node, key);
            return new Node(0, 0, Node.gap(node.slots, at, 2, 0));
        }
        int bit = bit(hash, shift);
        if ((node.entries & bit) != 0) {
            return node.withoutEntry(bit);
        }
        int at = node.child(bit);
        Node child = removed((Node) node.slots[at], key, hash, shift + BITS);
        return child.isLoneEntry() ? node.risen(bit, child) : node.with(at, child);
    }

    private static Node putAmong(Node node, Object key, Object value) {
        int at = among(node, key);
        if (at >= 0) {
            return node.with(at + 1, value);
        }
        Object[] copy = Arrays.copyOf(node.slots, node.slots.length + 2);
        copy[node.slots.length] = key;
        copy[node.slots.length + 1] = value;
        return new Node(0, 0, copy);
    }

    private static int among(Node node, Object key) {
        for (int i = 0; i < node.slots.length; i += 2) {
            if (node.slots[i].equals(key)) {
                return i;
            }
        }
        return -1;
    }

    private static int bit(int hash, int shift) {
        return 1 << (hash >>> shift); // a shift counts modulo 32
    }

    private static int hash(Object key) {
        int h = key.hashCode();
        h ^= h >>> 16;
        h *= 0x85ebca6b;
        return h ^ h >>> 13;
    }

    /**
     * Builds the nodes of many entries at once: a radix sort by five bits of the hash at a time.
     */
    private static final class Filling {
        private static final int WAYS = 1 << BITS;

        private final Object[] keys;
        private final Object[] values;
        private final int[] hashes;
        private final int[] order;
        private final int[] spare;

        Filling(List<?> keys, List<?> values) {
            this.keys = keys.toArray();
            this.values = values.toArray();
            this.hashes = new int[this.keys.length];
            this.order = new int[this.keys.length];
            this.spare = new int[this.keys.length];
            for (int i = 0; i < hashes.length; i++) {
                hashes[i] = hash(this.keys[i]);
                order[i] = i;
            }
        }

        /**
         * Builds the node of the entries {@code from} to {@code to} of the order, whose hashes
         * agree in all bits below the shift.
         */
        Node node(int from, int to, int shift) {
            if (shift >= HASH_BITS) {
                return among(from, to);
            }
            int[] ends = sorted(from, to, shift);
            int entries = 0;
            int children = 0;
            for (int way = 0, start = from; way < WAYS; start = ends[way++]) {
                int count = ends[way] - start;
                entries |= count == 1 ? 1 << way : 0;
                children |= count > 1 ? 1 << way : 0;
            }
            int behind = 2 * Integer.bitCount(entries);
            Object[] slots = new Object[behind + Integer.bitCount(children)];
            int entry = 0;
            int child = behind;
            for (int way = 0, start = from; way < WAYS; start = ends[way++]) {
                if (ends[way] - start == 1) {
                    entry = put(slots, entry, order[start]);
                } else if (ends[way] > start) {
                    slots[child++] = node(start, ends[way], shift + BITS);
                }
            }
            return new Node(entries, children, slots);
        }

        private Node among(int from, int to) {
            Object[] slots = new Object[2 * (to - from)];
            int at = 0;
            for (int i = from; i < to; i++) {
                at = put(slots, at, order[i]);
            }
            return new Node(0, 0, slots);
        }

        private int put(Object[] slots, int at, int which) {
            slots[at] = keys[which];
            slots[at + 1] = values[which];
            return at + 2;
        }

        /**
         * Sorts a part of the order by five bits of the hash.
         *
         * @return the end of each way
         */
        private int[] sorted(int from, int to, int shift) {
            int[] ends = new int[WAYS];
            for (int i = from; i < to; i++) {
                ends[way(order[i], shift)]++;
            }
            int end = to;
            for (int way = WAYS - 1; way >= 0; way--) {
                end -= ends[way];
                ends[way] = end; // the start of the way, until its entries are placed
            }
            for (int i = from; i < to; i++) {
                spare[ends[way(order[i], shift)]++] = order[i];
            }
            System.arraycopy(spare, from, order, from, to - from);
            return ends;
        }

        private int way(int which, int shift) {
            return hashes[which] >>> shift & WAYS - 1;
        }
    }

    /** Collects changes to a map. One thread, used once. */
    public static final class Editor<K, V> {
        private final PersistentHashMap<K, V> base;
        private Node root;
        private int size;
        private boolean edited;

        private Editor(PersistentHashMap<K, V> base) {
            this.base = base;
            this.root = base.root;
            this.size = base.size;
        }

        @SuppressWarnings("unchecked")
        public Optional<V> get(K key) {
            return Optional.ofNullable((V) find(root, key));
        }

        /** The number of entries with the changes so far. */
        public int size() {
            return size;
        }

        public void put(K key, V value) {
            size += find(root, key) == null ? 1 : 0;
            root = PersistentHashMap.put(root, key, value, hash(key), 0);
            edited = true;
        }

        public void remove(K key) {
            if (find(root, key) != null) {
                root = removed(root, key, hash(key), 0);
                size--;
                edited = true;
            }
        }

        /** Returns the map with all changes; the original map if there were none. */
        public PersistentHashMap<K, V> done() {
            return edited ? new PersistentHashMap<>(root, size) : base;
        }
    }
}
