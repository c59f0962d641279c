package io.meridian.dns.server;

import java.time.Duration;
import java.util.Collection;

/** Waits for threads to end. */
final class Threads {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private Threads() {}

    /** Waits a few seconds for each thread. An interrupt ends the waiting and stays set. */
    static void join(Collection<Thread> threads) {
        try {
            for (Thread thread : threads) {
                thread.join(PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
