package io.meridian.sources.mesos;

import io.meridian.domain.service.ServiceId;
import io.meridian.sources.MesosState;
import io.meridian.sources.SourceSignal;

import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The known state of one Mesos cluster; emits a signal for each change. Snapshots merge into what
 * is known: what a new one lacks is kept until the {@link AgentRecoveryGate} is passed. Even then
 * no end is emitted; the listing that follows lacks it. Pure but for the signals; used by one
 * thread.
 */
final class MesosFold {
    private final ClusterFold cluster;
    private final TaskFold tasks;
    private final AgentRecoveryGate gate;
    private final Consumer<SourceSignal> sink;

    /** Number of snapshots so far; reports since the last one carry it. */
    private int epoch;

    MesosFold(FoldSettings settings, HostAddresses book, Consumer<SourceSignal> sink) {
        this.sink = sink;
        cluster = new ClusterFold(book, sink);
        tasks = new TaskFold(settings, cluster, sink);
        gate = new AgentRecoveryGate(settings.failover());
    }

    /** The connection to the master is lost. All that is known stays. */
    void detached() {
        gate.detached();
    }

    /** The whole state, at the start of a stream or by polling. */
    void snapshot(StateDocument state, Instant now) {
        epoch++;
        state.agents().forEach(agent -> cluster.agent(agent, epoch));
        state.frameworks().forEach(framework -> cluster.framework(framework, epoch));
        Set<String> registered = new HashSet<>();
        state.agents().forEach(agent -> registered.add(agent.id()));
        state.completed().forEach(task -> tasks.completed(task, now));
        for (TaskReport task : state.tasks()) {
            // Its agent is not awaited: the master says that it has lost it.
            if (lostContact(task.state(), () -> TaskEntry.latest(task))
                    && !registered.contains(task.agent())) {
                cluster.lost(task.agent());
            }
            tasks.added(task, epoch, false, now);
        }
        Set<String> awaited = new HashSet<>(state.recovered());
        awaited.addAll(cluster.unheard(epoch));
        awaited.removeAll(registered);
        gate.snapshot(awaited, state.silentSince(), now);
        if (gate.phase() == MesosPhase.COMPLETE) {
            completed(now);
        } else {
            tasks.tellSnapshot();
        }
    }

    /** One event of the stream, after its snapshot. */
    void event(MesosEvent message, Instant now) {
        switch (message) {
            case MesosEvent.Subscribed(_, var state, _) -> snapshot(state, now);
            case MesosEvent.TaskAdded(_, var task) -> tasks.added(task, epoch, true, now);
            case MesosEvent.TaskUpdated update -> {
                if (lostContact(update.state(), () -> Optional.of(update.status()))) {
                    cluster.lost(update.status().agent());
                }
                tasks.updated(update, epoch, now);
            }
            case MesosEvent.FrameworkKnown(_, var framework) -> {
                cluster.framework(framework, epoch);
                tasks.frameworkChanged(framework.id());
            }
            case MesosEvent.FrameworkRemoved(_, var framework) -> {
                tasks.frameworkRemoved(framework, now);
                cluster.frameworkRemoved(framework);
            }
            case MesosEvent.AgentAdded(_, var agent) -> {
                cluster.agent(agent, epoch);
                tasks.agentChanged(agent.id());
                gate.resolved(agent.id(), now);
            }
            case MesosEvent.AgentRemoved(_, var agent) -> {
                tasks.agentRemoved(agent, now);
                cluster.agentRemoved(agent);
                gate.resolved(agent, now);
            }
            case MesosEvent.Heartbeat _, MesosEvent.Unknown _, MesosEvent.Unreadable _ -> {}
        }
    }

    /** Only a master that has lost an agent says since when. */
    private static boolean lostContact(String state, Supplier<Optional<StatusReport>> status) {
        return state.equals(MesosState.TASK_GONE_BY_OPERATOR.name())
                || MesosState.of(state).filter(MesosState::unreachable).isPresent()
                        && status.get().filter(StatusReport::lostContact).isPresent();
    }

    /** To be called when {@link #nextDue} has come, or at any other time. */
    void tick(Instant now) {
        tasks.forgetEnds(now);
        if (gate.pass(now)) {
            completed(now);
        }
    }

    /** When the gate wants to be looked at again. */
    Optional<Instant> nextDue() {
        return gate.nextDue();
    }

    /** Host names were resolved to other addresses. */
    void resolved() {
        cluster.resolved().forEach(tasks::agentChanged);
    }

    /** Pids of schedulers by framework id, which the v1 API does not have. */
    void pids(Map<String, String> pids) {
        cluster.pids(pids);
    }

    /** To be given back with the answer to what is asked of a master now, see {@link #agents}. */
    long heard() {
        return cluster.heard();
    }

    /**
     * The agents that a master names when asked. One that it has lost contact to without a task to
     * say so is in no event. Means nothing while agents are awaited.
     *
     * @param named registered, or not yet back
     * @param asked {@link #heard} when it was asked
     * @return false if the answer is not believed, for it lacks agents that run tasks by what the
     *     master itself has told
     */
    boolean agents(Set<String> named, long asked) {
        if (gate.phase() != MesosPhase.COMPLETE) {
            return true;
        }
        if (tasks.runsBeside(named)) {
            return false;
        }
        cluster.named(named, asked);
        return true;
    }

    /** Emits the tasks of one service again. */
    void tellAgain(ServiceId service) {
        tasks.tellAgain(service);
    }

    /**
     * Emits a complete listing.
     *
     * @return false if the known state may be incomplete; nothing is emitted then
     */
    boolean list(Instant now) {
        if (gate.phase() != MesosPhase.COMPLETE) {
            return false;
        }
        sink.accept(new SourceSignal.ListedAll(tasks.listing(), now));
        sink.accept(new SourceSignal.ClusterObserved(cluster.listed()));
        return true;
    }

    private void completed(Instant now) {
        tasks.dropBefore(epoch);
        cluster.dropBefore(epoch, tasks.agents());
        list(now);
    }

    MesosPhase phase() {
        return gate.phase();
    }

    MesosCounters.Known known() {
        return new MesosCounters.Known(
                cluster.agents(),
                cluster.frameworks(),
                tasks.size(),
                gate.awaited(),
                tasks.waiting(),
                tasks.unreachable());
    }
}
