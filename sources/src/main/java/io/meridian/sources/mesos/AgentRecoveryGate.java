package io.meridian.sources.mesos;

import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides when absence from a leader's state proves anything (specs: marathon-mesos-api 5.6). A new
 * leader knows its agents from the registry, but their tasks only once they have reregistered. The
 * state is complete after all agents have reregistered, or their timeout is over, and a quiet
 * period has passed. Pure; used by one thread.
 */
final class AgentRecoveryGate {
    private final FailoverSettings settings;
    private final Set<String> awaited = new TreeSet<>();
    private MesosPhase phase = MesosPhase.DETACHED;
    private Optional<Instant> until = Optional.empty();

    AgentRecoveryGate(FailoverSettings settings) {
        this.settings = settings;
    }

    MesosPhase phase() {
        return phase;
    }

    /** Number of agents that have not reregistered. */
    int awaited() {
        return awaited.size();
    }

    /** When the caller must call {@link #pass}; empty without a wait. */
    Optional<Instant> nextDue() {
        return until;
    }

    /** The connection to the leader is lost. */
    void detached() {
        phase = MesosPhase.DETACHED;
        awaited.clear();
        until = Optional.empty();
    }

    /**
     * A state was read. A wait under way keeps its deadline, so that polls do not prolong it.
     *
     * @param agents ids of agents in the master's registry that have not reregistered
     * @param since when the master was elected, if its state does not list such agents
     */
    void snapshot(Collection<String> agents, Optional<Instant> since, Instant now) {
        Instant fresh = since.orElse(now).plus(settings.reregisterTimeout());
        boolean isElectionRecent = since.isPresent() && now.isBefore(fresh);
        boolean isWaiting = phase == MesosPhase.AWAITING_AGENTS;
        Instant deadline = isWaiting ? until.orElse(fresh) : fresh;
        awaited.clear();
        awaited.addAll(agents);
        if (!awaited.isEmpty() || isElectionRecent) {
            boolean isTimedOut =
                    phase == MesosPhase.SETTLING || isWaiting && !now.isBefore(deadline);
            if (!isTimedOut) {
                phase = MesosPhase.AWAITING_AGENTS;
                until = Optional.of(deadline);
            }
        } else if (isWaiting) {
            settle(now);
        } else if (phase != MesosPhase.SETTLING) {
            complete();
        }
    }

    /** An agent has reregistered or was removed. */
    void resolved(String agent, Instant now) {
        if (awaited.remove(agent) && awaited.isEmpty() && phase == MesosPhase.AWAITING_AGENTS) {
            settle(now);
        }
    }

    /** Whether time alone completes the state; true at most once for each wait. */
    boolean pass(Instant now) {
        if (until.isEmpty() || now.isBefore(until.get())) {
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
        until = Optional.of(now.plus(settings.quietPeriod()));
    }

    private void complete() {
        phase = MesosPhase.COMPLETE;
        awaited.clear();
        until = Optional.empty();
    }
}
