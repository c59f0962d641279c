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
 * Everything that Mesos has told, and what of it is news. Snapshots merge over what is known: what
 * a new one lacks is kept until the {@link Barrier} is passed, and even then it is not told to have
 * ended; the listing that is told then lacks it. Pure but for what it is given: time comes with
 * each call, signals go to the sink in order.
 */
final class MesosFold {
    private final ClusterFold cluster;
    private final TaskFold tasks;
    private final Barrier barrier;
    private final Consumer<SourceSignal> sink;

    /** Counts snapshots; what was heard of since the last one carries its number. */
    private int epoch;

    MesosFold(FoldSettings settings, AddressBook book, Consumer<SourceSignal> sink) {
        this.sink = sink;
        cluster = new ClusterFold(book, sink);
        tasks = new TaskFold(settings, cluster, sink);
        barrier = new Barrier(settings.limit(), settings.quiet());
    }

    /** No master is heard any more. All that is known stays. */
    void detached() {
        barrier.detached();
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
        barrier.snapshot(awaited, state.silentSince(), now);
        if (barrier.phase() == MesosPhase.COMPLETE) {
            completed(now);
        } else {
            tasks.tellSnapshot();
        }
    }

    /** One event of the stream, after its snapshot. */
    void event(MesosMessage message, Instant now) {
        switch (message) {
            case MesosMessage.Subscribed(_, var state, _) -> snapshot(state, now);
            case MesosMessage.TaskAdded(_, var task) -> tasks.added(task, epoch, true, now);
            case MesosMessage.TaskUpdated update -> {
                if (lostContact(update.state(), () -> Optional.of(update.status()))) {
                    cluster.lost(update.status().agent());
                }
                tasks.updated(update, epoch, now);
            }
            case MesosMessage.FrameworkKnown(_, var framework) -> {
                cluster.framework(framework, epoch);
                tasks.frameworkChanged(framework.id());
            }
            case MesosMessage.FrameworkRemoved(_, var framework) -> {
                tasks.frameworkRemoved(framework, now);
                cluster.frameworkRemoved(framework);
            }
            case MesosMessage.AgentAdded(_, var agent) -> {
                cluster.agent(agent, epoch);
                tasks.agentChanged(agent.id());
                barrier.settled(agent.id(), now);
            }
            case MesosMessage.AgentRemoved(_, var agent) -> {
                tasks.agentRemoved(agent, now);
                cluster.agentRemoved(agent);
                barrier.settled(agent, now);
            }
            case MesosMessage.Heartbeat _, MesosMessage.Unknown _, MesosMessage.Unreadable _ -> {}
        }
    }

    /** Only a master that has lost an agent says since when. */
    private static boolean lostContact(String state, Supplier<Optional<StatusReport>> status) {
        return state.equals(MesosState.TASK_GONE_BY_OPERATOR.name())
                || MesosState.of(state).filter(MesosState::unreachable).isPresent()
                        && status.get().filter(StatusReport::lostContact).isPresent();
    }

    /** To be called when {@link #wakeAt} has come, or at any other time. */
    void tick(Instant now) {
        tasks.forgetEnds(now);
        if (barrier.pass(now)) {
            completed(now);
        }
    }

    /** When the barrier wants to be looked at again. */
    Optional<Instant> wakeAt() {
        return barrier.until();
    }

    /** Names have been looked up. */
    void resolved() {
        cluster.resolved().forEach(tasks::agentChanged);
    }

    /** Pids of schedulers by framework id, which the v1 API does not tell. */
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
        if (barrier.phase() != MesosPhase.COMPLETE) {
            return true;
        }
        if (tasks.runsBeside(named)) {
            return false;
        }
        cluster.named(named, asked);
        return true;
    }

    /** Tells the tasks of one service once more. */
    void tellAgain(ServiceId service) {
        tasks.tellAgain(service);
    }

    /**
     * Tells all there is.
     *
     * @return false if what is known may not be all: then nothing is told
     */
    boolean list(Instant now) {
        if (barrier.phase() != MesosPhase.COMPLETE) {
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
        return barrier.phase();
    }

    MesosCounters.Known known() {
        return new MesosCounters.Known(
                cluster.agents(),
                cluster.frameworks(),
                tasks.size(),
                barrier.awaited(),
                tasks.waiting(),
                tasks.unreachable());
    }
}
