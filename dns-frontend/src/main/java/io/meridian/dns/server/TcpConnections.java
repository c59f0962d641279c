package io.meridian.dns.server;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which connections of one listening address are open, and whether one more may be.
 *
 * <p>A client at its own limit is refused: it has connections to use. When all places are taken,
 * the connection that has been idle longest makes room for the new one, because an idle one is what
 * a client can lose without losing an answer (RFC 7766 6.2.2, 6.2.3); refusing the new one would
 * let whoever came first lock everybody else out. Only if none is idle is the new one refused.
 */
final class TcpConnections {
    private final TcpLimits limits;
    private final Set<TcpConnection> open = ConcurrentHashMap.newKeySet();
    private final Map<Long, Integer> byClient = new ConcurrentHashMap<>();

    TcpConnections(TcpLimits limits) {
        this.limits = limits;
    }

    /** Takes it among the open ones, or not. Called by one thread; the others only remove. */
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
     * @return whether there was one
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

    /** Each reads no further query, sends the replies that are due, and closes. */
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
