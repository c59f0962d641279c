package io.meridian.domain.net;

import java.util.Comparator;

/**
 * Where something can be reached: address, port and protocol.
 *
 * @param port 1..65535
 */
public record Endpoint(IpAddress address, int port, Protocol protocol)
        implements Comparable<Endpoint> {
    private static final Comparator<Endpoint> ORDER =
            Comparator.comparing(Endpoint::address)
                    .thenComparing(Endpoint::port)
                    .thenComparing(Endpoint::protocol);

    public Endpoint {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port must be between 1 and 65535: was " + port);
        }
    }

    @Override
    public int compareTo(Endpoint other) {
        return ORDER.compare(this, other);
    }

    /** {@code 10.0.0.1:80/tcp}, IPv6 in brackets. */
    @Override
    public String toString() {
        return (address.isIpv6() ? "[" + address + "]" : address.toString())
                + ":"
                + port
                + "/"
                + protocol;
    }
}
