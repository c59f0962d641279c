package io.meridian.dns.wire;

import java.util.Arrays;

/**
 * The name suffixes in a message and their positions (RFC 1035 4.1.4), in a hash table with open
 * addressing. Each hit is compared with the message itself. Belongs to one {@link MessageWriter}.
 */
final class Compression {
    private static final int POINTER_LIMIT = 0x4000;
    private static final int MAX_LABELS = 128;

    private int[] hashes = new int[64];
    private int[] offsets = new int[64]; // 0: free, since names start behind the header
    private int size;

    private final int[] starts = new int[MAX_LABELS];
    private final int[] suffixHashes = new int[MAX_LABELS];

    void clear() {
        if (size > 0) {
            Arrays.fill(offsets, 0);
            size = 0;
        }
    }

    /**
     * Writes a name at {@code at} and adds its suffixes to the table.
     *
     * @param pointers whether the name may end in a compression pointer
     * @return position behind the name
     */
    int write(byte[] message, int at, DnsName name, boolean pointers) {
        byte[] wire = name.wire();
        int labels = index(wire);
        int to = at;
        for (int i = 0; i < labels; i++) {
            int known = find(message, wire, i);
            if (known != 0 && pointers) {
                message[to] = (byte) (0xc0 | known >> 8);
                message[to + 1] = (byte) known;
                return to + 2;
            }
            if (known == 0 && to < POINTER_LIMIT) {
                add(suffixHashes[i], to);
            }
            int length = wire[starts[i]] + 1;
            System.arraycopy(wire, starts[i], message, to, length);
            to += length;
        }
        message[to] = 0;
        return to + 1;
    }

    private int index(byte[] wire) {
        int labels = 0;
        for (int at = 0; wire[at] != 0; at += wire[at] + 1) {
            starts[labels++] = at;
        }
        int hash = 17;
        int behind = wire.length - 1;
        for (int i = labels - 1; i >= 0; i--) {
            for (int j = starts[i]; j < behind; j++) {
                hash = 31 * hash + DnsName.lower(wire[j]);
            }
            behind = starts[i];
            suffixHashes[i] = hash;
        }
        return labels;
    }

    private int find(byte[] message, byte[] wire, int label) {
        int hash = suffixHashes[label];
        for (int slot = slot(hash); offsets[slot] != 0; slot = slot + 1 & offsets.length - 1) {
            if (hashes[slot] == hash && same(message, offsets[slot], wire, starts[label])) {
                return offsets[slot];
            }
        }
        return 0;
    }

    /** Whether the name in the message, with pointers followed, equals the rest of {@code wire}. */
    private static boolean same(byte[] message, int offset, byte[] wire, int from) {
        int at = offset;
        int other = from;
        while (true) {
            int length = message[at] & 0xff;
            if (length >= 0xc0) {
                at = (length & 0x3f) << 8 | message[at + 1] & 0xff;
                continue;
            }
            if (length != wire[other]) {
                return false;
            }
            if (length == 0) {
                return true;
            }
            for (int i = 1; i <= length; i++) {
                if (DnsName.lower(message[at + i]) != DnsName.lower(wire[other + i])) {
                    return false;
                }
            }
            at += length + 1;
            other += length + 1;
        }
    }

    private void add(int hash, int offset) {
        if (2 * ++size > offsets.length) {
            grow();
        }
        put(hash, offset);
    }

    private void put(int hash, int offset) {
        int slot = slot(hash);
        while (offsets[slot] != 0) {
            slot = slot + 1 & offsets.length - 1;
        }
        hashes[slot] = hash;
        offsets[slot] = offset;
    }

    private void grow() {
        int[] oldHashes = hashes;
        int[] oldOffsets = offsets;
        hashes = new int[2 * oldHashes.length];
        offsets = new int[2 * oldOffsets.length];
        for (int i = 0; i < oldOffsets.length; i++) {
            if (oldOffsets[i] != 0) {
                put(oldHashes[i], oldOffsets[i]);
            }
        }
    }

    private int slot(int hash) {
        int h = hash * 0x9e3779b9;
        return (h ^ h >>> 16) & offsets.length - 1;
    }
}
