package io.meridian.dns.server;

import java.time.Duration;

/**
 * What TCP clients may hold of one listening address.
 *
 * @param connections open at once, at least 1
 * @param perClient of those, by one IPv4 address or one IPv6 /64, at least 1
 * @param inFlight queries of one connection that are being answered at the same time, at least 1
 * @param idleTimeout for the next whole query to come, and for a reply to be taken
 */
public record TcpLimits(int connections, int perClient, int inFlight, Duration idleTimeout) {
    /**
     * With so few connections that on each of some addresses together they take at most half of the
     * files this process may have open; forwarding and everything else live on the other half.
     */
    TcpLimits within(long maxOpenFiles, int addresses) {
        long share = Math.max(1, maxOpenFiles / 2 / addresses);
        return share >= connections
                ? this
                : new TcpLimits((int) share, perClient, inFlight, idleTimeout);
    }
}
