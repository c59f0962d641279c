package io.meridian.dns.answer;

import org.jspecify.annotations.Nullable;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Entries (see {@link NameEntry}) by name: a persistent hash trie with 64 ways per level.
 * Immutable. A changed table shares all nodes but those on the path to the changed entry, so a
 * change costs the same in a zone of ten names and of a million.
 *
 * <p>A slot holds an entry, a {@link Node}, or, where all 60 bits of the hash are equal, an array
 * of entries. Reads allocate nothing.
 */
final class NameTable {
    static final NameTable EMPTY = new NameTable(new Node(0, new Object[0]), 0);

    /** Result of {@link #find} for an unknown name: an entry without records. */
    static final byte[] NONE = new byte[9];

    private static final int BITS = 6;
    private static final int LAST_SHIFT = 54;

    private final Node root;
    private final int size;

    private NameTable(Node root, int size) {
        this.root = root;
        this.size = size;
    }

    private record Node(long bitmap, Object[] slots) {
        int index(long bit) {
            return Long.bitCount(bitmap & bit - 1);
        }

        Node with(int index, Object slot) {
            Object[] copy = slots.clone();
            copy[index] = slot;
            return new Node(bitmap, copy);
        }

        Node inserted(long bit, Object slot) {
            int index = index(bit);
            Object[] copy = new Object[slots.length + 1];
            System.arraycopy(slots, 0, copy, 0, index);
            copy[index] = slot;
            System.arraycopy(slots, index, copy, index + 1, slots.length - index);
            return new Node(bitmap | bit, copy);
        }

        Node removed(long bit) {
            int index = index(bit);
            Object[] copy = new Object[slots.length - 1];
            System.arraycopy(slots, 0, copy, 0, index);
            System.arraycopy(slots, index + 1, copy, index, copy.length - index);
            return new Node(bitmap & ~bit, copy);
        }
    }

    /**
     * Builds a table of many entries, which costs less than adding them one by one.
     *
     * @param entries one per name
     */
    static NameTable of(byte[][] entries) {
        return new NameTable(new Filling(entries).node(0, entries.length, 0), entries.length);
    }

    /** Number of entries. */
    int size() {
        return size;
    }

    /**
     * @param name on the wire, lower case, from index 0
     * @param hash {@link NameHash#of} the name
     * @return the entry, which the caller must not change; {@link #NONE} for an unknown name
     */
    byte[] find(byte[] name, int length, long hash) {
        Node node = root;
        for (int shift = 0; ; shift += BITS) {
            long bit = bit(hash, shift);
            if ((node.bitmap & bit) == 0) {
                return NONE;
            }
            Object slot = node.slots[node.index(bit)];
            if (slot instanceof byte[] entry) {
                return NameEntry.isNamed(entry, name, length) ? entry : NONE;
            }
            if (slot instanceof Node next) {
                node = next;
                continue;
            }
            for (byte[] entry : (byte[][]) slot) {
                if (NameEntry.isNamed(entry, name, length)) {
                    return entry;
                }
            }
            return NONE;
        }
    }

    /**
     * @param name on the wire, lower case
     * @return the entry, which the caller must not change; {@link #NONE} for an unknown name
     */
    byte[] find(byte[] name) {
        return find(name, name.length, NameHash.of(name, 0, name.length));
    }

    /** The table with this entry, in place of any entry of the same name. */
    NameTable with(byte[] entry) {
        Change change = new Change(entry);
        return new NameTable(change.put(root, 0), size + change.grown);
    }

    /** The table without the entry of this name; the same table for an unknown name. */
    NameTable without(byte[] name) {
        long hash = NameHash.of(name, 0, name.length);
        if (!NameEntry.exists(find(name, name.length, hash))) {
            return this;
        }
        Object left = removed(root, name, hash, 0);
        return new NameTable(
                switch (left) {
                    case null -> EMPTY.root;
                    case Node node -> node;
                    default -> EMPTY.root.inserted(bit(NameEntry.hash((byte[]) left), 0), left);
                },
                size - 1);
    }

    /** Passes every entry to the action, in no particular order. */
    void forEach(Consumer<byte[]> action) {
        forEach(root, action);
    }

    private static void forEach(Object slot, Consumer<byte[]> action) {
        switch (slot) {
            case byte[] entry -> action.accept(entry);
            case Node node -> {
                for (Object inner : node.slots) {
                    forEach(inner, action);
                }
            }
            default -> {
                for (byte[] entry : (byte[][]) slot) {
                    action.accept(entry);
                }
            }
        }
    }

    private static long bit(long hash, int shift) {
        return 1L << (hash >>> shift); // Java takes shift distances modulo 64
    }

    /** Builds nodes from entries, which it sorts by six bits of the hash per level. */
    private static final class Filling {
        private static final int WAYS = 1 << BITS;

        private final long[] hashes;
        private final byte[][] entries;
        private final long[] spareHashes;
        private final byte[][] spareEntries;

        /** Sorts the array. */
        Filling(byte[][] entries) {
            this.entries = entries;
            this.hashes = new long[entries.length];
            this.spareHashes = new long[entries.length];
            this.spareEntries = new byte[entries.length][];
            for (int i = 0; i < entries.length; i++) {
                hashes[i] = NameEntry.hash(entries[i]);
            }
        }

        /**
         * The node of the entries at these indexes, whose hashes are equal in all bits below the
         * shift.
         */
        Node node(int from, int to, int shift) {
            int[] ends = sorted(from, to, shift);
            Object[] slots = new Object[WAYS];
            int taken = 0;
            long bitmap = 0;
            for (int way = 0, start = from; way < WAYS; start = ends[way++]) {
                if (ends[way] > start) {
                    bitmap |= 1L << way;
                    slots[taken++] = slot(start, ends[way], shift + BITS);
                }
            }
            return new Node(bitmap, Arrays.copyOf(slots, taken));
        }

        private Object slot(int from, int to, int shift) {
            if (to - from == 1) {
                return entries[from];
            }
            return shift > LAST_SHIFT
                    ? Arrays.copyOfRange(entries, from, to)
                    : node(from, to, shift);
        }

        /**
         * Sorts a range of entries by six bits of the hash.
         *
         * @return end index of each way
         */
        private int[] sorted(int from, int to, int shift) {
            int[] ends = new int[WAYS];
            for (int i = from; i < to; i++) {
                ends[way(hashes[i], shift)]++;
            }
            int end = to;
            for (int way = WAYS - 1; way >= 0; way--) {
                end -= ends[way];
                ends[way] = end; // start index, until the entries are moved
            }
            for (int i = from; i < to; i++) {
                int place = ends[way(hashes[i], shift)]++;
                spareHashes[place] = hashes[i];
                spareEntries[place] = entries[i];
            }
            System.arraycopy(spareHashes, from, hashes, from, to - from);
            System.arraycopy(spareEntries, from, entries, from, to - from);
            return ends;
        }

        private static int way(long hash, int shift) {
            return (int) (hash >>> shift) & WAYS - 1;
        }
    }

    /** Adds one entry. */
    private static final class Change {
        private final byte[] entry;
        private final byte[] name;
        private final long hash;
        private int grown;

        Change(byte[] entry) {
            this.entry = entry;
            this.name = NameEntry.name(entry);
            this.hash = NameEntry.hash(entry);
        }

        Node put(Node node, int shift) {
            long bit = bit(hash, shift);
            if ((node.bitmap & bit) == 0) {
                grown = 1;
                return node.inserted(bit, entry);
            }
            int index = node.index(bit);
            return node.with(index, put(node.slots[index], shift));
        }

        private Object put(Object slot, int shift) {
            return switch (slot) {
                case Node next -> put(next, shift + BITS);
                case byte[] other -> {
                    if (NameEntry.isNamed(other, name, name.length)) {
                        yield entry;
                    }
                    grown = 1;
                    yield apart(other, shift + BITS);
                }
                default -> beside((byte[][]) slot);
            };
        }

        private Object apart(byte[] other, int shift) {
            if (shift > LAST_SHIFT) {
                return new byte[][] {other, entry};
            }
            long otherBit = bit(NameEntry.hash(other), shift);
            Node node = EMPTY.root.inserted(otherBit, other);
            return otherBit == bit(hash, shift)
                    ? node.with(0, apart(other, shift + BITS))
                    : node.inserted(bit(hash, shift), entry);
        }

        private byte[][] beside(byte[][] others) {
            for (int i = 0; i < others.length; i++) {
                if (NameEntry.isNamed(others[i], name, name.length)) {
                    byte[][] copy = others.clone();
                    copy[i] = entry;
                    return copy;
                }
            }
            grown = 1;
            byte[][] copy = Arrays.copyOf(others, others.length + 1);
            copy[others.length] = entry;
            return copy;
        }
    }

    /**
     * The content of a slot after a name was removed from it: null if nothing is left, and an entry
     * instead of a node with a single entry. So the shape of a table does not depend on its
     * history.
     */
    private static @Nullable Object removed(Object slot, byte[] name, long hash, int shift) {
        return switch (slot) {
            case byte[] _ -> null;
            case Node node -> {
                long bit = bit(hash, shift);
                int index = node.index(bit);
                Object left = removed(node.slots[index], name, hash, shift + BITS);
                if (left != null) {
                    boolean lone = node.slots.length == 1 && left instanceof byte[];
                    yield lone ? left : node.with(index, left);
                }
                yield switch (node.slots.length) {
                    case 1 -> null;
                    case 2 -> {
                        Object other = node.slots[1 - index];
                        yield other instanceof byte[] ? other : node.removed(bit);
                    }
                    default -> node.removed(bit);
                };
            }
            default -> {
                byte[][] rest =
                        Arrays.stream((byte[][]) slot)
                                .filter(entry -> !NameEntry.isNamed(entry, name, name.length))
                                .toArray(byte[][]::new);
                yield rest.length == 1 ? rest[0] : rest;
            }
        };
    }
}
