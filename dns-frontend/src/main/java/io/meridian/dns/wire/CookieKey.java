package io.meridian.dns.wire;

import java.nio.ByteBuffer;

/**
 * The secret of server cookies (RFC 9018 5). Servers that share it, such as those of one anycast
 * address, accept each other's cookies.
 *
 * @param k0 first eight bytes, little-endian
 * @param k1 last eight bytes, little-endian
 */
public record CookieKey(long k0, long k1) {
    /** Length of a secret in bytes. */
    public static final int LENGTH = 16;

    private static final long VERSION = 1L << 56;
    private static final long LIFETIME_SECONDS = 3600;
    private static final long FUTURE_SECONDS = 300;
    private static final long RENEWAL_SECONDS = 1800;

    /**
     * @param secret {@value #LENGTH} bytes
     */
    public static CookieKey of(byte[] secret) {
        if (secret.length != LENGTH) {
            throw new IllegalArgumentException(
                    "a cookie secret has " + LENGTH + " bytes: was " + secret.length);
        }
        return new CookieKey(
                SipHash.littleEndian(secret, 0, 8), SipHash.littleEndian(secret, 8, 8));
    }

    /**
     * Whether this key made the cookie's server part for this client, at most an hour ago and at
     * most five minutes in the future (RFC 9018 4.3).
     *
     * @param address of the client, 4 or 16 bytes
     * @param now Unix seconds
     */
    public boolean made(Cookie cookie, byte[] address, long now) {
        long age = age(cookie, now);
        return cookie.present()
                && (cookie.head() & 0xffff_ffff_0000_0000L) == VERSION
                && age <= LIFETIME_SECONDS
                && age >= -FUTURE_SECONDS
                && hash(cookie.client(), cookie.head(), address) == cookie.hash();
    }

    /**
     * The cookie for the reply: the client's own if it is valid and younger than half an hour, else
     * a new one.
     *
     * @param valid whether this key or a former one has {@link #made} the cookie
     */
    public Cookie renewed(Cookie cookie, boolean valid, byte[] address, long now) {
        if (!cookie.present()) {
            return cookie;
        }
        if (valid && age(cookie, now) < RENEWAL_SECONDS && made(cookie, address, now)) {
            return new Cookie(true, true, cookie.client(), cookie.head(), cookie.hash());
        }
        long head = VERSION | now & 0xffff_ffffL;
        return new Cookie(true, valid, cookie.client(), head, hash(cookie.client(), head, address));
    }

    /**
     * Age in seconds by serial number arithmetic, since the seconds wrap in 2106 (RFC 9018 4.3, RFC
     * 1982).
     */
    private static int age(Cookie cookie, long now) {
        return (int) now - (int) cookie.head();
    }

    private long hash(long client, long head, byte[] address) {
        byte[] message =
                ByteBuffer.allocate(Cookie.CLIENT_LENGTH + Long.BYTES + address.length)
                        .putLong(client)
                        .putLong(head)
                        .put(address)
                        .array();
        // The reference implementations write the hash little-endian, and clients compare bytes.
        return Long.reverseBytes(SipHash.of(k0, k1, message));
    }

    /** Hides the secret. */
    @Override
    public String toString() {
        return "CookieKey[...]";
    }
}
