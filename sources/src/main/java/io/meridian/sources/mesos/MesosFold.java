package io.meridian.sources.mesos;

import io.meridian.domain.service.ServiceId;
import io.meridian.sources.MesosState;
import io.meridian.sources.SourceSignal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The known state of one Mesos cluster; emits a signal for each change. A snapshot merges into the
 * known state: entries that a new snapshot lacks are kept until the {@link AgentRecoveryGate} is
 * passed. Even then this class emits no end; the next listing lacks the entry. Pure but for the
 * signals; used by one thread.
 */
final class MesosFold {
    private final ClusterFold cluster;
    private final TaskFold tasks;
    private final AgentRecoveryGate gate;
    private final Consumer<SourceSignal> sink;
    private final FoldSettings settings;

    /** Of the last snapshot. */
    private SourceSignal.Exceptions exceptions = SourceSignal.Exceptions.NONE;

    /** Number of snapshots so far; each report carries the number of the snapshot before it. */
    private int epoch;

    MesosFold(FoldSettings settings, HostAddresses book, Consumer<SourceSignal> sink) {
        this.sink = sink;
        this.settings = settings;
        cluster = new ClusterFold(book, sink);
        tasks = new TaskFold(settings, cluster, sink);
        gate = new AgentRecoveryGate(settings.failover());
    }

    /** The connection to the master is lost. The known state is kept. */
    void detached() {
        gate.detached();
    }

    /** Merges the state of the whole cluster, from the start of a stream or from a poll. */
    void snapshot(StateDocument state, Instant now) {
        epoch++;
        exceptions = state.exceptions();
        state.agents().forEach(agent -> cluster.agent(agent, epoch));
        state.frameworks().forEach(framework -> cluster.framework(framework, epoch));
        Set<String> registered = new HashSet<>();
        state.agents().forEach(agent -> registered.add(agent.id()));
        // A completed task's id may be in use again.
        Set<TaskKey> present = new HashSet<>();
        state.tasks().forEach(task -> present.add(task.key()));
        state.completed().stream()
                .filter(task -> !present.contains(task.key()))
                .forEach(task -> tasks.completed(task, now));
        for (TaskReport task : state.tasks()) {
            // The gate does not wait for the agent of an unreachable task: the master has lost it.
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
            tasks.emitSnapshot();
        }
    }

    /** Applies one event of the stream, after the stream's snapshot. */
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

    /**
     * Whether the master has lost the task's agent: only then the status has a time of the loss.
     */
    private static boolean lostContact(String state, Supplier<Optional<StatusReport>> status) {
        return state.equals(MesosState.TASK_GONE_BY_OPERATOR.name())
                || MesosState.of(state).filter(MesosState::unreachable).isPresent()
                        && status.get().filter(StatusReport::lostContact).isPresent();
    }

    /**
     * Applies the passing of time. The caller calls this at {@link #nextDue}, or at any other time.
     */
    void tick(Instant now) {
        tasks.forgetEnds(now);
        if (gate.pass(now)) {
            completed(now);
        }
    }

    /** When {@link #tick} is due; empty if no deadline is pending. */
    Optional<Instant> nextDue() {
        return gate.nextDue();
    }

    /** Emits the changes that follow from new addresses of host names. */
    void resolved() {
        cluster.resolved().forEach(tasks::agentChanged);
    }

    /** Merges the pids of schedulers by framework id, which the v1 API does not have. */
    void pids(Map<String, String> pids) {
        cluster.pids(pids);
    }

    /**
     * Number of agent reports so far. The caller passes it to {@link #agents} with the answer to a
     * question sent now.
     */
    long heard() {
        return cluster.heard();
    }

    /**
     * Applies a master's answer to {@code GET_AGENTS}: the stream has no event for the loss of an
     * agent without tasks. The answer has no effect while agents have not reregistered.
     *
     * @param named ids of agents that are registered, or recovered and not yet reregistered
     * @param asked {@link #heard} when the question was sent
     * @return false if the answer is rejected, because it lacks agents that run tasks according to
     *     the same master
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
    void emitAgain(ServiceId service) {
        tasks.emitAgain(service);
    }

    /**
     * Emits a complete listing.
     *
     * @return false, without a listing, if the known state may be incomplete
     */
    boolean list(Instant now) {
        if (gate.phase() != MesosPhase.COMPLETE) {
            return false;
        }
        sink.accept(new SourceSignal.ListedAll(tasks.listing(), exceptions(), now));
        sink.accept(new SourceSignal.ClusterObserved(cluster.listed()));
        return true;
    }

    /**
     * Adds the case of two frameworks with the name that the Marathon source has: nothing tells
     * Mesos's source which of the two is that Marathon.
     */
    private SourceSignal.Exceptions exceptions() {
        List<String> named = cluster.frameworksOf(settings.marathon());
        if (named.size() < 2) {
            return exceptions;
        }
        List<String> all = new ArrayList<>(exceptions.sentences());
        all.addFirst(
                "several frameworks have the name of sources.marathon.framework-name: "
                        + named
                        + "; tasks of those that the Marathon source does not read are left out;"
                        + " set sources.marathon.framework-id to the frameworkId of the Marathon's"
                        + " /v2/info");
        return new SourceSignal.Exceptions(all, exceptions.nameless());
    }

    /** An entry without id may be any task, agent or framework: all known ones are then kept. */
    private void completed(Instant now) {
        if (!exceptions.nameless()) {
            tasks.dropBefore(epoch);
            cluster.dropBefore(epoch, tasks.agents());
        }
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
