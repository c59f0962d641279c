package io.meridian.dns.transfer;

import io.meridian.dns.wire.DnsName;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;

/**
 * A secondary that gets NOTIFY.
 *
 * @param key signs NOTIFY and must sign the answer; empty: unsigned
 * @param zones origins of the zones to notify of; empty: every zone
 */
public record NotifyTarget(InetSocketAddress address, Optional<TsigKey> key, List<DnsName> zones) {
    public NotifyTarget {
        zones = List.copyOf(zones);
    }

    boolean wants(DnsName zone) {
        return zones.isEmpty() || zones.contains(zone);
    }
}
