package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.KernelState;

import java.time.Duration;
import java.util.List;

/**
 * What one round of the reconciler did.
 *
 * @param desired what it aimed at
 * @param operations how many the kernel took
 * @param drift what the kernel differed by from what had been programmed, as operations in words;
 *     only from an audit
 * @param repaired how many of those the kernel took
 * @param failures every row that is not as desired, sorted by row
 */
public record Round(
        KernelState desired,
        int operations,
        List<String> drift,
        int repaired,
        List<Failure> failures,
        Duration took) {
    public Round {
        drift = List.copyOf(drift);
        failures = List.copyOf(failures);
    }
}
