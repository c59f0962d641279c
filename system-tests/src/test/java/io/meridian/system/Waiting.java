package io.meridian.system;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for what will be, with a deadline that no healthy machine meets. */
final class Waiting {
    private Waiting() {}

    /**
     * @throws AssertionError if it does not come true in time; what failed last is its cause
     */
    static void until(String what, Duration limit, Callable<Boolean> condition)
            throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Exception last = null;
        while (System.nanoTime() < deadline) {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
            } catch (InterruptedException stop) {
                throw stop;
            } catch (Exception notYet) {
                last = notYet;
            }
            Thread.sleep(20);
        }
        throw new AssertionError("not within " + limit.toSeconds() + " s: " + what, last);
    }
}
