package io.meridian.domain.net;

/**
 * Address, port and protocol; sorted in that order.
 *
 * @param port 1..65535
 */
public record Endpoint(IpAddress address, int port, Protocol protocol)
        implements Comparable<Endpoint> {
    public Endpoint {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port must be between 1 and 65535: was " + port);
        }
    }

    @Override
    public int compareTo(Endpoint other) {
        // Tables of ten thousand are sorted by it for each change: no boxing, no chain of
        // comparators.
        int order = address.compareTo(other.address);
        if (order == 0) {
            order = Integer.compare(port, other.port);
        }
        return order != 0 ? order : protocol.compareTo(other.protocol);
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
