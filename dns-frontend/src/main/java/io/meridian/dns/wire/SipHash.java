package io.meridian.dns.wire;

/**
 * SipHash-2-4, a keyed hash of short messages (Aumasson and Bernstein, 2012), which RFC 9018
 * prescribes for server cookies.
 */
final class SipHash {
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    private SipHash(long k0, long k1) {
        v0 = k0 ^ 0x736f6d6570736575L;
        v1 = k1 ^ 0x646f72616e646f6dL;
        v2 = k0 ^ 0x6c7967656e657261L;
        v3 = k1 ^ 0x7465646279746573L;
    }

    /**
     * @param k0 first eight bytes of the key, little-endian
     * @param k1 last eight bytes of the key, little-endian
     */
    static long of(long k0, long k1, byte[] message) {
        return new SipHash(k0, k1).hash(message);
    }

    private long hash(byte[] message) {
        int whole = message.length & ~7;
        for (int i = 0; i < whole; i += 8) {
            block(littleEndian(message, i, 8));
        }
        block((long) message.length << 56 | littleEndian(message, whole, message.length - whole));
        v2 ^= 0xff;
        for (int i = 0; i < 4; i++) {
            round();
        }
        return v0 ^ v1 ^ v2 ^ v3;
    }

    private void block(long word) {
        v3 ^= word;
        round();
        round();
        v0 ^= word;
    }

    private void round() {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
    }

    /** Reads {@code count} bytes from {@code at} on, little-endian. */
    static long littleEndian(byte[] bytes, int at, int count) {
        long word = 0;
        for (int i = count - 1; i >= 0; i--) {
            word = word << 8 | bytes[at + i] & 0xff;
        }
        return word;
    }
}
