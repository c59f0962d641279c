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
 * Result of one round.
 *
 * @param desired the state that the VIP image requests
 * @param servers virtual servers after the round, with draining ones
 * @param operations number that the kernel executed
 * @param drift differences from the known state, as operations; only of an audit
 * @param repaired number of {@code drift} that the kernel executed
 * @param failures rows that differ from the VIP image, sorted by row
 * @param refusals number of refused operations by the errno's C name, with those that a later
 *     attempt of the round repaired
 * @param fallbacks virtual servers with another scheduler than requested, sorted by row
 * @param transition drains and slow starts in progress
 * @param due latest time of the next round for those; empty if none is in progress
 * @param statistics counters, if the round dumped the kernel
 * @param at start of the round
 * @param took duration of the round
 */
record Round(
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

    /** A copy with further failures. */
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
