package io.meridian.dns.transfer;

import io.meridian.dns.wire.DnsName;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A secret shared with another server. {@code toString} never shows the secret. */
public final class TsigKey {
    private final DnsName name;
    private final TsigAlgorithm algorithm;
    private final SecretKeySpec secret;

    /**
     * @param secret at least one byte
     */
    public TsigKey(DnsName name, TsigAlgorithm algorithm, byte[] secret) {
        this.name = name;
        this.algorithm = algorithm;
        this.secret = new SecretKeySpec(secret, algorithm.javaName());
    }

    public DnsName name() {
        return name;
    }

    public TsigAlgorithm algorithm() {
        return algorithm;
    }

    /** A MAC initialized with the secret. */
    Mac mac() {
        try {
            Mac mac = Mac.getInstance(algorithm.javaName());
            mac.init(secret);
            return mac;
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("this Java lacks " + algorithm.javaName(), e);
        }
    }

    @Override
    public String toString() {
        return "key " + name + " (" + algorithm + ")";
    }
}
