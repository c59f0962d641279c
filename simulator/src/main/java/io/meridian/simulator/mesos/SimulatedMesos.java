package io.meridian.simulator.mesos;

import io.meridian.simulator.marathon.fault.Ending;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A simulated Mesos cluster: masters with HTTP on loopback addresses, one of them leading;
 * simulated agents, frameworks and tasks. Methods return when the event is queued for all
 * subscribers, if the leader learns of the change. Any thread.
 */
public final class SimulatedMesos implements AutoCloseable {
    private static final String MASTER_ID = "b7a1c0de-4f3c-4a6e-9f0e-7c8a2d1b6e55";

    private final SimulatedMesosSettings settings;
    private final Audience audience = new Audience();
    private final ClusterState state;
    private final Election election = new Election();
    private final TaskListeners listeners = new TaskListeners();
    private final List<MesosMember> members = new ArrayList<>();

    private SimulatedMesos(SimulatedMesosSettings settings) {
        this.settings = settings;
        this.state = new ClusterState(audience, settings.clock(), settings.heartbeat(), MASTER_ID);
    }

    /**
     * @throws java.io.UncheckedIOException if a port cannot be bound
     */
    public static SimulatedMesos start(SimulatedMesosSettings settings) {
        SimulatedMesos mesos = new SimulatedMesos(settings);
        try {
            for (String address : settings.masters()) {
                MesosMember member =
                        new MesosMember(
                                settings,
                                TaskListeners.address(address),
                                mesos.election,
                                mesos.state,
                                mesos.audience);
                mesos.members.add(member);
                mesos.election.join(member.hostPort());
            }
            return mesos;
        } catch (RuntimeException fault) {
            mesos.close();
            throw fault;
        }
    }

    /** URL of the first master, {@code http://127.0.0.1:PORT}. */
    public URI url() {
        return urls().getFirst();
    }

    /** URLs of all masters, in order. */
    public List<URI> urls() {
        return members.stream().map(member -> URI.create("http://" + member.hostPort())).toList();
    }

    public MesosFaults faults() {
        return audience.faults();
    }

    /** Registers an agent. */
    public MesosAgent register(MesosAgent agent) {
        state.register(agent);
        return agent;
    }

    /** Removes an agent; its tasks are lost. */
    public void remove(MesosAgent agent) {
        state.remove(agent.id());
    }

    /**
     * Makes an agent unreachable. The master sends events about its tasks, none about the agent.
     */
    public void unreachable(MesosAgent agent) {
        state.unreachable(agent.id());
    }

    /**
     * Reregisters an agent, perhaps at another address, after it was unreachable or after a
     * failover. The agent reports the present state of its tasks.
     */
    public void reregister(MesosAgent agent) {
        state.reregister(agent);
    }

    /**
     * Marks an unreachable agent gone, as {@code MARK_AGENT_GONE} does. Tasks of partition-aware
     * frameworks end with an event, those of other frameworks without one.
     *
     * @throws IllegalStateException if the agent is not unreachable
     */
    public void giveUp(MesosAgent agent) {
        state.giveUp(agent.id());
    }

    /** Registers a framework. */
    public MesosFramework add(MesosFramework framework) {
        state.add(framework);
        return framework;
    }

    /** Reconnects a framework, perhaps with other details; a new leader adds it. */
    public void reconnect(MesosFramework framework) {
        state.change(framework);
    }

    public void disconnect(MesosFramework framework) {
        state.disconnect(framework.id());
    }

    /** Removes a framework; its tasks are killed. */
    public void remove(MesosFramework framework) {
        state.removeFramework(framework.id());
    }

    /** Launches a task, which is then staging. */
    public void launch(MesosFramework framework, MesosAgent agent, TaskDraft draft) {
        state.launch(framework.id(), agent.id(), draft);
    }

    /** Starts a staging task, which then runs. */
    public void run(String taskId) {
        update(taskId, "TASK_STARTING");
        update(taskId, "TASK_RUNNING");
    }

    /** Launches and runs a task. */
    public void runs(MesosFramework framework, MesosAgent agent, TaskDraft draft) {
        launch(framework, agent, draft);
        run(draft.id());
    }

    /**
     * Runs a staging task before its first update is delivered: that update has the state RUNNING
     * and a status STARTING.
     */
    public void runAhead(String taskId) {
        state.update(taskId, "TASK_STARTING", "TASK_RUNNING");
        listen(taskId);
        state.update(taskId, "TASK_RUNNING", "TASK_RUNNING");
    }

    /**
     * Sets the state of a task, such as TASK_KILLING or a terminal one; an unchanged state has no
     * effect.
     */
    public void update(String taskId, String newState) {
        if (newState.equals("TASK_RUNNING")) {
            listen(taskId);
        } else if (!Set.of("TASK_STAGING", "TASK_STARTING", "TASK_KILLING").contains(newState)) {
            listeners.close(taskId);
        }
        state.update(taskId, newState, newState);
    }

    private void listen(String taskId) {
        if (settings.tasksAnswerHttp() && state.task(taskId).draft.listens()) {
            listeners.open(state.task(taskId));
        }
    }

    /** Sets the health verdict of a running task. */
    public void judge(String taskId, boolean healthy) {
        state.judge(taskId, healthy);
    }

    /** States of tasks that have not ended, by id, oldest first. */
    public Map<String, String> taskStates() {
        return state.states();
    }

    /** {@code host:port} of the leading master, or of the last one that led. */
    public String leader() {
        return election.leader().orElse("");
    }

    /** Removes the leader until {@link #failover}: streams end, every answer is 503. */
    public void noLeader() {
        election.vacate();
        audience.end(Ending.CLOSE);
    }

    /** Puts the leader in recovery of its registry, or ends it; every answer is 503 meanwhile. */
    public void recovering(boolean on) {
        election.setRecovering(on);
        if (on) {
            audience.end(Ending.CLOSE);
        }
    }

    /**
     * Makes the next master leader, or the only one again. It knows the registry's agents but no
     * frameworks and tasks, which return with {@link #reconnect} and {@link #reregister}.
     */
    public void failover() {
        election.vacate();
        state.failover();
        election.elect(election.next());
    }

    /** Ids of the registry's agents that the leader waits for. */
    public List<String> recoveredAgents() {
        return state.recovered();
    }

    /** Makes agents that have not reregistered unreachable, without an event about them. */
    public void giveUpRecovered() {
        state.giveUpRecovered();
    }

    /** Number of subscribers of the event stream now. */
    public int subscribers() {
        return audience.size();
    }

    /** Ends streams, tasks' sockets and listeners. */
    @Override
    public void close() {
        audience.end(Ending.CLOSE);
        listeners.close();
        members.forEach(MesosMember::close);
    }
}
