package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.marathon.fault.Ending;
import io.meridian.simulator.marathon.fault.Faults;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * A Marathon that can be started anywhere: HTTP on 127.0.0.1, agents and tasks made up. Everything
 * that the API does can also be done by a method here, and more: what agents and tasks do, who
 * leads, what goes wrong.
 *
 * <p>Methods return when the change is decided and its first events are sent; starting and ending
 * tasks takes its {@link Pace} from there. Any thread.
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

    /** The first member, {@code http://127.0.0.1:PORT}. */
    public URI url() {
        return urls().getFirst();
    }

    /** All members, in order. */
    public List<URI> urls() {
        return members.stream().map(member -> URI.create("http://" + member.hostPort())).toList();
    }

    public int port() {
        return members.getFirst().port();
    }

    /** Where tasks run. */
    public List<SimulatedAgent> agents() {
        return simulation.settings.agents();
    }

    /** What Mesos calls this Marathon. */
    public String frameworkId() {
        return SimulatedAgent.frameworkId();
    }

    /** Tells of every task that is launched from now on. */
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

    /** A running task: what a consumer should end up with. */
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

    /** True while a plan is being carried out. */
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
     * A task ends by itself; Marathon starts it again.
     *
     * @param state one that ends a task: TASK_FAILED, TASK_FINISHED, TASK_ERROR, TASK_LOST,
     *     TASK_GONE, ...
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

    /** A health check of a running task says so from now on. */
    public void setHealth(String taskId, boolean healthy) {
        simulation.loop.tell(
                () -> {
                    Simulation.Found found = simulation.task(taskId);
                    simulation.life.judge(found.service(), found.instance(), healthy);
                });
    }

    /**
     * An agent is cut off.
     *
     * @param agent its id, host name or address
     */
    public void unreachable(String agent) {
        simulation.loop.tell(
                () -> simulation.life.lose(simulation.agents.find(agent), simulation.all()));
    }

    /**
     * An agent is back.
     *
     * @param agent its id, host name or address
     */
    public void reachable(String agent) {
        simulation.loop.tell(
                () -> simulation.life.regain(simulation.agents.find(agent), simulation.all()));
    }

    /** Takes the leader away until {@link #newLeader}: streams end, every answer is 502. */
    public void abdicate() {
        leadership.vacate();
        simulation.bus.end(Ending.CLOSE);
    }

    /**
     * The next member leads, or the only one again. Verdicts of Marathon's own health checks are
     * forgotten; some time later Mesos has registered it and it says what it checks. Of running
     * tasks it says nothing.
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

    /** Says now what a new leader says once Mesos has registered it. */
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

    /** How many consumers read the event stream now. */
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
