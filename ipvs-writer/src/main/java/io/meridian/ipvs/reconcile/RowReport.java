package io.meridian.ipvs.reconcile;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.ipvs.AffectedServers;
import io.meridian.ipvs.Outcome;
import io.meridian.libc.Errno;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The rows that differ from the VIP image, each with cause and time of first failure; immutable.
 */
final class RowReport {
    static final RowReport EMPTY = new RowReport(new TreeMap<>(), new TreeMap<>());

    private final SortedMap<String, Failure> failures;
    private final SortedMap<String, Failure> fallbacks;

    private RowReport(SortedMap<String, Failure> failures, SortedMap<String, Failure> fallbacks) {
        this.failures = Collections.unmodifiableSortedMap(failures);
        this.fallbacks = Collections.unmodifiableSortedMap(fallbacks);
    }

    /**
     * A scheduler that the kernel lacks, and its replacement.
     *
     * @param until time at which the requested one is tried again
     */
    record Fallback(String asked, String used, Instant until) {}

    /** Failures, sorted by row. */
    List<Failure> failures() {
        return List.copyOf(failures.values());
    }

    List<Failure> fallbacks() {
        return List.copyOf(fallbacks.values());
    }

    /**
     * The report after a round; rows that failed before keep the time of their first failure.
     *
     * @param conflicts addresses that the VIP image requests and another program balances, with its
     *     virtual servers
     */
    RowReport next(
            List<Outcome> failed,
            Map<IpAddress, List<Endpoint>> conflicts,
            Map<Endpoint, Fallback> fallbackFor,
            Instant now) {
        SortedMap<String, Failure> next = new TreeMap<>();
        for (Outcome outcome : failed) {
            next.computeIfAbsent(
                    outcome.operation().row(),
                    row -> failure(row, outcome, failures.get(row), now));
        }
        conflicts.forEach(
                (address, servers) -> {
                    String row = "vip=" + address;
                    String message =
                            "cannot take over "
                                    + address
                                    + ": virtual servers there belong to another program: "
                                    + servers
                                    + "; VIPs at this address are not programmed, others are";
                    next.put(
                            row,
                            new Failure(
                                    Failure.Kind.ADDRESS,
                                    row,
                                    new AffectedServers.AtAddress(address),
                                    Errno.EEXIST.name(),
                                    message,
                                    since(failures.get(row), now),
                                    0,
                                    Optional.empty()));
                });
        SortedMap<String, Failure> nextSubstitutes = new TreeMap<>();
        fallbackFor.forEach(
                (server, each) -> {
                    String row = "vs=" + server;
                    String message =
                            "scheduler "
                                    + each.asked()
                                    + " is not in this kernel: "
                                    + each.used()
                                    + " serves "
                                    + row
                                    + " instead; load module ip_vs_"
                                    + each.asked();
                    nextSubstitutes.put(
                            row,
                            new Failure(
                                    Failure.Kind.SCHEDULER,
                                    row,
                                    AffectedServers.of(server),
                                    Errno.ENOENT.name(),
                                    message,
                                    since(fallbacks.get(row), now),
                                    0,
                                    Optional.of(each.until())));
                });
        return new RowReport(next, nextSubstitutes);
    }

    /**
     * A failure of one operation.
     *
     * @param before failure of the same row in the round before, or null
     */
    private static Failure failure(String row, Outcome outcome, Failure before, Instant now) {
        int tries = before == null ? 0 : before.tries();
        return new Failure(
                Failure.Kind.KERNEL,
                row,
                outcome.operation().affected(),
                errno(outcome),
                message(outcome),
                since(before, now),
                outcome instanceof Outcome.Withheld ? tries : tries + 1,
                Optional.empty());
    }

    private static Instant since(Failure before, Instant now) {
        return before == null ? now : before.since();
    }

    private static String errno(Outcome outcome) {
        return outcome instanceof Outcome.Refused refused ? refused.refusal().errno().name() : "";
    }

    private static String message(Outcome outcome) {
        String why =
                switch (outcome) {
                    case Outcome.Refused refused -> "kernel said " + refused.refusal();
                    case Outcome.Withheld withheld -> "held back: " + withheld.reason();
                    case Outcome.Lost lost -> lost.reason();
                    case Outcome.Done _ -> throw new IllegalArgumentException("done is no failure");
                };
        return "cannot " + outcome.operation() + ": " + why + "; will dump and retry";
    }
}
