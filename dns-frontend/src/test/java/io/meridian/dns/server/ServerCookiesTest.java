package io.meridian.dns.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.wire.Cookie;
import io.meridian.dns.wire.CookieKey;

import org.junit.jupiter.api.Test;

import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

class ServerCookiesTest {
    private static final byte[] CLIENT = {10, 0, 0, 1};
    private static final Cookie FIRST = new Cookie(true, false, 1, 0, 0);

    private final AtomicLong now = new AtomicLong(1_700_000_000);

    private ServerCookies cookies(CookieKey... secrets) {
        return new ServerCookies(List.of(secrets), new SecureRandom(), now::get);
    }

    @Test
    void aCookieOfThisServerIsValid() {
        ServerCookies cookies = cookies();
        Cookie given = cookies.renewed(FIRST, CLIENT);
        assertThat(given.valid()).isFalse();
        assertThat(cookies.renewed(given, CLIENT).valid()).isTrue();
        assertThat(cookies.renewed(given, new byte[] {10, 0, 0, 2}).valid()).isFalse();
        assertThat(cookies().renewed(given, CLIENT).valid()).isFalse();
    }

    @Test
    void serversWithTheSameSecretAcceptEachOthersCookies() {
        CookieKey old = new CookieKey(1, 2);
        CookieKey next = new CookieKey(3, 4);
        Cookie given = cookies(old).renewed(FIRST, CLIENT);
        assertThat(cookies(old, next).renewed(given, CLIENT).valid()).isTrue();
        Cookie moved = cookies(next, old).renewed(given, CLIENT);
        assertThat(moved.valid()).isTrue();
        assertThat(cookies(next).renewed(moved, CLIENT).valid()).isTrue();
        now.addAndGet(10 * 86_400); // a configured secret stays
        Cookie later = cookies(next).renewed(FIRST, CLIENT);
        assertThat(cookies(next).renewed(later, CLIENT).valid()).isTrue();
    }

    @Test
    void aRandomSecretChangesDailyAndThePreviousOneStaysValid() {
        ServerCookies cookies = cookies();
        now.addAndGet(86_399);
        Cookie given = cookies.renewed(FIRST, CLIENT);
        now.addAndGet(1);
        Cookie second = cookies.renewed(given, CLIENT);
        assertThat(second.valid()).isTrue();
        assertThat(second.hash()).isNotEqualTo(given.hash());
        assertThat(cookies.renewed(second, CLIENT).valid()).isTrue();
        now.addAndGet(86_400);
        cookies.renewed(FIRST, CLIENT);
        now.addAndGet(86_400);
        assertThat(cookies.renewed(second, CLIENT).valid()).isFalse();
    }
}
