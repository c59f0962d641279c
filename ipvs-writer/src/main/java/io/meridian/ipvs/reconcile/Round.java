package io.meridian.ipvs.reconcile;

import io.meridian.domain.net.Endpoint;
import io.meridian.ipvs.GracefulTransition;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.Statistics;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * What one round of the reconciler did.
 *
 * @param desired what the VIP image asks for
 * @param servers virtual servers that should stand now, those that drain among them
 * @param operations how many the kernel took
 * @param drift what the kernel differed by from what had been programmed, as operations in words;
 *     only from an audit
 * @param repaired how many of those the kernel took
 * @param failures every row that is not as desired, sorted by row
 * @param refusals how many operations the kernel refused, by errno's C name; those of rows that a
 *     second attempt of the same round put right are counted as well
 * @param substitutes virtual servers that have another scheduler than the one asked for, sorted
 * @param handover drains and slow starts that are under way
 * @param due when the next round is needed for those, whatever happens; empty if they aren't any
 * @param statistics what the kernel counts, if this round dumped it
 * @param at when it began
 */
public record Round(
        KernelState desired,
        List<Endpoint> servers,
        int operations,
        List<String> drift,
        int repaired,
        List<Failure> failures,
        SortedMap<String, Integer> refusals,
        List<Failure> fallbacks,
        GracefulTransition transition,
        Optional<Instant> due,
        Optional<Statistics> statistics,
        Instant at,
        Duration took) {
    public Round {
        servers = List.copyOf(servers);
        drift = List.copyOf(drift);
        failures = List.copyOf(failures);
        fallbacks = List.copyOf(fallbacks);
    }

    /** The same round with more failures. */
    Round with(List<Failure> more) {
        if (more.isEmpty()) {
            return this;
        }
        List<Failure> all = new ArrayList<>(failures);
        all.addAll(more);
        all.sort(Comparator.comparing(Failure::row));
        return new Round(
                desired,
                servers,
                operations,
                drift,
                repaired,
                all,
                refusals,
                fallbacks,
                transition,
                due,
                statistics,
                at,
                took);
    }
}
