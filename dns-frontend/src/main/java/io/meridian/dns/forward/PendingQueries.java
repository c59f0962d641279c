package io.meridian.dns.forward;

import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Places for queries that wait for other servers: so many in all, so many for one client. A
 * question that comes back to us through somebody else's forwarder has that one as its client, so
 * the second number is also what a loop can take.
 */
final class PendingQueries {
    private final Semaphore free;
    private final int perClient;
    private final Map<InetAddress, Integer> clients = new ConcurrentHashMap<>();

    PendingQueries(int total, int perClient) {
        this.free = new Semaphore(total);
        this.perClient = perClient;
    }

    /** Whether there was a place; who got one gives it back by {@link #release}. */
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
