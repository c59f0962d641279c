package io.meridian.dns.server;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The open connections of one listening address.
 *
 * <p>A client at its own limit is refused a further connection. When all places are taken, the new
 * connection replaces the one that has been idle longest, since its client loses no answer (RFC
 * 7766 6.2.2, 6.2.3). If the server refused the new one instead, early clients could lock out all
 * others. Only when no connection is idle is the new one refused.
 */
final class TcpConnections {
    private final TcpLimits limits;
    private final Set<TcpConnection> open = ConcurrentHashMap.newKeySet();
    private final Map<Long, Integer> byClient = new ConcurrentHashMap<>();

    TcpConnections(TcpLimits limits) {
        this.limits = limits;
    }

    /** Adds a connection, or refuses it. One thread calls this; other threads only remove. */
    boolean admit(TcpConnection connection, Runnable evicted) {
        if (byClient.getOrDefault(connection.clientKey(), 0) >= limits.perClient()) {
            return false;
        }
        if (open.size() >= limits.connections()) {
            if (!closeOldestIdle()) {
                return false;
            }
            evicted.run();
        }
        byClient.merge(connection.clientKey(), 1, Integer::sum);
        open.add(connection);
        return true;
    }

    /**
     * Closes the connection that has been idle longest.
     *
     * @return false if none is idle
     */
    boolean closeOldestIdle() {
        long now = System.nanoTime();
        TcpConnection oldest = null;
        long longest = Long.MIN_VALUE;
        for (TcpConnection connection : open) {
            long idle = connection.idleNanos(now);
            if (idle > longest && connection.isIdle()) {
                longest = idle;
                oldest = connection;
            }
        }
        if (oldest == null) {
            return false;
        }
        remove(oldest);
        oldest.close();
        return true;
    }

    void remove(TcpConnection connection) {
        if (open.remove(connection)) {
            byClient.computeIfPresent(
                    connection.clientKey(), (_, count) -> count == 1 ? null : count - 1);
        }
    }

    void closeOverdue(long now) {
        open.forEach(
                connection -> {
                    if (connection.isOverdue(now)) {
                        connection.close();
                    }
                });
    }

    /** Makes every connection read no further query, send its pending replies, and close. */
    void finish() {
        open.forEach(TcpConnection::finish);
    }

    void close() {
        open.forEach(TcpConnection::close);
    }

    int size() {
        return open.size();
    }
}
