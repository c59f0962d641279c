package io.meridian.ipvs.reconcile;

import org.slf4j.Logger;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Logs changes of condition from round to round, each once. One thread uses it. */
final class RoundLog {
    private final Logger log;
    private final String done;
    private Set<String> failing = Set.of();
    private Set<String> substituted = Set.of();
    private boolean seenRound;

    /**
     * @param kind kernel that the rounds program; a dry run programs none
     */
    RoundLog(Logger log, IpvsSettings.Kind kind) {
        this.log = log;
        this.done =
                kind == IpvsSettings.Kind.DRY_RUN
                        ? "dry run, no VIP is programmed"
                        : "VIPs programmed";
    }

    /**
     * Logs one round.
     *
     * @param retry delay of the next round; present if rows have failed
     */
    void round(long revision, Round round, Optional<Duration> retry) {
        if (!round.drift().isEmpty()) {
            log.warn(
                    "kernel differs from what was programmed: drift={} repaired={} first=\"{}\"",
                    round.drift().size(),
                    round.repaired(),
                    round.drift().getFirst());
        }
        for (Failure failure : round.failures()) {
            if (!failing.contains(failure.row())) {
                log.warn("{} in {} s", failure.message(), seconds(retry.orElseThrow()));
            }
        }
        for (Failure substitute : round.fallbacks()) {
            if (!substituted.contains(substitute.row())) {
                log.warn("{}", substitute.message());
            }
        }
        failing = rows(round.failures());
        substituted = rows(round.fallbacks());
        String line =
                done
                        + ": revision={} virtual-servers={} real-servers={} drains={}"
                        + " operations={} took={} s";
        Object[] values = {
            revision,
            round.desired().table().size(),
            round.desired().table().realServers(),
            round.transition().drains().size(),
            round.operations(),
            seconds(round.took())
        };
        if (seenRound) {
            log.debug(line, values);
        } else {
            log.info(line, values);
        }
        seenRound = true;
    }

    void failed(Throwable cause, String fault, Duration retry) {
        String line = "cannot reconcile: {}; will dump and retry in {} s";
        if (cause instanceof IOException) {
            log.error(line, fault, seconds(retry));
        } else {
            log.error(line, fault, seconds(retry), cause);
        }
    }

    private static Set<String> rows(List<Failure> failures) {
        Set<String> rows = new HashSet<>();
        failures.forEach(failure -> rows.add(failure.row()));
        return rows;
    }

    static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }
}
