package io.meridian.domain.vip;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;

import java.util.Optional;

/**
 * Identifies the virtual server that a label requests (specs: dcos-net 2.1). Different labels that
 * give one DNS name are one VIP.
 *
 * @param name of a named VIP {@code <label>.<framework>}, normalised, such as {@code web.marathon};
 *     of an IP VIP the address literal
 * @param protocol tcp or udp
 * @param port 1..65535
 */
public record VipKey(String name, Protocol protocol, int port) implements Comparable<VipKey> {
    public VipKey {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("VIP port must be between 1 and 65535: was " + port);
        }
    }

    /** The address of an IP VIP; empty for a named VIP. */
    public Optional<IpAddress> literal() {
        return IpAddress.parse(name);
    }

    @Override
    public int compareTo(VipKey other) {
        // No comparator chain: each change sorts thousands of keys.
        int order = name.compareTo(other.name);
        if (order == 0) {
            order = protocol.compareTo(other.protocol);
        }
        return order != 0 ? order : Integer.compare(port, other.port);
    }

    @Override
    public String toString() {
        return name + ":" + port + "/" + protocol;
    }
}
