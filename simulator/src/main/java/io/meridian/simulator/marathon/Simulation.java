package io.meridian.simulator.marathon;

import io.meridian.simulator.marathon.fault.Faults;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Wires the parts of one simulated Marathon. The state belongs to the loop's thread; use it through
 * the loop.
 */
final class Simulation implements AutoCloseable {
    final SimulatedMarathonSettings settings;
    final SimulationLoop loop = new SimulationLoop();
    final Identities identities;
    final Events events;
    final Faults faults;
    final EventBus bus;
    final TaskSockets sockets;
    final AgentPool agents;
    final Deployments deployments;
    final InstanceLife life;
    final List<TaskWatcher> watchers = new CopyOnWriteArrayList<>();
    private final Map<String, Service> services = new LinkedHashMap<>();

    Simulation(SimulatedMarathonSettings settings) {
        this.settings = settings;
        identities = new Identities(settings.seed(), settings.clock());
        events = new Events(identities);
        faults =
                new Faults(
                        settings.seed().isPresent()
                                ? new Random(settings.seed().getAsLong())
                                : new Random());
        bus = new EventBus(faults, loop);
        sockets = new TaskSockets(settings.tasksAnswerHttp());
        agents = new AgentPool(settings, identities, sockets::isFree);
        deployments = new Deployments(bus, events, services);
        life =
                new InstanceLife(
                        settings,
                        loop,
                        identities,
                        bus,
                        events,
                        agents,
                        sockets,
                        TaskWatcher.all(watchers),
                        deployments::progress);
        deployments.use(life);
    }

    /** All services, including those that are being deleted. */
    List<Service> all() {
        return List.copyOf(services.values());
    }

    /** All defined apps. */
    List<Service> apps() {
        return services.values().stream()
                .filter(service -> !service.pod && !service.stopping)
                .toList();
    }

    List<Service> pods() {
        return services.values().stream()
                .filter(service -> service.pod && !service.stopping)
                .toList();
    }

    boolean has(String id) {
        return services.containsKey(id);
    }

    void add(Service service) {
        services.put(service.id, service);
    }

    /** Finds a service, even one that is being deleted. */
    Service get(String id) {
        if (!services.containsKey(id)) {
            throw new NoSuchElementException("no service is called " + id);
        }
        return services.get(id);
    }

    /**
     * @throws ApiRefusal 404
     */
    Service app(String id) {
        return defined(id, false).orElseThrow(() -> ApiRefusal.unknownApp(id));
    }

    /**
     * @throws ApiRefusal 404
     */
    Service pod(String id) {
        return defined(id, true).orElseThrow(() -> ApiRefusal.unknownPod(id));
    }

    private Optional<Service> defined(String id, boolean pod) {
        return Optional.ofNullable(services.get(id))
                .filter(service -> service.pod == pod && !service.stopping);
    }

    /** A task with its service and instance. */
    record Found(Service service, Instance instance, Task task) {}

    /**
     * @throws NoSuchElementException if no listed instance has this task now
     */
    Found task(String taskId) {
        for (Service service : services.values()) {
            for (Instance instance : service.instances) {
                for (Task task : instance.tasks) {
                    if (task.id.equals(taskId)) {
                        return new Found(service, instance, task);
                    }
                }
            }
        }
        throw new NoSuchElementException("no task is called " + taskId);
    }

    @Override
    public void close() {
        loop.tell(
                () -> {
                    bus.end(io.meridian.simulator.marathon.fault.Ending.CLOSE);
                    sockets.close();
                });
        loop.close();
    }
}
