package io.meridian.systemtests.kernel;

import java.time.Duration;

/** Waits for what will be, with a deadline that no healthy machine meets. */
final class Eventually {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Eventually() {}

    /** Something that is to hold, and fails with an {@link AssertionError} until it does. */
    @FunctionalInterface
    interface Claim {
        void check() throws Exception;
    }

    /** Fails with the last failure if the claim does not come to hold. */
    static void holds(Claim claim) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                claim.check();
                return;
            } catch (AssertionError notYet) {
                if (System.nanoTime() > deadline) {
                    throw notYet;
                }
            }
            Thread.sleep(100);
        }
    }
}
