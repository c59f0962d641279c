package io.meridian.dns.transfer;

import io.meridian.dns.wire.DnsName;

import java.util.Arrays;
import java.util.Optional;

/**
 * HMAC algorithms that may sign a message (RFC 8945 6). HMAC-MD5 "MUST NOT be used" and is missing.
 * SHA-1 is for old servers without anything better.
 */
public enum TsigAlgorithm {
    HMAC_SHA1("hmac-sha1", "HmacSHA1", 20),
    HMAC_SHA224("hmac-sha224", "HmacSHA224", 28),
    HMAC_SHA256("hmac-sha256", "HmacSHA256", 32),
    HMAC_SHA384("hmac-sha384", "HmacSHA384", 48),
    HMAC_SHA512("hmac-sha512", "HmacSHA512", 64);

    private final DnsName dnsName;
    private final String text;
    private final String javaName;
    private final int length;

    TsigAlgorithm(String text, String javaName, int length) {
        this.dnsName = DnsName.literal(text);
        this.text = text;
        this.javaName = javaName;
        this.length = length;
    }

    /** Name in messages and settings. */
    public DnsName dnsName() {
        return dnsName;
    }

    /** Name in the Java Cryptography Architecture. */
    String javaName() {
        return javaName;
    }

    /** Length of a MAC without truncation, in bytes. */
    int length() {
        return length;
    }

    /** Reads a name such as {@code hmac-sha256}; empty for unknown names. */
    public static Optional<TsigAlgorithm> parse(String text) {
        return Arrays.stream(values()).filter(value -> value.text.equals(text)).findFirst();
    }

    @Override
    public String toString() {
        return text;
    }
}
