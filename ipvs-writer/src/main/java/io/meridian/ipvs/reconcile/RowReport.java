package io.meridian.ipvs.reconcile;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.ipvs.Errno;
import io.meridian.ipvs.Outcome;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Rows that are not as the VIP image asks, since when and why; immutable. */
final class RowReport {
    static final RowReport EMPTY = new RowReport(new TreeMap<>(), new TreeMap<>());

    private final SortedMap<String, Failure> failures;
    private final SortedMap<String, Failure> substitutes;

    private RowReport(SortedMap<String, Failure> failures, SortedMap<String, Failure> substitutes) {
        this.failures = Collections.unmodifiableSortedMap(failures);
        this.substitutes = Collections.unmodifiableSortedMap(substitutes);
    }

    /** A scheduler that the kernel lacks, and what takes its place. */
    record Instead(String asked, String used) {}

    /** Sorted by row. */
    List<Failure> failures() {
        return List.copyOf(failures.values());
    }

    List<Failure> substitutes() {
        return List.copyOf(substitutes.values());
    }

    /**
     * As of a round; rows that were there before keep the time of their first failure.
     *
     * @param conflicts addresses that we should hold and somebody else does, with their virtual
     *     servers
     */
    RowReport next(
            List<Outcome> failed,
            Map<IpAddress, List<Endpoint>> conflicts,
            Map<Endpoint, Instead> instead,
            Instant now) {
        SortedMap<String, Failure> next = new TreeMap<>();
        for (Outcome outcome : failed) {
            String row = outcome.operation().row();
            next.putIfAbsent(
                    row,
                    new Failure(row, errno(outcome), message(outcome), since(failures, row, now)));
        }
        conflicts.forEach(
                (address, servers) -> {
                    String row = "vip=" + address;
                    String message =
                            "cannot take over "
                                    + address
                                    + ": virtual servers there are not ours: "
                                    + servers
                                    + "; VIPs at this address are not programmed, others are";
                    next.put(
                            row,
                            new Failure(
                                    row, Errno.EEXIST.name(), message, since(failures, row, now)));
                });
        SortedMap<String, Failure> nextSubstitutes = new TreeMap<>();
        instead.forEach(
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
                                    row,
                                    Errno.ENOENT.name(),
                                    message,
                                    since(substitutes, row, now)));
                });
        return new RowReport(next, nextSubstitutes);
    }

    private static Instant since(SortedMap<String, Failure> before, String row, Instant now) {
        return Optional.ofNullable(before.get(row)).map(Failure::since).orElse(now);
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
