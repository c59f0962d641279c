package io.meridian.systemtests.kernel;

import java.time.Duration;

/** Waits for an assertion, with a deadline that a healthy machine never reaches. */
final class Eventually {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private Eventually() {}

    /** A claim that throws an {@link AssertionError} until it holds. */
    @FunctionalInterface
    interface Claim {
        void check() throws Exception;
    }

    /** Waits for a claim; throws the last failure if it does not hold in time. */
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
