package io.meridian.dns.server;

import java.time.Duration;
import java.util.Collection;

/** Waiting for threads that have been told to end. */
final class Threads {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private Threads() {}

    /** Waits a few seconds for each; an interrupt ends the waiting and stays set. */
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
