package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.marathon.fault.Ending;
import io.meridian.simulator.marathon.fault.Faults;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * A Marathon without a cluster: HTTP on 127.0.0.1, simulated agents and tasks. Its methods do all
 * that the API does, and also control agents, tasks, leadership and faults.
 *
 * <p>Methods return when the change is decided and its first events are sent; tasks then start and
 * end at the {@link Pace} of the settings. Any thread.
 */
public final class SimulatedMarathon implements AutoCloseable {
    private final Simulation simulation;
    private final Leadership leadership = new Leadership();
    private final MarathonRoutes routes;
    private final List<MarathonMember> members = new ArrayList<>();

    private SimulatedMarathon(SimulatedMarathonSettings settings) {
        simulation = new Simulation(settings);
        routes = new MarathonRoutes(simulation, leadership);
    }

    /**
     * @throws java.io.UncheckedIOException if a port cannot be bound
     */
    public static SimulatedMarathon start(SimulatedMarathonSettings settings) {
        SimulatedMarathon marathon = new SimulatedMarathon(settings);
        try {
            for (int i = 0; i < settings.members(); i++) {
                int port = i == 0 || settings.port() == 0 ? settings.port() : settings.port() + i;
                MarathonMember member =
                        new MarathonMember(
                                marathon.simulation,
                                marathon.leadership,
                                marathon.routes,
                                port,
                                marathon::succeed);
                marathon.members.add(member);
                marathon.leadership.join(member.hostPort());
            }
            return marathon;
        } catch (RuntimeException fault) {
            marathon.close();
            throw fault;
        }
    }

    /** URL of the first member, {@code http://127.0.0.1:PORT}. */
    public URI url() {
        return urls().getFirst();
    }

    /** URLs of all members, in order. */
    public List<URI> urls() {
        return members.stream().map(member -> URI.create("http://" + member.hostPort())).toList();
    }

    public int port() {
        return members.getFirst().port();
    }

    /** The agents that tasks run on. */
    public List<SimulatedAgent> agents() {
        return simulation.settings.agents();
    }

    /** The framework id of this Marathon in Mesos. */
    public String frameworkId() {
        return SimulatedAgent.frameworkId();
    }

    /** Adds a watcher of every task that is launched from now on. */
    public void watch(TaskWatcher watcher) {
        simulation.watchers.add(watcher);
    }

    public Faults faults() {
        return simulation.faults;
    }

    /**
     * Adds an app.
     *
     * @param json as for {@code POST /v2/apps}
     * @return its id
     * @throws ApiRefusal as the API would
     */
    public String deploy(String json) {
        ObjectNode input = AppChanges.object(json);
        simulation.loop.ask(() -> routes.apps().create(input, "/v2/apps"));
        return SpecPath.absolute(input.path("id").asText());
    }

    /**
     * Changes an app.
     *
     * @param json as for {@code PUT /v2/apps/ID}
     */
    public void update(String id, String json) {
        ObjectNode input = AppChanges.object(json);
        simulation.loop.ask(() -> routes.apps().update(id, input, true, "/v2/apps/" + id));
    }

    public void scale(String id, int instances) {
        update(id, Json.object().put("instances", instances).toString());
    }

    public void restart(String id) {
        simulation.loop.ask(() -> routes.apps().restart(id, true));
    }

    public void delete(String id) {
        simulation.loop.ask(() -> routes.apps().delete(id, true));
    }

    /** A running task, as a consumer should see it in the end. */
    public record RunningTask(
            String id,
            String serviceId,
            String agentId,
            String host,
            List<Integer> ports,
            List<String> addresses) {}

    /** Running tasks of an app or pod, oldest instance first; empty if there is no such service. */
    public List<RunningTask> runningTasks(String id) {
        return simulation.loop.ask(
                () -> simulation.has(id) ? runningTasks(simulation.get(id)) : List.of());
    }

    private static List<RunningTask> runningTasks(Service service) {
        List<RunningTask> running = new ArrayList<>();
        for (Instance instance : service.instances) {
            for (Task task : instance.tasks) {
                if (task.state.equals("TASK_RUNNING")) {
                    running.add(
                            new RunningTask(
                                    task.id,
                                    service.id,
                                    instance.agent.id(),
                                    instance.agent.host(),
                                    task.ports,
                                    task.addresses.stream().map(Task.Address::text).toList()));
                }
            }
        }
        return running;
    }

    /** Ids of apps and pods that are defined. */
    public List<String> services() {
        return simulation.loop.ask(
                () ->
                        simulation.all().stream()
                                .filter(service -> !service.stopping)
                                .map(service -> service.id)
                                .toList());
    }

    /** Whether a deployment is in progress. */
    public boolean isDeploying() {
        return simulation.loop.ask(() -> !simulation.deployments.active().isEmpty());
    }

    /**
     * Kills a task; Marathon starts it again. @throws java.util.NoSuchElementException if there is
     * no such task
     */
    public void kill(String taskId) {
        simulation.loop.tell(() -> routes.apps().kill(List.of(simulation.task(taskId)), false));
    }

    /**
     * Ends a task with this state; Marathon starts it again.
     *
     * @param state terminal state: TASK_FAILED, TASK_FINISHED, TASK_ERROR, TASK_LOST, TASK_GONE,
     *     ...
     */
    public void fail(String taskId, String state) {
        simulation.loop.tell(
                () -> {
                    Simulation.Found found = simulation.task(taskId);
                    String message =
                            state.equals("TASK_FAILED") ? "Command exited with status 1" : "";
                    simulation.life.fail(
                            found.service(), found.instance(), found.task(), state, message);
                });
    }

    /** Sets the health verdict of a running task. */
    public void setHealth(String taskId, boolean healthy) {
        simulation.loop.tell(
                () -> {
                    Simulation.Found found = simulation.task(taskId);
                    simulation.life.judge(found.service(), found.instance(), healthy);
                });
    }

    /**
     * Makes an agent unreachable.
     *
     * @param agent its id, host name or address
     */
    public void unreachable(String agent) {
        simulation.loop.tell(
                () -> simulation.life.lose(simulation.agents.find(agent), simulation.all()));
    }

    /**
     * Makes an agent reachable again.
     *
     * @param agent its id, host name or address
     */
    public void reachable(String agent) {
        simulation.loop.tell(
                () -> simulation.life.regain(simulation.agents.find(agent), simulation.all()));
    }

    /** Removes the leader until {@link #newLeader}: streams end, every answer is 502. */
    public void abdicate() {
        leadership.vacate();
        simulation.bus.end(Ending.CLOSE);
    }

    /**
     * Makes the next member leader, or the only one again. Verdicts of Marathon's own health checks
     * are forgotten. Once Mesos has registered the new leader, it publishes its health checks, but
     * no event about running tasks.
     */
    public void newLeader() {
        leadership.vacate();
        simulation.bus.end(Ending.CLOSE);
        simulation.loop.tell(
                () ->
                        simulation.all().stream()
                                .filter(
                                        service ->
                                                service.current.checks() == RunSpec.Checks.MARATHON)
                                .forEach(
                                        service ->
                                                service.instances.forEach(
                                                        instance ->
                                                                instance.health.known = false)));
        leadership.elect();
        simulation.loop.after(simulation.settings.pace().election(), this::announceLeader);
    }

    /** Publishes now the events of a new leader that Mesos has registered. */
    public void announceLeader() {
        simulation.loop.tell(this::announce);
    }

    private void announce() {
        simulation.bus.publish(simulation.events.schedulerRegistered());
        for (Service service : simulation.all()) {
            service.current
                    .definition()
                    .path("healthChecks")
                    .forEach(
                            check ->
                                    simulation.bus.publish(
                                            simulation.events.addHealthCheck(
                                                    service.current, check)));
            service.instances.stream()
                    .filter(
                            instance ->
                                    instance.isRunning()
                                            && instance.spec.checks() != RunSpec.Checks.NONE)
                    .forEach(
                            instance -> {
                                if (!instance.health.known) {
                                    simulation.life.judge(service, instance, true);
                                } else {
                                    simulation.bus.publish(
                                            simulation.events.instanceHealthChanged(instance));
                                }
                            });
        }
    }

    private void succeed() {
        abdicate();
        simulation.loop.after(simulation.settings.pace().election(), this::newLeader);
    }

    /** Number of consumers of the event stream now. */
    public int consumers() {
        return simulation.loop.ask(simulation.bus::size);
    }

    /** Ends streams, tasks' sockets and listeners. */
    @Override
    public void close() {
        simulation.close();
        members.forEach(MarathonMember::close);
    }
}
