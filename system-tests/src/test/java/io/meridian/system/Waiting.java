package io.meridian.system;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits for a condition, with a deadline that a healthy machine never reaches. */
final class Waiting {
    private Waiting() {}

    /**
     * @throws AssertionError if the condition does not hold in time; the cause is the last failure
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
