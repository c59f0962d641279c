package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.AffectedServers;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A row of the desired state that the kernel or the host lacks.
 *
 * @param kind of the cause
 * @param row such as {@code vs=11.0.3.9:80/tcp rs=10.0.4.17:31372/tcp}
 * @param affected virtual servers that the failure affects
 * @param errno C name, such as {@code ESRCH}; empty if the kernel did not refuse the row
 * @param message operation, row, cause and next action
 * @param since time of the first failure without success since
 * @param tries rounds since then that tried the row; 0 if no round could
 * @param nextTry latest time of the next try, if that is not the next round
 */
public record Failure(
        Kind kind,
        String row,
        AffectedServers affected,
        String errno,
        String message,
        Instant since,
        int tries,
        Optional<Instant> nextTry) {
    /** Causes of failures. */
    public enum Kind {
        /** The kernel refused the row or one on which it depends, or was not reachable. */
        KERNEL,
        /** Another program balances the address. */
        ADDRESS,
        /** The kernel lacks the scheduler; another one serves. */
        SCHEDULER,
        /** A prerequisite of the host failed, such as a firewall rule. */
        HOST;

        /** The name in the HTTP API. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
