package io.meridian.dns.server;

import io.meridian.dns.wire.Cookie;
import io.meridian.dns.wire.CookieKey;

import java.security.SecureRandom;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * The server side of DNS cookies (RFC 7873, RFC 9018), by which a client proves that its address is
 * not forged. Any thread may call it.
 *
 * <p>With configured secrets the first one makes cookies and all are accepted, so a group of
 * servers can change its secret in two steps. Otherwise the secret is random and changes each day,
 * and the previous one stays valid for a day.
 */
public final class ServerCookies {
    private static final long ROTATION_SECONDS = 86_400;

    private final boolean configured;
    private final SecureRandom random;
    private final LongSupplier clock;
    private volatile Keys keys;

    /**
     * @param taken accepted keys; the first makes cookies
     * @param since Unix seconds
     */
    private record Keys(List<CookieKey> taken, long since) {}

    /**
     * @param secrets configured secrets; empty for random ones
     * @param clock Unix seconds
     */
    public ServerCookies(List<CookieKey> secrets, SecureRandom random, LongSupplier clock) {
        this.configured = !secrets.isEmpty();
        this.random = random;
        this.clock = clock;
        List<CookieKey> first = configured ? List.copyOf(secrets) : List.of(generated(random));
        this.keys = new Keys(first, clock.getAsLong());
    }

    /**
     * The cookie for the reply, with the verdict on the cookie of the query.
     *
     * @param address of the client, 4 or 16 bytes
     */
    public Cookie renewed(Cookie cookie, byte[] address) {
        if (!cookie.present()) {
            return cookie;
        }
        long now = clock.getAsLong();
        List<CookieKey> taken = keys(now).taken();
        boolean valid = false;
        for (CookieKey key : taken) {
            valid |= key.made(cookie, address, now);
        }
        return taken.getFirst().renewed(cookie, valid, address, now);
    }

    private Keys keys(long now) {
        Keys current = keys;
        return configured || now - current.since() < ROTATION_SECONDS ? current : rotated(now);
    }

    private synchronized Keys rotated(long now) {
        if (now - keys.since() >= ROTATION_SECONDS) { // no other thread was first
            keys = new Keys(List.of(generated(random), keys.taken().getFirst()), now);
        }
        return keys;
    }

    private static CookieKey generated(SecureRandom random) {
        byte[] secret = new byte[CookieKey.LENGTH];
        random.nextBytes(secret);
        return CookieKey.of(secret);
    }
}
