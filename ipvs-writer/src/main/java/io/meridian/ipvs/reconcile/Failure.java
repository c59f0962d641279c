package io.meridian.ipvs.reconcile;

import java.time.Instant;

/**
 * A row of the desired state that is not in the kernel.
 *
 * @param row such as {@code vs=11.0.3.9:80/tcp rs=10.0.4.17:31372/tcp}
 * @param errno C name, such as {@code ESRCH}; empty if it was not the kernel that refused
 * @param message what failed, which one, why, what happens next
 * @param since when it first failed without success since
 */
public record Failure(String row, String errno, String message, Instant since) {}
