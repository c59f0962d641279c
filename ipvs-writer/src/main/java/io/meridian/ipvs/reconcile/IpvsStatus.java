package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.Handover;
import io.meridian.ipvs.Statistics;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a node's data plane stands.
 *
 * @param kind {@code dry-run} or {@code ipvs}
 * @param unavailable why the kernel can't be programmed at all; empty if it can
 * @param warnings what of the host's set-up is missing, in words
 * @param appliedRevision revision of the VIP table of the newest round, 0 before the first; rows
 *     that the kernel refused are in {@code failures}
 * @param virtualServers how many that image asks for
 * @param realServers how many that image asks for, over all virtual servers
 * @param operations taken by the kernel since start
 * @param failures rows that are not as desired, sorted
 * @param substitutes virtual servers that have another scheduler than the one asked for, sorted
 * @param refusals operations that the kernel refused since start, by errno's C name
 * @param driftRepaired operations since start that undid somebody else's changes
 * @param draining real servers that have left and keep their connections
 * @param slowStarts real servers whose share still grows
 * @param nextTry when what has failed is tried again at the latest; empty if nothing has
 * @param rounds since start, with those that broke off
 * @param lastRound when the newest round began; {@link Instant#EPOCH} before the first
 * @param lastReconcile how long it took
 * @param fault why the newest round broke off; empty if it did not
 * @param counted what the kernel counts, as of its last whole dump
 * @param countedAt when that was; {@link Instant#EPOCH} before the first
 */
public record IpvsStatus(
        String kind,
        String unavailable,
        List<String> warnings,
        long appliedRevision,
        int virtualServers,
        int realServers,
        long operations,
        List<Failure> failures,
        List<Failure> substitutes,
        SortedMap<String, Long> refusals,
        long driftRepaired,
        SortedMap<Handover.Leg, Handover.Drain> draining,
        int slowStarts,
        Optional<Instant> nextTry,
        long rounds,
        Instant lastRound,
        Duration lastReconcile,
        String fault,
        Statistics counted,
        Instant countedAt) {
    public IpvsStatus {
        warnings = List.copyOf(warnings);
        failures = List.copyOf(failures);
        substitutes = List.copyOf(substitutes);
        refusals = Collections.unmodifiableSortedMap(new TreeMap<>(refusals));
    }

    static IpvsStatus initial(String kind) {
        return new IpvsStatus(
                kind,
                "",
                List.of(),
                0,
                0,
                0,
                0,
                List.of(),
                List.of(),
                Collections.emptySortedMap(),
                0,
                Collections.emptySortedMap(),
                0,
                Optional.empty(),
                0,
                Instant.EPOCH,
                Duration.ZERO,
                "",
                Statistics.NONE,
                Instant.EPOCH);
    }

    IpvsStatus with(Availability availability) {
        return new IpvsStatus(
                kind,
                availability instanceof Availability.Unavailable none ? none.reason() : "",
                availability instanceof Availability.Ready ready ? ready.warnings() : List.of(),
                appliedRevision,
                virtualServers,
                realServers,
                operations,
                failures,
                substitutes,
                refusals,
                driftRepaired,
                draining,
                slowStarts,
                nextTry,
                rounds,
                lastRound,
                lastReconcile,
                fault,
                counted,
                countedAt);
    }

    /** How many real servers have left and keep their connections. */
    public int drains() {
        return draining.size();
    }

    IpvsStatus after(Round round, long revision, Optional<Instant> retry) {
        SortedMap<String, Long> total = new TreeMap<>(refusals);
        round.refusals().forEach((errno, count) -> total.merge(errno, (long) count, Long::sum));
        return new IpvsStatus(
                kind,
                unavailable,
                warnings,
                revision,
                round.desired().table().size(),
                round.desired().table().realServers(),
                operations + round.operations(),
                round.failures(),
                round.substitutes(),
                total,
                driftRepaired + round.repaired(),
                round.handover().drains(),
                round.handover().starts().size(),
                retry,
                rounds + 1,
                round.at(),
                round.took(),
                "",
                round.statistics().orElse(counted),
                round.statistics().isPresent() ? round.at() : countedAt);
    }

    IpvsStatus broken(String newFault, Instant at, Instant retry) {
        return new IpvsStatus(
                kind,
                unavailable,
                warnings,
                appliedRevision,
                virtualServers,
                realServers,
                operations,
                failures,
                substitutes,
                refusals,
                driftRepaired,
                draining,
                slowStarts,
                Optional.of(retry),
                rounds + 1,
                at,
                lastReconcile,
                newFault,
                counted,
                countedAt);
    }
}
