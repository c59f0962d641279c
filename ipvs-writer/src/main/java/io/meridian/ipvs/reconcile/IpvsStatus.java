package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.GracefulTransition;
import io.meridian.ipvs.Statistics;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Status of one writer: of the host, or of one container.
 *
 * @param kind {@code dry-run} or {@code ipvs}
 * @param unavailable why the kernel cannot be programmed at all; empty if it can
 * @param warnings sentences about missing parts of the host setup
 * @param appliedRevision revision of the VIP table in the newest round, 0 before the first round;
 *     {@code failures} has the rows that the kernel refused
 * @param table of the newest round
 * @param failures rows that differ from the VIP image, sorted by row
 * @param fallbacks virtual servers with another scheduler than requested, sorted by row
 * @param totals since the writer's start
 * @param lastRound the newest round, whether it succeeded or failed
 * @param counted connections and traffic, from the kernel's newest dump
 */
public record IpvsStatus(
        String kind,
        String unavailable,
        List<String> warnings,
        long appliedRevision,
        Table table,
        List<Failure> failures,
        List<Failure> fallbacks,
        Totals totals,
        LastRound lastRound,
        Counted counted) {
    public IpvsStatus {
        warnings = List.copyOf(warnings);
        failures = List.copyOf(failures);
        fallbacks = List.copyOf(fallbacks);
    }

    /**
     * Size of the table, and its transitions.
     *
     * @param virtualServers that the VIP image requests
     * @param realServers that the VIP image requests, over all virtual servers
     * @param draining real servers that left the image and keep their connections
     * @param slowStarts real servers whose weight still grows
     */
    public record Table(
            int virtualServers,
            int realServers,
            SortedMap<GracefulTransition.RealServerKey, GracefulTransition.Drain> draining,
            int slowStarts) {
        public Table {
            draining = Collections.unmodifiableSortedMap(new TreeMap<>(draining));
        }
    }

    /**
     * Counts since the writer's start.
     *
     * @param rounds succeeded and failed ones
     * @param operations that the kernel executed
     * @param refusals operations that the kernel refused, by the errno's C name
     * @param driftRepaired operations that undid changes by other programs
     */
    public record Totals(
            long rounds, long operations, SortedMap<String, Long> refusals, long driftRepaired) {
        public Totals {
            refusals = Collections.unmodifiableSortedMap(new TreeMap<>(refusals));
        }

        private Totals plus(Round round) {
            SortedMap<String, Long> sum = new TreeMap<>(refusals);
            round.refusals().forEach((errno, count) -> sum.merge(errno, (long) count, Long::sum));
            return new Totals(
                    rounds + 1,
                    operations + round.operations(),
                    sum,
                    driftRepaired + round.repaired());
        }

        private Totals plusFailedRound() {
            return new Totals(rounds + 1, operations, refusals, driftRepaired);
        }
    }

    /**
     * The newest round.
     *
     * @param at its start; {@link Instant#EPOCH} before the first round
     * @param took duration of the newest round that succeeded
     * @param fault why the round failed as a whole; empty if it did not
     * @param nextTry latest time of the next round; empty unless the round or a row of it failed
     */
    public record LastRound(Instant at, Duration took, String fault, Optional<Instant> nextTry) {}

    /**
     * The kernel's counters.
     *
     * @param at time of the dump; {@link Instant#EPOCH} before the first
     */
    public record Counted(Statistics statistics, Instant at) {}

    static IpvsStatus initial(String kind) {
        return new IpvsStatus(
                kind,
                "",
                List.of(),
                0,
                new Table(0, 0, new TreeMap<>(), 0),
                List.of(),
                List.of(),
                new Totals(0, 0, new TreeMap<>(), 0),
                new LastRound(Instant.EPOCH, Duration.ZERO, "", Optional.empty()),
                new Counted(Statistics.NONE, Instant.EPOCH));
    }

    IpvsStatus with(Availability availability) {
        String reason = availability instanceof Availability.Unavailable none ? none.reason() : "";
        List<String> missing =
                availability instanceof Availability.Ready ready ? ready.warnings() : List.of();
        return new IpvsStatus(
                kind,
                reason,
                missing,
                appliedRevision,
                table,
                failures,
                fallbacks,
                totals,
                lastRound,
                counted);
    }

    /**
     * @param nextTry time of the next round, if rows have failed
     */
    IpvsStatus after(Round round, long revision, Optional<Instant> nextTry) {
        return new IpvsStatus(
                kind,
                unavailable,
                warnings,
                revision,
                new Table(
                        round.desired().table().size(),
                        round.desired().table().realServers(),
                        round.transition().drains(),
                        round.transition().starts().size()),
                round.failures(),
                round.fallbacks(),
                totals.plus(round),
                new LastRound(round.at(), round.took(), "", nextTry),
                round.statistics().map(now -> new Counted(now, round.at())).orElse(counted));
    }

    /** The status after a round that failed as a whole. */
    IpvsStatus afterFailure(String fault, Instant at, Instant nextTry) {
        return new IpvsStatus(
                kind,
                unavailable,
                warnings,
                appliedRevision,
                table,
                failures,
                fallbacks,
                totals.plusFailedRound(),
                new LastRound(at, lastRound.took(), fault, Optional.of(nextTry)),
                counted);
    }
}
