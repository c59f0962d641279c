package io.meridian.simulator.marathon;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The life cycle of instances, with events in the order recorded from Marathon: scheduled,
 * provisioned, starting, running, health, and all endings. Only the simulation thread.
 */
final class InstanceLife {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceLife.class);
    private static final Duration NO_OFFER = Duration.ofMillis(100);
    private static final String TERMINATED = "Command terminated with signal Terminated";

    private final SimulatedMarathonSettings settings;
    private final SimulationLoop loop;
    private final Identities identities;
    private final EventBus bus;
    private final Events events;
    private final AgentPool agents;
    private final TaskSockets sockets;
    private final InstanceReports reports;
    private final Consumer<Service> changed;
    private final Map<String, List<Instance>> forgotten = new HashMap<>();
    private long created;

    /**
     * @param changed called after every change that a deployment may wait for
     */
    InstanceLife(
            SimulatedMarathonSettings settings,
            SimulationLoop loop,
            Identities identities,
            EventBus bus,
            Events events,
            AgentPool agents,
            TaskSockets sockets,
            TaskWatcher watcher,
            Consumer<Service> changed) {
        this.settings = settings;
        this.loop = loop;
        this.identities = identities;
        this.bus = bus;
        this.events = events;
        this.agents = agents;
        this.sockets = sockets;
        this.reports = new InstanceReports(identities, bus, events, sockets, watcher);
        this.changed = changed;
    }

    /** Adds one instance of the current version; it starts by itself. */
    void schedule(Service service) {
        Instance instance =
                new Instance(
                        identities.instance(service.id),
                        service.current,
                        created++,
                        identities.now());
        service.instances.add(instance);
        bus.publish(events.instanceChanged(instance, "Scheduled"));
        loop.after(settings.pace().offer(), () -> provision(service, instance));
    }

    /** Kills and decommissions an instance. */
    void decommission(Service service, Instance instance) {
        if (instance.decommissioned) {
            return;
        }
        instance.decommissioned = true;
        if (instance.isScheduled() || instance.isTerminal()) {
            service.instances.remove(instance);
            reports.change(instance, "Killed");
            return;
        }
        bus.publish(events.instanceChanged(instance, instance.condition));
        kill(service, instance);
    }

    /**
     * Kills an instance's tasks; unless it is decommissioned, it starts again under the same id.
     */
    void kill(Service service, Instance instance) {
        if (instance.killing || instance.isTerminal() || instance.isScheduled()) {
            return;
        }
        instance.killing = true;
        if (settings.taskKilling()) {
            instance.tasks.forEach(task -> reports.status(instance, task, "TASK_KILLING", ""));
            reports.change(instance, "Killing");
        }
        int incarnation = instance.incarnation;
        loop.after(
                settings.pace().kill(),
                () -> {
                    boolean same =
                            instance.incarnation == incarnation
                                    && service.instances.contains(instance);
                    if (same && !instance.isTerminal() && !agents.isUnreachable(instance.agent)) {
                        instance.tasks.forEach(
                                task -> reports.end(instance, task, "TASK_KILLED", TERMINATED));
                        reports.change(instance, "Killed");
                        ended(service, instance);
                    }
                });
    }

    /** Forgets an instance at once, then kills its tasks; a new instance replaces it. */
    void wipe(Service service, Instance instance) {
        bus.publish(events.instanceChanged(instance, instance.condition));
        service.instances.remove(instance);
        bus.publish(events.instanceChanged(instance, "Killed"));
        schedule(service);
        loop.after(settings.pace().kill(), () -> forget(instance));
        changed.accept(service);
    }

    /** One task ends by itself; the other containers of a pod are killed with it. */
    void fail(Service service, Instance instance, Task task, String state, String message) {
        String condition = InstanceReports.conditionOf(state);
        if (task.isTerminal()) {
            return;
        }
        reports.end(instance, task, state, message);
        reports.failure(service, instance, task);
        reports.change(instance, condition);
        if (instance.health.known) {
            instance.health.known = false;
            bus.publish(events.instanceHealthChanged(instance));
        }
        instance.tasks.stream()
                .filter(other -> !other.isTerminal())
                .forEach(other -> reports.end(instance, other, "TASK_KILLED", TERMINATED));
        ended(service, instance);
    }

    /** Applies a health verdict; an unchanged verdict publishes no event. */
    void judge(Service service, Instance instance, boolean healthy) {
        boolean news = !instance.health.known || instance.health.alive != healthy;
        if (!instance.isRunning() || !news) {
            return;
        }
        instance.health.judge(healthy, identities.now());
        if (!healthy && instance.spec.checks() != RunSpec.Checks.NONE) {
            bus.publish(events.failedHealthCheck(instance));
        }
        bus.publish(events.healthStatusChanged(instance));
        bus.publish(events.instanceHealthChanged(instance));
        if (instance.spec.checks() == RunSpec.Checks.MESOS) {
            reports.judged(instance);
        }
        bus.publish(events.instanceHealthChanged(instance));
        changed.accept(service);
    }

    /**
     * Makes an agent unreachable: its instances are given up at once or kept as unreachable, by
     * their strategy.
     */
    void lose(SimulatedAgent agent, List<Service> services) {
        agents.setReachable(agent, false);
        reports.lost(agent);
        for (Service service : services) {
            for (Instance instance : List.copyOf(service.instances)) {
                if (instance.agent.equals(agent) && !instance.isTerminal()) {
                    lose(service, instance);
                }
            }
        }
    }

    private void lose(Service service, Instance instance) {
        for (Task task : instance.tasks.stream().filter(task -> !task.isTerminal()).toList()) {
            sockets.close(task);
            task.addresses = List.of();
            reports.status(instance, task, "TASK_UNREACHABLE", "");
        }
        if (!instance.spec.expungesUnreachable()) {
            reports.change(instance, "Unreachable");
            return;
        }
        reports.change(instance, "UnreachableInactive");
        service.instances.remove(instance);
        forgotten.computeIfAbsent(instance.agent.id(), id -> new ArrayList<>()).add(instance);
        if (!instance.decommissioned) {
            schedule(service);
        }
        changed.accept(service);
    }

    /**
     * Makes an agent reachable again: kept instances run on, forgotten ones are killed as unknown.
     */
    void regain(SimulatedAgent agent, List<Service> services) {
        agents.setReachable(agent, true);
        reports.regained(agent);
        Optional.ofNullable(forgotten.remove(agent.id()))
                .ifPresent(list -> list.forEach(this::forget));
        for (Service service : services) {
            for (Instance instance : List.copyOf(service.instances)) {
                if (instance.agent.equals(agent) && instance.condition.equals("Unreachable")) {
                    instance.killing = false;
                    instance.tasks.forEach(task -> running(service, instance, task));
                    reports.change(instance, "Running");
                    if (instance.decommissioned) {
                        kill(service, instance);
                    }
                    changed.accept(service);
                }
            }
        }
    }

    private void provision(Service service, Instance instance) {
        if (!service.instances.contains(instance) || instance.decommissioned) {
            return;
        }
        Optional<AgentPool.Offer> offer = agents.offer(instance.spec);
        if (offer.isEmpty()) {
            loop.after(NO_OFFER, () -> provision(service, instance));
            return;
        }
        instance.agent = offer.get().agent();
        instance.incarnation++;
        instance.killing = false;
        instance.stagedAt = identities.now();
        List<Task.Address> addresses = agents.addresses(instance.spec, instance.agent);
        List<Task> tasks = new ArrayList<>();
        for (int i = 0; i < instance.spec.containers().size(); i++) {
            String container = instance.spec.containers().get(i).name();
            String id = instance.id + "." + container + "." + instance.incarnation;
            tasks.add(
                    new Task(
                            id,
                            container,
                            offer.get().ports().get(i),
                            addresses,
                            instance.stagedAt));
        }
        instance.tasks = tasks;
        reports.launched(service, instance);
        reports.change(instance, "Provisioned");
        step(settings.pace().start(), service, instance, this::starting);
    }

    private void starting(Service service, Instance instance) {
        for (Task task : instance.tasks) {
            reports.status(instance, task, "TASK_STARTING", "");
            if (!instance.condition.equals("Starting")) {
                reports.change(instance, "Starting");
            }
        }
        step(settings.pace().run(), service, instance, this::running);
    }

    private void running(Service service, Instance instance) {
        for (Task task : instance.tasks) {
            running(service, instance, task);
            if (task.isTerminal()) {
                return;
            }
        }
        reports.change(instance, "Running");
        if (instance.spec.checks() != RunSpec.Checks.NONE) {
            step(settings.pace().health(), service, instance, (s, i) -> judge(s, i, true));
        }
        changed.accept(service);
    }

    private void running(Service service, Instance instance, Task task) {
        try {
            sockets.open(instance.agent, task);
        } catch (UncheckedIOException fault) {
            LOG.warn(
                    "task cannot listen: task={}: {}; it fails and is started again",
                    task.id,
                    fault.getMessage());
            fail(service, instance, task, "TASK_FAILED", fault.getMessage());
            return;
        }
        task.addresses = task.addressesWhenRunning;
        task.startedAt = task.startedAt.isEmpty() ? identities.now() : task.startedAt;
        reports.status(instance, task, "TASK_RUNNING", "");
    }

    /** The next step of an instance. */
    @FunctionalInterface
    private interface Step {
        void run(Service service, Instance instance);
    }

    /** Runs the step later, unless the instance was killed, replaced or lost in between. */
    private void step(Duration delay, Service service, Instance instance, Step next) {
        int incarnation = instance.incarnation;
        loop.after(
                delay,
                () -> {
                    boolean same =
                            instance.incarnation == incarnation
                                    && service.instances.contains(instance);
                    if (same
                            && !instance.killing
                            && !instance.isTerminal()
                            && !agents.isUnreachable(instance.agent)) {
                        next.run(service, instance);
                    }
                });
    }

    private void ended(Service service, Instance instance) {
        agents.release(instance);
        instance.health.known = false;
        instance.killing = false;
        if (instance.decommissioned) {
            service.instances.remove(instance);
        } else {
            loop.after(settings.pace().relaunch(), () -> provision(service, instance));
        }
        changed.accept(service);
    }

    private void forget(Instance instance) {
        instance.tasks.forEach(reports::endUnseen);
        agents.release(instance);
        bus.publish(events.unknownInstanceTerminated(instance, "Killed"));
    }
}
