package io.meridian.dns.transfer;

import io.meridian.dns.wire.DnsName;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * A secondary that is told of changes.
 *
 * @param key signs what is sent; its answer must be signed with it too
 * @param zones origins; empty: every zone
 */
public record NotifyTarget(InetSocketAddress address, Optional<TsigKey> key, List<DnsName> zones) {
    public NotifyTarget {
        zones = List.copyOf(zones);
    }

    boolean wants(DnsName zone) {
        return zones.isEmpty() || zones.contains(zone);
    }
}
