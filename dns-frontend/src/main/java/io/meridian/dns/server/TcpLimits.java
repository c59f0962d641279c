package io.meridian.dns.server;

import java.time.Duration;

/**
 * Limits of the TCP clients of one listening address.
 *
 * @param connections open at the same time, at least 1
 * @param perClient open connections of one IPv4 address or one IPv6 /64, at least 1
 * @param inFlight queries of one connection in progress at the same time, at least 1
 * @param idleTimeout time limit for the next whole query, and for accepting a reply
 */
public record TcpLimits(int connections, int perClient, int inFlight, Duration idleTimeout) {
    /**
     * Limits with so few connections that those of all addresses take at most half of the files
     * that the process may open. The rest of the program needs the other half.
     */
    TcpLimits within(long maxOpenFiles, int addresses) {
        long share = Math.max(1, maxOpenFiles / 2 / addresses);
        return share >= connections
                ? this
                : new TcpLimits((int) share, perClient, inFlight, idleTimeout);
    }
}
