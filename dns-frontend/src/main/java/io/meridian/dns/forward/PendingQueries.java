package io.meridian.dns.forward;

import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Places for client queries that wait for upstream servers, bounded in all and per client. The
 * bound per client also bounds a loop, since a question that returns through another forwarder has
 * that forwarder as its client.
 */
final class PendingQueries {
    private final Semaphore free;
    private final int perClient;
    private final Map<InetAddress, Integer> clients = new ConcurrentHashMap<>();

    PendingQueries(int total, int perClient) {
        this.free = new Semaphore(total);
        this.perClient = perClient;
    }

    /**
     * Reserves a place; the caller gives it back by {@link #release}.
     *
     * @return false if there is none left
     */
    boolean reserve(InetAddress client) {
        if (!free.tryAcquire()) {
            return false;
        }
        boolean[] got = new boolean[1];
        clients.compute(
                client,
                (_, held) -> {
                    int before = held == null ? 0 : held;
                    got[0] = before < perClient;
                    return got[0] ? Integer.valueOf(before + 1) : held;
                });
        if (!got[0]) {
            free.release();
        }
        return got[0];
    }

    void release(InetAddress client) {
        clients.computeIfPresent(client, (_, held) -> held == 1 ? null : held - 1);
        free.release();
    }
}
