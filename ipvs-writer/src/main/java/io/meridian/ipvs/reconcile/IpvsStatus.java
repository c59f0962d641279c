package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.Statistics;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
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
 * @param drains real servers that have left and keep their connections
 * @param slowStarts real servers whose share still grows
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
        int drains,
        int slowStarts,
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
                0,
                0,
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
                drains,
                slowStarts,
                rounds,
                lastRound,
                lastReconcile,
                fault,
                counted,
                countedAt);
    }

    IpvsStatus after(Round round, long revision) {
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
                round.handover().drains().size(),
                round.handover().starts().size(),
                rounds + 1,
                round.at(),
                round.took(),
                "",
                round.statistics().orElse(counted),
                round.statistics().isPresent() ? round.at() : countedAt);
    }

    IpvsStatus broken(String newFault, Instant at) {
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
                drains,
                slowStarts,
                rounds + 1,
                at,
                lastReconcile,
                newFault,
                counted,
                countedAt);
    }
}
