package io.meridian.dns.transfer;

import io.meridian.dns.wire.DnsName;
import io.meridian.domain.net.AddressPrefix;
import io.meridian.domain.net.IpAddress;

import java.util.Optional;

/**
 * One item of {@code meridian.dns.transfer.allow}: clients that may transfer zones. All conditions
 * must hold.
 *
 * @param from prefix of the client's address; empty: any address
 * @param key that signs the request; empty: no signature needed
 */
public record TransferRule(Optional<AddressPrefix> from, Optional<DnsName> key) {
    /** Reads {@code PREFIX}, {@code key NAME} or {@code PREFIX key NAME}; empty for other texts. */
    public static Optional<TransferRule> parse(String text) {
        String[] words = text.strip().split(" +", -1);
        boolean hasKey = words.length >= 2 && words[words.length - 2].equals("key");
        Optional<DnsName> key = hasKey ? DnsName.parse(words[words.length - 1]) : Optional.empty();
        int rest = words.length - (hasKey ? 2 : 0);
        Optional<AddressPrefix> from = rest == 1 ? AddressPrefix.parse(words[0]) : Optional.empty();
        return rest > 1 || hasKey != key.isPresent() || rest == 1 != from.isPresent()
                ? Optional.empty()
                : Optional.of(new TransferRule(from, key));
    }

    boolean allows(IpAddress client, Optional<TsigKey> signedWith) {
        return from.map(prefix -> prefix.contains(client)).orElse(true)
                && key.map(name -> signedWith.map(TsigKey::name).equals(Optional.of(name)))
                        .orElse(true);
    }
}
