package io.meridian.domain.vip;

/**
 * Bob Jenkins' lookup2, as Erlang's {@code phash2} applies it to a byte string: DC/OS picks the
 * first candidate for the IPv4 address of a named VIP by it (specs: dcos-net 2.3).
 *
 * @see <a href="https://burtleburtle.net/bob/c/lookup2.c">lookup2.c (public domain)</a>
 */
final class Lookup2 {
    private static final int GOLDEN_RATIO = 0x9e3779b9;
    private static final int ERLANG_BINARY = 0x08d12e65; // phash2's first c for byte strings
    private static final int BLOCK = 12;

    private int a = GOLDEN_RATIO;
    private int b = GOLDEN_RATIO;
    private int c = ERLANG_BINARY;

    private Lookup2() {}

    /** The hash, 0..2^32-1. */
    static long hash(byte[] key) {
        return new Lookup2().of(key);
    }

    private long of(byte[] key) {
        int at = 0;
        for (; key.length - at >= BLOCK; at += BLOCK) {
            a += word(key, at, 4);
            b += word(key, at + 4, 4);
            c += word(key, at + 8, 4);
            mix();
        }
        int left = key.length - at;
        a += word(key, at, Math.clamp(left, 0, 4));
        b += word(key, at + 4, Math.clamp(left - 4, 0, 4));
        c += word(key, at + 8, Math.clamp(left - 8, 0, 3)) << 8; // the lowest byte is the length's
        c += key.length;
        mix();
        return Integer.toUnsignedLong(c);
    }

    private static int word(byte[] key, int at, int length) {
        int word = 0;
        for (int i = 0; i < length; i++) {
            word |= (key[at + i] & 0xff) << 8 * i;
        }
        return word;
    }

    private void mix() {
        a = a - b - c ^ c >>> 13;
        b = b - c - a ^ a << 8;
        c = c - a - b ^ b >>> 13;
        a = a - b - c ^ c >>> 12;
        b = b - c - a ^ a << 16;
        c = c - a - b ^ b >>> 5;
        a = a - b - c ^ c >>> 3;
        b = b - c - a ^ a << 10;
        c = c - a - b ^ b >>> 15;
    }
}
