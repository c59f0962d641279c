package io.meridian.dns.transfer;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.MessageWriter;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.LongSupplier;

import javax.crypto.Mac;

/**
 * Signs the reply to one signed request. Each message's MAC covers the MAC of the message before
 * (RFC 8945 5.3.1). One thread uses an instance, for one reply.
 */
public final class TsigSigner {
    static final int FUDGE = 300;
    private static final int MOST_OTHER = 6;
    private static final int WITHOUT_NAMES = 26 + MOST_OTHER;
    private static final byte[] NONE = {};

    private final DnsName keyName;
    private final DnsName algorithm;
    private final Optional<TsigKey> key;
    private final TsigError error;
    private final byte[] other;
    private final LongSupplier clock;
    private byte[] prior;
    private boolean first = true;

    private TsigSigner(
            TsigRecord request,
            Optional<TsigKey> key,
            TsigError error,
            byte[] other,
            LongSupplier clock) {
        this.keyName = request.key();
        this.algorithm = request.algorithm();
        this.key = key;
        this.error = error;
        this.other = other;
        this.clock = clock;
        this.prior = request.mac();
    }

    /** A signer for the reply to a request with a valid signature. */
    static TsigSigner answering(TsigRecord request, TsigKey key, LongSupplier clock) {
        return new TsigSigner(request, Optional.of(key), TsigError.NONE, NONE, clock);
    }

    /** A signer for errors about key or MAC, which stay unsigned (RFC 8945 5.3.2). */
    static TsigSigner unsigned(TsigRecord request, TsigError error, LongSupplier clock) {
        return new TsigSigner(request, Optional.empty(), error, NONE, clock);
    }

    /** A signer for the error about a MAC that is truncated too much (RFC 8945 5.2.4). */
    static TsigSigner truncated(TsigRecord request, TsigKey key, LongSupplier clock) {
        return new TsigSigner(request, Optional.of(key), TsigError.BADTRUNC, NONE, clock);
    }

    /**
     * A signer for the error BADTIME, which carries the client's time and ours (RFC 8945 5.2.3).
     */
    static TsigSigner late(TsigRecord request, TsigKey key, long now) {
        byte[] ours =
                ByteBuffer.allocate(6).putShort((short) (now >>> 32)).putInt((int) now).array();
        return new TsigSigner(request, Optional.of(key), TsigError.BADTIME, ours, request::time);
    }

    /** Upper bound of the bytes that a signature adds. */
    public int size() {
        return keyName.length()
                + algorithm.length()
                + key.map(k -> k.algorithm().length()).orElse(0)
                + WITHOUT_NAMES;
    }

    /**
     * Signs the writer's last message.
     *
     * @return length of the signed message
     */
    public int sign(MessageWriter writer, int length) {
        byte[] message = writer.buffer();
        int id = (message[0] & 0xff) << 8 | message[1] & 0xff;
        TsigRecord record =
                new TsigRecord(
                        keyName,
                        algorithm,
                        clock.getAsLong(),
                        FUDGE,
                        NONE,
                        id,
                        error.number(),
                        other);
        if (key.isPresent()) {
            byte[] mac = mac(key.get(), prior, message, length, record, !first);
            record = record.withMac(mac);
            prior = mac;
            first = false;
        }
        return writer.append(record.wire());
    }

    /**
     * Computes the MAC of a message (RFC 8945 4.3).
     *
     * @param prior the previous MAC that this one covers; empty for a request
     */
    static byte[] mac(
            TsigKey key,
            byte[] prior,
            byte[] message,
            int length,
            TsigRecord record,
            boolean timersOnly) {
        Mac mac = key.mac();
        if (prior.length > 0) {
            mac.update((byte) (prior.length >> 8));
            mac.update((byte) prior.length);
            mac.update(prior);
        }
        mac.update(message, 0, length);
        record.feed(mac, timersOnly);
        return mac.doFinal();
    }
}
