package io.meridian.simulator.mesos;

import io.meridian.simulator.marathon.fault.Ending;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A Mesos cluster that can be started anywhere: masters that speak HTTP on loopback addresses, of
 * which one leads; agents, frameworks and tasks made up. Methods return when subscribers have been
 * told, if the leader has. Any thread.
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

    /** The first master, {@code http://127.0.0.1:PORT}. */
    public URI url() {
        return urls().getFirst();
    }

    /** All masters, in order. */
    public List<URI> urls() {
        return members.stream().map(member -> URI.create("http://" + member.hostPort())).toList();
    }

    public MesosFaults faults() {
        return audience.faults();
    }

    /** An agent registers. */
    public MesosAgent register(MesosAgent agent) {
        state.register(agent);
        return agent;
    }

    /** An agent leaves for good: its tasks are lost. */
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
     * An agent is back, perhaps at another address, whether it was unreachable or has not come to a
     * new leader yet; it tells how its tasks have fared meanwhile.
     */
    public void reregister(MesosAgent agent) {
        state.reregister(agent);
    }

    /**
     * An unreachable agent is given up for good, as by {@code MARK_AGENT_GONE}. Tasks of frameworks
     * that know partitions are told to be gone; those of others end in silence.
     *
     * @throws IllegalStateException if it is not unreachable
     */
    public void giveUp(MesosAgent agent) {
        state.giveUp(agent.id());
    }

    /** A framework registers. */
    public MesosFramework add(MesosFramework framework) {
        state.add(framework);
        return framework;
    }

    /** A framework connects again, perhaps with other details; to a new leader it is new. */
    public void reconnect(MesosFramework framework) {
        state.change(framework);
    }

    public void disconnect(MesosFramework framework) {
        state.disconnect(framework.id());
    }

    /** A framework ends: its tasks are killed. */
    public void remove(MesosFramework framework) {
        state.removeFramework(framework.id());
    }

    /** A task is launched and staging. */
    public void launch(MesosFramework framework, MesosAgent agent, TaskDraft draft) {
        state.launch(framework.id(), agent.id(), draft);
    }

    /** A staging task starts and runs. */
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
     * A staging task runs before its first update is delivered: that says the state RUNNING beside
     * a status STARTING.
     */
    public void runAhead(String taskId) {
        state.update(taskId, "TASK_STARTING", "TASK_RUNNING");
        listen(taskId);
        state.update(taskId, "TASK_RUNNING", "TASK_RUNNING");
    }

    /** A task gets another state, TASK_KILLING or one that ends it, say; the same state is none. */
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

    /** A health check says so of a running task. */
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

    /** Takes the leader away until {@link #failover}: streams end, every answer is 503. */
    public void noLeader() {
        election.vacate();
        audience.end(Ending.CLOSE);
    }

    /** The leader has not read its registry: every answer is 503. */
    public void recovering(boolean on) {
        election.setRecovering(on);
        if (on) {
            audience.end(Ending.CLOSE);
        }
    }

    /**
     * The next master leads, or the only one again. It knows which agents there were and nothing of
     * frameworks and tasks: those come with {@link #reregister} and {@link #reconnect}.
     */
    public void failover() {
        election.vacate();
        state.failover();
        election.elect(election.next());
    }

    /** Ids of agents that the leader knows of and waits for. */
    public List<String> recoveredAgents() {
        return state.recovered();
    }

    /**
     * The leader has waited long enough: agents that have not come back are given up in silence.
     */
    public void giveUpRecovered() {
        state.giveUpRecovered();
    }

    /** How many read the event stream now. */
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
