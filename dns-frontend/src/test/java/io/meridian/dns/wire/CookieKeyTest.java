package io.meridian.dns.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HexFormat;

/** Examples of RFC 9018 appendix A, and SipHash's reference value. */
class CookieKeyTest {
    private static final String SECRET = "e5e973e5a6b2a43f48e7dc849e37bfcf";
    private static final byte[] CLIENT = {(byte) 198, 51, 100, 100};
    private static final long NOW = 1_559_731_985;

    private static CookieKey key(String secret) {
        return CookieKey.of(HexFormat.of().parseHex(secret));
    }

    private static Cookie cookie(String client, String server) {
        return Cookie.of(
                Long.parseUnsignedLong(client, 16),
                Long.parseUnsignedLong(server.substring(0, 16), 16),
                Long.parseUnsignedLong(server.substring(16), 16));
    }

    private static String server(Cookie cookie) {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(cookie.head()) + hex.toHexDigits(cookie.hash());
    }

    @Test
    void sipHashGivesItsReferenceValue() {
        byte[] message = new byte[15];
        for (int i = 0; i < message.length; i++) {
            message[i] = (byte) i;
        }
        assertThat(SipHash.of(0x0706050403020100L, 0x0f0e0d0c0b0a0908L, message))
                .isEqualTo(0xa129ca6149be45e5L);
    }

    @Test
    void aClientWithoutServerCookieGetsOne() {
        Cookie reply = key(SECRET).renewed(Cookie.of(0x2464c4abcf10c957L), false, CLIENT, NOW);
        assertThat(server(reply)).isEqualTo("010000005cf79f111f8130c3eee29480");
        assertThat(reply.valid()).isFalse();
        assertThat(reply.client()).isEqualTo(0x2464c4abcf10c957L);
    }

    @ParameterizedTest
    @CsvSource({"-300,true", "-301,false", "0,true", "3600,true", "3601,false"})
    void aCookieIsValidForAnHourAndFiveMinutesAhead(int age, boolean taken) {
        Cookie made = cookie("2464c4abcf10c957", "010000005cf79f111f8130c3eee29480");
        assertThat(key(SECRET).made(made, CLIENT, NOW + age)).isEqualTo(taken);
    }

    @ParameterizedTest
    @CsvSource({"0,true", "1799,true", "1800,false", "3000,false"})
    void aCookieIsRenewedAfterHalfAnHour(int age, boolean kept) {
        Cookie made = cookie("2464c4abcf10c957", "010000005cf79f111f8130c3eee29480");
        Cookie reply = key(SECRET).renewed(made, true, CLIENT, NOW + age);
        assertThat(reply.valid()).isTrue();
        assertThat(server(reply).equals(server(made))).isEqualTo(kept);
        assertThat(key(SECRET).made(reply, CLIENT, NOW + age)).isTrue();
    }

    @Test
    void aForeignOrChangedCookieIsInvalid() {
        Cookie made = cookie("2464c4abcf10c957", "010000005cf79f111f8130c3eee29480");
        CookieKey key = key(SECRET);
        assertThat(key.made(made, new byte[] {(byte) 198, 51, 100, 101}, NOW)).isFalse();
        assertThat(key("445536bcd2513298075a5d379663c962").made(made, CLIENT, NOW)).isFalse();
        for (int bit = 0; bit < 64; bit++) {
            long flip = 1L << bit;
            assertThat(
                            key.made(
                                    Cookie.of(made.client() ^ flip, made.head(), made.hash()),
                                    CLIENT,
                                    NOW))
                    .isFalse();
            assertThat(
                            key.made(
                                    Cookie.of(made.client(), made.head() ^ flip, made.hash()),
                                    CLIENT,
                                    NOW))
                    .isFalse();
            assertThat(
                            key.made(
                                    Cookie.of(made.client(), made.head(), made.hash() ^ flip),
                                    CLIENT,
                                    NOW))
                    .isFalse();
        }
        assertThat(key.made(Cookie.NONE, CLIENT, NOW)).isFalse();
    }
}
