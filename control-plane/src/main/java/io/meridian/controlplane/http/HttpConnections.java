package io.meridian.controlplane.http;

import org.jspecify.annotations.Nullable;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The open connections of one listening address.
 *
 * <p>When a client has all its places, or all places are taken, a new connection replaces the one
 * that has been idle longest: the client's own, or anybody's. So idle connections never keep a
 * probe of {@code /health/ready} out, not even those of the probe's own host. Only when no such
 * connection is idle is the new one refused.
 */
final class HttpConnections {
    private final HttpSettings settings;
    private final Set<HttpConnection> open = ConcurrentHashMap.newKeySet();

    HttpConnections(HttpSettings settings) {
        this.settings = settings;
    }

    /**
     * Adds a connection. One thread calls this; other threads only remove.
     *
     * @return false if the connection is refused
     */
    boolean admit(HttpConnection connection) {
        Predicate<HttpConnection> own = other -> other.clientKey() == connection.clientKey();
        long mine = open.stream().filter(own).count();
        boolean room =
                mine < settings.maxConnectionsPerClient()
                        ? open.size() < settings.maxConnections() || closeOldestIdle(_ -> true)
                        : closeOldestIdle(own);
        if (room) {
            open.add(connection);
        }
        return room;
    }

    private boolean closeOldestIdle(Predicate<HttpConnection> among) {
        long now = System.nanoTime();
        @Nullable HttpConnection oldest = null;
        long longest = Long.MIN_VALUE;
        for (HttpConnection connection : open) {
            long idle = connection.idleNanos(now);
            if (idle > longest && connection.isIdle() && among.test(connection)) {
                longest = idle;
                oldest = connection;
            }
        }
        if (oldest == null) {
            return false;
        }
        open.remove(oldest);
        oldest.close();
        return true;
    }

    void remove(HttpConnection connection) {
        open.remove(connection);
    }

    void closeOverdue() {
        long now = System.nanoTime();
        open.forEach(
                connection -> {
                    if (connection.isOverdue(now, settings.idleTimeout())) {
                        connection.close();
                    }
                });
    }

    int size() {
        return open.size();
    }
}
