package io.meridian.sources.mesos;

import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.sources.SourceSignal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * The known tasks; emits an observation for each change. A task of an unknown framework waits for
 * the framework. A task of an unknown agent is emitted without the agent's address, and again when
 * the agent is known. Pure but for the signals that it emits; used by one thread.
 */
final class TaskFold {
    /** How long an end is remembered: a late update within this time does not revive the task. */
    private static final Duration REMEMBERED = Duration.ofMinutes(10);

    private static final int MOST_ENDED = 100_000;
    private static final int MOST_EARLY = 10_000;

    private final FoldSettings settings;
    private final ClusterFold cluster;
    private final Consumer<SourceSignal> sink;
    private final Map<TaskKey, TaskEntry> tasks = new HashMap<>();
    private final Map<String, Set<TaskKey>> byAgent = new HashMap<>();
    private final Map<String, Set<TaskKey>> byFramework = new HashMap<>();
    private final Set<TaskKey> unreachable = new HashSet<>();
    private final LinkedHashMap<TaskKey, End> ended = new LinkedHashMap<>();

    /** Updates that came before the report of their task. */
    private final LinkedHashMap<TaskKey, List<MesosEvent.TaskUpdated>> early =
            new LinkedHashMap<>();

    /**
     * End of a task. The task's id may have a new life after it.
     *
     * @param reported whether the task was reported before its end; if not, that report may follow
     * @param timestamp of the newest status; negative infinity if the end has none
     */
    private record End(Instant at, boolean reported, String agent, double timestamp) {
        /**
         * Whether a report on the stream is of a new life, and not a late one of the ended task.
         */
        boolean precedes(TaskReport report) {
            return TaskEntry.latest(report)
                    .map(status -> status.timestamp() > timestamp || !report.agent().equals(agent))
                    .orElse(reported); // Mesos reports a launch without statuses
        }
    }

    TaskFold(FoldSettings settings, ClusterFold cluster, Consumer<SourceSignal> sink) {
        this.settings = settings;
        this.cluster = cluster;
        this.sink = sink;
    }

    /**
     * A report of a whole task. A report of an ended task begins a new life of its id: in a
     * snapshot if the task runs, on the stream unless the report is late.
     *
     * @param onStream false for a report of a snapshot, whose changes {@link #emitSnapshot} or
     *     {@link #listing} emits; an end is always emitted
     */
    void added(TaskReport report, int epoch, boolean onStream, Instant now) {
        TaskKey key = report.key();
        End end = ended.get(key);
        if (end != null && !beginsLife(report, onStream, end)) {
            ended.put(key, new End(end.at(), true, end.agent(), end.timestamp()));
            return;
        }
        ended.remove(key);
        endLifeBefore(report, onStream, now);
        TaskEntry entry = tasks.computeIfAbsent(key, _ -> new TaskEntry(report));
        String before = entry.agent();
        entry.take(report, epoch);
        List<MesosEvent.TaskUpdated> waiting = early.remove(key);
        if (waiting != null) {
            waiting.forEach(update -> entry.take(update, epoch));
        }
        index(entry, before);
        settle(entry, onStream, now);
    }

    /** Ends a life whose end no event told, because the report shows a later one. */
    private void endLifeBefore(TaskReport report, boolean onStream, Instant now) {
        TaskEntry entry = tasks.get(report.key());
        if (entry != null && entry.isRelaunchedBy(report, onStream)) {
            entry.end("RELAUNCHED");
            settle(entry, true, now);
            ended.remove(report.key());
        }
    }

    private static boolean beginsLife(TaskReport report, boolean onStream, End end) {
        Optional<StatusReport> newest = TaskEntry.latest(report);
        return TaskEntry.state(report.state(), newest).phase() != TaskPhase.GONE
                && (!onStream || end.precedes(report));
    }

    void updated(MesosEvent.TaskUpdated update, int epoch, Instant now) {
        TaskKey key = update.key();
        if (ended.containsKey(key)) {
            return;
        }
        TaskEntry entry = tasks.get(key);
        if (entry != null) {
            String before = entry.agent();
            entry.take(update, epoch);
            index(entry, before);
            settle(entry, true, now);
        } else if (isEnd(update)) {
            early.remove(key);
            StatusReport status = update.status();
            bury(key, new End(now, false, status.agent(), status.timestamp()));
        } else {
            early.computeIfAbsent(key, _ -> new ArrayList<>()).add(update);
            trim(early, MOST_EARLY);
        }
    }

    private static boolean isEnd(MesosEvent.TaskUpdated update) {
        return TaskEntry.state(update.state(), Optional.of(update.status())).phase()
                == TaskPhase.GONE;
    }

    /** A state document lists the task as completed. */
    void completed(TaskReport report, Instant now) {
        TaskEntry entry = tasks.get(report.key());
        if (entry != null) {
            entry.end(report.state());
            settle(entry, true, now);
        }
    }

    /** An agent was removed: its tasks have ended. */
    void agentRemoved(String agent, Instant now) {
        endAll(byAgent.getOrDefault(agent, Set.of()), "AGENT_REMOVED", now);
    }

    /** A framework was removed: its tasks have ended. */
    void frameworkRemoved(String framework, Instant now) {
        endAll(byFramework.getOrDefault(framework, Set.of()), "FRAMEWORK_REMOVED", now);
    }

    private void endAll(Set<TaskKey> keys, String reason, Instant now) {
        for (TaskKey key : new TreeSet<>(keys)) {
            TaskEntry entry = tasks.get(key);
            entry.end(reason);
            settle(entry, true, now);
        }
    }

    /** Emits the tasks of an agent whose address changed. */
    void agentChanged(String agent) {
        emitAll(byAgent.getOrDefault(agent, Set.of()));
    }

    /** Emits the tasks that have waited for this framework. */
    void frameworkChanged(String framework) {
        emitAll(byFramework.getOrDefault(framework, Set.of()));
    }

    private void emitAll(Set<TaskKey> keys) {
        new TreeSet<>(keys).forEach(key -> emit(tasks.get(key), false));
    }

    /** Emits all changed tasks, and all tasks of services that another source owns. */
    void emitSnapshot() {
        inOrder().forEach(entry -> emit(entry, true));
    }

    /** Emits the tasks of one service again. */
    void emitAgain(ServiceId service) {
        for (TaskEntry entry : inOrder()) {
            describe(entry)
                    .filter(known -> known.owner().service().equals(service))
                    .ifPresent(known -> observed(known, entry));
        }
    }

    /**
     * Every live task, by service. Tasks of services that another source owns are not listed but
     * emitted one by one.
     */
    List<Observation.Listing> listing() {
        Map<ServiceId, List<MesosTask>> services = new HashMap<>();
        for (TaskEntry entry : inOrder()) {
            Optional<Described> known = describe(entry);
            if (known.isEmpty()) {
                continue;
            }
            MesosTask task = known.get().task();
            entry.news(task);
            if (known.get().owner().owned()) {
                List<MesosTask> listed =
                        services.computeIfAbsent(
                                known.get().owner().service(), _ -> new ArrayList<>());
                listed.add(task);
            } else {
                observed(known.get(), entry);
            }
        }
        List<ServiceId> sorted = new ArrayList<>(services.keySet());
        sorted.sort(null);
        List<Observation.Listing> listing = new ArrayList<>();
        for (ServiceId service : sorted) {
            listing.add(new Observation.MesosListed(service, services.get(service), true));
        }
        return listing;
    }

    /** All tasks by id, and those of one id by framework. */
    private List<TaskEntry> inOrder() {
        List<TaskEntry> all = new ArrayList<>(tasks.values());
        all.sort((one, other) -> one.key().compareTo(other.key()));
        return all;
    }

    /** Forgets tasks not reported since this epoch. Emits nothing; the next listing lacks them. */
    void dropBefore(int epoch) {
        List<TaskEntry> gone =
                tasks.values().stream().filter(entry -> entry.epoch() < epoch).toList();
        gone.forEach(this::forget);
    }

    /** Forgets ends older than {@link #REMEMBERED}. */
    void forgetEnds(Instant now) {
        ended.values().removeIf(end -> !now.isBefore(end.at().plus(REMEMBERED)));
    }

    /** Ids of all agents with tasks. */
    Set<String> agents() {
        return byAgent.keySet();
    }

    /** Whether any agent beside these has a reachable task. */
    boolean runsBeside(Set<String> agents) {
        return byAgent.entrySet().stream()
                .filter(of -> !agents.contains(of.getKey()))
                .flatMap(of -> of.getValue().stream())
                .map(tasks::get)
                .anyMatch(task -> !task.isUnreachable());
    }

    int size() {
        return tasks.size();
    }

    int waiting() {
        return byFramework.entrySet().stream()
                .filter(of -> cluster.frameworkName(of.getKey()).isEmpty())
                .mapToInt(of -> of.getValue().size())
                .sum();
    }

    int unreachable() {
        return unreachable.size();
    }

    private void settle(TaskEntry entry, boolean emit, Instant now) {
        if (entry.isUnreachable()) {
            unreachable.add(entry.key());
        } else {
            unreachable.remove(entry.key());
        }
        if (entry.hasEnded()) {
            emit(entry, false);
            forget(entry);
            bury(entry.key(), new End(now, true, entry.agent(), entry.newestStatus()));
        } else if (emit) {
            emit(entry, false);
        }
    }

    /** A task with the service that it belongs to. */
    private record Described(MesosTask task, Ownership owner) {}

    private Optional<Described> describe(TaskEntry entry) {
        Optional<String> framework = cluster.frameworkName(entry.key().framework());
        if (framework.isEmpty()) {
            return Optional.empty();
        }
        MesosTask task =
                entry.described(
                        framework.get(),
                        cluster.described(entry.agent()),
                        settings.bridgeNetworks());
        return Ownership.of(task, settings.marathon())
                .map(owner -> new Described(owner.owned() ? task : task.ofOneFramework(), owner));
    }

    private void emit(TaskEntry entry, boolean others) {
        describe(entry)
                .ifPresent(
                        known -> {
                            boolean news = entry.news(known.task());
                            if (news || others && !known.owner().owned()) {
                                observed(known, entry);
                            }
                        });
    }

    private void observed(Described known, TaskEntry entry) {
        sink.accept(
                new SourceSignal.Observed(
                        new Observation.MesosTaskSeen(
                                known.owner().service(),
                                known.task(),
                                known.owner().owned(),
                                entry.state())));
    }

    private void index(TaskEntry entry, String agentBefore) {
        byFramework.computeIfAbsent(entry.key().framework(), _ -> new HashSet<>()).add(entry.key());
        if (!agentBefore.equals(entry.agent())) {
            remove(byAgent, agentBefore, entry.key());
        }
        byAgent.computeIfAbsent(entry.agent(), _ -> new HashSet<>()).add(entry.key());
    }

    private void forget(TaskEntry entry) {
        tasks.remove(entry.key());
        unreachable.remove(entry.key());
        remove(byAgent, entry.agent(), entry.key());
        remove(byFramework, entry.key().framework(), entry.key());
    }

    private static void remove(Map<String, Set<TaskKey>> index, String of, TaskKey key) {
        index.computeIfPresent(
                of,
                (_, keys) -> {
                    keys.remove(key);
                    return keys.isEmpty() ? null : keys;
                });
    }

    private void bury(TaskKey key, End end) {
        ended.putLast(key, end);
        trim(ended, MOST_ENDED);
    }

    private static void trim(LinkedHashMap<?, ?> map, int most) {
        if (map.size() > most) {
            map.pollFirstEntry();
        }
    }
}
