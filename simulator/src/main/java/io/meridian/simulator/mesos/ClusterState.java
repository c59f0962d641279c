package io.meridian.simulator.mesos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.marathon.Json;
import io.meridian.simulator.marathon.fault.Ending;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;

/**
 * The actual cluster, and the part of it that the leading master knows. They differ after a
 * failover: a new leader knows only the registry's agents, until each of them reregisters. Any
 * thread; one lock.
 */
final class ClusterState implements MasterBook {
    private static final int KEPT_COMPLETED = 100;
    private static final double MICROS = 1e6;

    /** State of an agent in the leading master. */
    private enum Membership {
        REGISTERED,
        RECOVERED,
        UNREACHABLE
    }

    private static final class Member {
        private MesosAgent agent;
        private Membership membership = Membership.REGISTERED;
        private boolean again;

        private Member(MesosAgent agent) {
            this.agent = agent;
        }
    }

    private static final class Scheduler {
        private MesosFramework framework;
        private boolean connected = true;
        private boolean known = true;

        private Scheduler(MesosFramework framework) {
            this.framework = framework;
        }
    }

    private final Clock clock;
    private final Duration heartbeat;
    private final String masterId;
    private final Random random = new Random(1);
    private final Map<String, Member> agents = new LinkedHashMap<>();
    private final Map<String, Scheduler> frameworks = new LinkedHashMap<>();
    private final Map<String, MesosTask> tasks = new LinkedHashMap<>();
    private final Deque<MesosTask> completed = new ArrayDeque<>();
    private final Audience audience;
    private double lastTimestamp;

    ClusterState(Audience audience, Clock clock, Duration heartbeat, String masterId) {
        this.audience = audience;
        this.clock = clock;
        this.heartbeat = heartbeat;
        this.masterId = masterId;
    }

    synchronized void register(MesosAgent agent) {
        Member member = new Member(agent);
        agents.put(agent.id(), member);
        publish("AGENT_ADDED", Json.object().set("agent", json(member)));
    }

    /**
     * Reregisters an agent, perhaps at another address, with a leader that has it from the registry
     * or holds it for unreachable.
     */
    synchronized void reregister(MesosAgent agent) {
        Member member = agent(agent.id());
        if (member.membership == Membership.REGISTERED) {
            return;
        }
        member.membership = Membership.REGISTERED;
        member.again = true;
        member.agent = agent;
        publish("AGENT_ADDED", Json.object().set("agent", json(member)));
        List<MesosTask> here = tasksOn(agent.id());
        here.forEach(task -> recover(frameworks.get(task.framework.id())));
        for (MesosTask task : here) {
            task.regain(agent);
            task.known = true;
            publish("TASK_ADDED", Json.object().set("task", task.json()));
            complete(task);
        }
    }

    private void recover(Scheduler scheduler) {
        if (!scheduler.known) {
            scheduler.known = true;
            scheduler.connected = false;
            publish("FRAMEWORK_ADDED", Json.object().set("framework", json(scheduler)));
        }
    }

    /** Removes an agent; its tasks are lost, with an event each. */
    synchronized void remove(String agentId) {
        Member member = agent(agentId);
        for (MesosTask task : tasksOn(agentId)) {
            if (task.known) {
                end(task, "TASK_LOST", "REASON_SLAVE_REMOVED");
            } else {
                tasks.remove(task.id());
            }
        }
        agents.remove(agentId);
        if (member.membership == Membership.REGISTERED) {
            ObjectNode payload = Json.object();
            payload.set("agent_id", StateDocuments.id(agentId));
            publish("AGENT_REMOVED", payload);
        }
    }

    /** Marks an agent unreachable. The events are those of its tasks. */
    synchronized void unreachable(String agentId) {
        Member member = agent(agentId);
        if (member.membership == Membership.UNREACHABLE) {
            return;
        }
        member.membership = Membership.UNREACHABLE;
        for (MesosTask task : tasksOn(agentId)) {
            ObjectNode status = task.lose(timestamp(), uuid());
            if (task.known) {
                publish(task, status);
            }
        }
    }

    /**
     * Marks an unreachable agent gone, as an operator does. A task that its framework already holds
     * for lost ends without an event, because its latest status is unchanged.
     */
    synchronized void giveUp(String agentId) {
        if (agent(agentId).membership != Membership.UNREACHABLE) {
            throw new IllegalStateException("agent " + agentId + " is not unreachable");
        }
        agents.remove(agentId);
        for (MesosTask task : tasksOn(agentId)) {
            if (!task.known) {
                tasks.remove(task.id());
            } else if (task.framework.partitionAware()) {
                end(task, "TASK_GONE_BY_OPERATOR", "REASON_SLAVE_REMOVED_BY_OPERATOR");
            } else {
                task.end("TASK_LOST", "REASON_SLAVE_REMOVED", timestamp(), uuid());
                complete(task);
            }
        }
    }

    private void end(MesosTask task, String state, String reason) {
        publish(task, task.end(state, reason, timestamp(), uuid()));
        complete(task);
    }

    private void publish(MesosTask task, JsonNode status) {
        audience.publish(StateDocuments.taskUpdated(task, status, task.stateOfMaster()));
    }

    /**
     * Makes all agents that have not reregistered with this leader unreachable, without an event
     * about them.
     */
    synchronized void giveUpRecovered() {
        agents.values().stream()
                .filter(member -> member.membership == Membership.RECOVERED)
                .forEach(member -> unreachable(member.agent.id()));
    }

    synchronized void add(MesosFramework framework) {
        Scheduler scheduler = new Scheduler(framework);
        frameworks.put(framework.id(), scheduler);
        publish("FRAMEWORK_ADDED", Json.object().set("framework", json(scheduler)));
    }

    /** Replaces the details of a framework with the same id. */
    synchronized void change(MesosFramework framework) {
        Scheduler scheduler = framework(framework.id());
        scheduler.framework = framework;
        scheduler.connected = true;
        boolean news = !scheduler.known;
        scheduler.known = true;
        publish(
                news ? "FRAMEWORK_ADDED" : "FRAMEWORK_UPDATED",
                Json.object().set("framework", json(scheduler)));
    }

    synchronized void disconnect(String frameworkId) {
        Scheduler scheduler = framework(frameworkId);
        scheduler.connected = false;
        publish("FRAMEWORK_UPDATED", Json.object().set("framework", json(scheduler)));
    }

    synchronized void removeFramework(String frameworkId) {
        Scheduler scheduler = framework(frameworkId);
        for (MesosTask task : tasksOf(one -> one.framework.id().equals(frameworkId))) {
            if (task.isUnreachable()) {
                tasks.remove(task.id());
            } else {
                update(task, "TASK_KILLED", "TASK_KILLED");
            }
        }
        frameworks.remove(frameworkId);
        ObjectNode payload = Json.object();
        payload.set("framework_info", StateDocuments.frameworkInfo(scheduler.framework));
        publish("FRAMEWORK_REMOVED", payload);
    }

    synchronized void launch(String frameworkId, String agentId, TaskDraft draft) {
        MesosTask task =
                new MesosTask(
                        draft,
                        framework(frameworkId).framework,
                        agent(agentId).agent,
                        new java.util.UUID(random.nextLong(), random.nextLong()).toString());
        if (tasks.putIfAbsent(task.id(), task) != null) {
            throw new IllegalArgumentException("there is a task " + task.id() + " already");
        }
        task.known = agent(agentId).membership == Membership.REGISTERED;
        if (task.known) {
            publish("TASK_ADDED", Json.object().set("task", task.json()));
        }
    }

    /**
     * @param statusState state that the agent reports now
     */
    synchronized void update(String taskId, String statusState, String state) {
        MesosTask task = task(taskId);
        boolean news = !task.state.equals(state) || !task.reported().equals(statusState);
        boolean mastersWord = task.isUnreachable() && state.equals(task.stateOfMaster());
        if (news && !mastersWord) {
            update(task, statusState, state);
        }
    }

    private void update(MesosTask task, String statusState, String state) {
        task.state = state;
        ObjectNode status = task.report(statusState, timestamp(), uuid());
        if (task.known && !task.isUnreachable()) {
            publish(task, status);
            complete(task);
        }
    }

    private void complete(MesosTask task) {
        if (task.isTerminal()) {
            tasks.remove(task.id());
            completed.addLast(task);
            if (completed.size() > KEPT_COMPLETED) {
                completed.removeFirst();
            }
        }
    }

    synchronized void judge(String taskId, boolean healthy) {
        MesosTask task = task(taskId);
        task.healthy = Optional.of(healthy);
        if (task.state.equals("TASK_RUNNING")) {
            ObjectNode status = task.report("TASK_RUNNING", timestamp(), uuid());
            status.put("reason", "REASON_TASK_HEALTH_CHECK_STATUS_UPDATED");
            if (task.known && !task.isUnreachable()) {
                publish(task, status);
            }
        }
    }

    /** States of tasks that have not ended, by id. */
    synchronized Map<String, String> states() {
        Map<String, String> states = new LinkedHashMap<>();
        tasks.values().forEach(task -> states.put(task.id(), task.stateOfMaster()));
        return states;
    }

    synchronized MesosTask task(String taskId) {
        return found(tasks, taskId, "task");
    }

    /** Makes the state that of a new leader that has read the registry. */
    synchronized void failover() {
        audience.end(Ending.CLOSE);
        agents.values().stream()
                .filter(member -> member.membership == Membership.REGISTERED)
                .forEach(member -> member.membership = Membership.RECOVERED);
        frameworks.values().forEach(scheduler -> scheduler.known = false);
        tasks.values().forEach(task -> task.known = false);
        completed.clear();
    }

    /** Ids of agents that this leader waits for. */
    synchronized List<String> recovered() {
        return agents.values().stream()
                .filter(member -> member.membership == Membership.RECOVERED)
                .map(member -> member.agent.id())
                .toList();
    }

    @Override
    public synchronized Optional<JsonNode> getState() {
        return Optional.of(state());
    }

    private ObjectNode state() {
        ObjectNode state = Json.object();
        ObjectNode list = state.putObject("get_tasks");
        tasks("tasks", list, task -> !task.isUnreachable());
        tasks("unreachable_tasks", list, MesosTask::isUnreachable);
        if (!completed.isEmpty()) {
            ArrayNode ended = list.putArray("completed_tasks");
            completed.forEach(task -> ended.add(task.json()));
        }
        putMembers(state);
        return state;
    }

    /** Adds frameworks and agents, but no tasks. */
    private void putMembers(ObjectNode state) {
        state.putObject("get_executors");
        ObjectNode schedulers = state.putObject("get_frameworks");
        frameworks.values().stream()
                .filter(scheduler -> scheduler.known)
                .forEach(scheduler -> schedulers.withArray("frameworks").add(json(scheduler)));
        ObjectNode members = state.putObject("get_agents");
        for (Member member : agents.values()) {
            switch (member.membership) {
                case REGISTERED -> members.withArray("agents").add(json(member));
                case RECOVERED ->
                        members.withArray("recovered_agents")
                                .add(StateDocuments.agentInfo(member.agent));
                case UNREACHABLE -> {}
            }
        }
    }

    private void tasks(String name, ObjectNode list, Predicate<MesosTask> which) {
        List<MesosTask> found = tasksOf(task -> task.known && which.test(task));
        if (!found.isEmpty()) {
            ArrayNode array = list.putArray(name);
            found.forEach(task -> array.add(task.json()));
        }
    }

    @Override
    public synchronized Optional<JsonNode> legacyState(String member, String leader) {
        return Optional.of(legacy(state(), member, leader));
    }

    /** Omits tasks to be cheap: a source requests it after each SUBSCRIBED. */
    @Override
    public synchronized Optional<JsonNode> withoutTasks(String member, String leader) {
        ObjectNode state = Json.object();
        putMembers(state);
        return Optional.of(legacy(state, member, leader));
    }

    private ObjectNode legacy(ObjectNode state, String member, String leader) {
        Map<String, String> pids = new LinkedHashMap<>();
        frameworks.forEach((id, scheduler) -> pids.put(id, scheduler.framework.pid()));
        return LegacyState.of(state, pids, member, leader, masterId);
    }

    @Override
    public synchronized void subscribe(RecordStream stream, boolean empty) {
        ObjectNode payload = Json.object();
        payload.set("get_state", empty ? emptyState() : state());
        payload.put("heartbeat_interval_seconds", heartbeat.toMillis() / 1000.0);
        byte[] record = Json.bytes(StateDocuments.message("SUBSCRIBED", payload));
        audience.subscribe(stream, List.of(record));
    }

    static ObjectNode emptyState() {
        ObjectNode state = Json.object();
        for (String part : List.of("get_tasks", "get_executors", "get_frameworks", "get_agents")) {
            state.putObject(part);
        }
        return state;
    }

    private void publish(String type, JsonNode payload) {
        audience.publish(StateDocuments.message(type, payload));
    }

    private List<MesosTask> tasksOn(String agentId) {
        return tasksOf(task -> task.agent.id().equals(agentId));
    }

    private List<MesosTask> tasksOf(Predicate<MesosTask> which) {
        return tasks.values().stream().filter(which).toList();
    }

    private JsonNode json(Member member) {
        return StateDocuments.agent(member.agent, clock.instant().getEpochSecond(), member.again);
    }

    private JsonNode json(Scheduler scheduler) {
        return StateDocuments.framework(
                scheduler.framework,
                scheduler.connected,
                !scheduler.connected,
                clock.instant().getEpochSecond());
    }

    private double timestamp() {
        java.time.Instant now = clock.instant();
        double seconds = now.getEpochSecond() + Math.floor(now.getNano() / 1000.0) / MICROS;
        lastTimestamp = Math.max(seconds, lastTimestamp + 1 / MICROS);
        return lastTimestamp;
    }

    private String uuid() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    private Member agent(String id) {
        return found(agents, id, "agent");
    }

    private Scheduler framework(String id) {
        return found(frameworks, id, "framework");
    }

    private static <T> T found(Map<String, T> all, String id, String what) {
        T one = all.get(id);
        if (one == null) {
            throw new NoSuchElementException("no " + what + " is called " + id);
        }
        return one;
    }
}
