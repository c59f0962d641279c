package io.meridian.dns.transfer;

import io.meridian.dns.transfer.TsigRecord.Found;
import io.meridian.dns.wire.DnsName;

import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * TSIG keys by name. Verifies messages in the order of RFC 8945 5.2: key, MAC, time, truncation.
 */
public final class TsigKeys {
    private static final int SHORTEST_MAC = 10;

    private final Map<DnsName, TsigKey> keys;
    private final LongSupplier clock;

    /**
     * @param keys with distinct names
     * @param clock Unix seconds
     */
    public TsigKeys(Collection<TsigKey> keys, LongSupplier clock) {
        this.keys = keys.stream().collect(Collectors.toMap(TsigKey::name, Function.identity()));
        this.clock = clock;
    }

    public Optional<TsigKey> find(DnsName name) {
        return Optional.ofNullable(keys.get(name));
    }

    LongSupplier clock() {
        return clock;
    }

    /**
     * Verifies the signature of a request.
     *
     * @param message a well-formed query
     */
    public TsigVerdict verify(byte[] message, int length) {
        return switch (TsigRecord.find(message, length)) {
            case Found.None _ -> new TsigVerdict.Unsigned();
            case Found.Malformed _ -> new TsigVerdict.Malformed();
            case Found.At found -> verify(message, found.at(), found.record());
        };
    }

    private TsigVerdict verify(byte[] message, int at, TsigRecord record) {
        Optional<TsigKey> known =
                find(record.key())
                        .filter(key -> key.algorithm().dnsName().equals(record.algorithm()));
        if (known.isEmpty()) {
            return new TsigVerdict.Refused(TsigSigner.unsigned(record, TsigError.BADKEY, clock));
        }
        TsigKey key = known.get();
        int whole = key.algorithm().length();
        int length = record.mac().length;
        if (length > whole || length < Math.max(SHORTEST_MAC, whole / 2)) {
            return new TsigVerdict.Malformed(); // RFC 8945 5.2.2.1
        }
        if (!holds(key, new byte[0], message, at, record)) {
            return new TsigVerdict.Refused(TsigSigner.unsigned(record, TsigError.BADSIG, clock));
        }
        long now = clock.getAsLong();
        if (Math.abs(now - record.time()) > record.fudge()) {
            return new TsigVerdict.Refused(TsigSigner.late(record, key, now));
        }
        if (length < whole) {
            return new TsigVerdict.Refused(TsigSigner.truncated(record, key, clock));
        }
        return new TsigVerdict.Valid(key, TsigSigner.answering(record, key, clock));
    }

    /**
     * Whether a reply is signed with the key of our request.
     *
     * @param requestMac MAC of the request
     */
    boolean holds(TsigKey key, byte[] requestMac, byte[] reply, int length) {
        return TsigRecord.find(reply, length) instanceof Found.At found
                && found.record().error() == 0
                && found.record().key().equals(key.name())
                && found.record().mac().length == key.algorithm().length()
                && Math.abs(clock.getAsLong() - found.record().time()) <= found.record().fudge()
                && holds(key, requestMac, reply, found.at(), found.record());
    }

    private static boolean holds(
            TsigKey key, byte[] prior, byte[] message, int at, TsigRecord record) {
        // The MAC covers the message before the record was added, with its original id.
        byte[] signed = Arrays.copyOf(message, at);
        signed[0] = (byte) (record.originalId() >> 8);
        signed[1] = (byte) record.originalId();
        int additional = (signed[10] & 0xff) << 8 | signed[11] & 0xff;
        signed[10] = (byte) (additional - 1 >> 8);
        signed[11] = (byte) (additional - 1);
        return record.hasMac(TsigSigner.mac(key, prior, signed, at, record, false));
    }
}
