package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.AffectedServers;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/**
 * A row of the desired state that is not in the kernel.
 *
 * @param kind what kind of reason it has
 * @param row such as {@code vs=11.0.3.9:80/tcp rs=10.0.4.17:31372/tcp}
 * @param subject whose matter it is
 * @param errno C name, such as {@code ESRCH}; empty if it was not the kernel that refused
 * @param message what failed, which one, why, what happens next
 * @param since when it first failed without success since
 * @param tries rounds since then that have tried it in vain; 0 if it could not even be tried
 * @param nextTry when it is tried again at the latest, where that is not the next round's matter
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
    /** Why rows are not as desired. */
    public enum Kind {
        /** The kernel refused it, or what it rests on, or could not be asked. */
        KERNEL,
        /** Somebody else balances that address. */
        ADDRESS,
        /** The kernel lacks that scheduler; another one serves. */
        SCHEDULER,
        /** Something around the kernel's table, such as the firewall. */
        HOST;

        /** As in the HTTP API. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
