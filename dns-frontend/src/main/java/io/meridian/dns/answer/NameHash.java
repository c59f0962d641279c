package io.meridian.dns.answer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Hash of a lower-case name, computed eight bytes at a time. */
final class NameHash {
    private static final VarHandle WORD =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long FACTOR = 0x9e37_79b9_7f4a_7c15L;

    private NameHash() {}

    /** A hash of 60 well-mixed bits. */
    static long of(byte[] bytes, int from, int length) {
        long hash = length;
        int end = from + length;
        int at = from;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            hash = mix(hash, (long) WORD.get(bytes, at));
        }
        if (at < end) {
            long rest = 0;
            for (; at < end; at++) {
                rest = rest << 8 | bytes[at] & 0xff;
            }
            hash = mix(hash, rest);
        }
        return (hash ^ hash >>> 29) * FACTOR >>> 4; // the trie uses 60 bits
    }

    static long mix(long hash, long word) {
        long product = (hash ^ word) * FACTOR;
        return product ^ product >>> 32;
    }
}
