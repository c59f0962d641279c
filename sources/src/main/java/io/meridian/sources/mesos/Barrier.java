package io.meridian.sources.mesos;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * When absence from what a leader tells means something (specs: marathon-mesos-api 5.6). A new
 * leader knows its agents from the registry and their tasks only when they have come back; until
 * then, or until their time is over, and a quiet period after that, it knows less than there is.
 */
final class Barrier {
    private final Duration limit;
    private final Duration quiet;
    private final Set<String> awaited = new TreeSet<>();
    private MesosPhase phase = MesosPhase.DETACHED;
    private Instant until = Instant.MAX;

    Barrier(Duration limit, Duration quiet) {
        this.limit = limit;
        this.quiet = quiet;
    }

    MesosPhase phase() {
        return phase;
    }

    int awaited() {
        return awaited.size();
    }

    /** When {@link #pass} is to be called next; empty if nothing is waited for. */
    Optional<Instant> until() {
        return until.equals(Instant.MAX) ? Optional.empty() : Optional.of(until);
    }

    /** No master is heard. */
    void detached() {
        phase = MesosPhase.DETACHED;
        awaited.clear();
        until = Instant.MAX;
    }

    /**
     * A snapshot was had. A wait that was under way goes on: a poll must not begin it anew.
     *
     * @param agents that the master has not heard from but may
     * @param since when the master was elected, if it would not tell such agents
     */
    void snapshot(Collection<String> agents, Optional<Instant> since, Instant now) {
        Instant deadline = since.orElse(now).plus(limit);
        boolean doubtful = since.isPresent() && now.isBefore(deadline);
        boolean waiting = phase == MesosPhase.AWAITING_AGENTS;
        Instant started = waiting ? until : deadline;
        awaited.clear();
        awaited.addAll(agents);
        if (!awaited.isEmpty() || doubtful) {
            if (phase == MesosPhase.SETTLING || waiting && !now.isBefore(started)) {
                return; // their time was over already
            }
            phase = MesosPhase.AWAITING_AGENTS;
            until = started;
        } else if (waiting) {
            settle(now);
        } else if (phase != MesosPhase.SETTLING) {
            complete();
        }
    }

    /** An agent has come back, or has left for good. */
    void settled(String agent, Instant now) {
        if (awaited.remove(agent) && awaited.isEmpty() && phase == MesosPhase.AWAITING_AGENTS) {
            settle(now);
        }
    }

    /** Whether the barrier is passed by the time alone; true at most once for each wait. */
    boolean pass(Instant now) {
        if (now.isBefore(until)) {
            return false;
        }
        if (phase == MesosPhase.AWAITING_AGENTS) {
            settle(now);
            return pass(now);
        }
        complete();
        return true;
    }

    private void settle(Instant now) {
        phase = MesosPhase.SETTLING;
        until = now.plus(quiet);
    }

    private void complete() {
        phase = MesosPhase.COMPLETE;
        awaited.clear();
        until = Instant.MAX;
    }
}
