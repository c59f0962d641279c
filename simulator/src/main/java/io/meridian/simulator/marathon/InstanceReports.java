package io.meridian.simulator.marathon;

import java.util.Optional;

/**
 * Changes the known state of tasks and instances, and publishes the events. Only the simulation
 * thread.
 */
final class InstanceReports {
    private final Identities identities;
    private final EventBus bus;
    private final Events events;
    private final TaskSockets sockets;
    private final TaskWatcher watcher;

    InstanceReports(
            Identities identities,
            EventBus bus,
            Events events,
            TaskSockets sockets,
            TaskWatcher watcher) {
        this.identities = identities;
        this.bus = bus;
        this.events = events;
        this.sockets = sockets;
        this.watcher = watcher;
    }

    /** Publishes new tasks. */
    void launched(Service service, Instance instance) {
        for (Task task : instance.tasks) {
            watcher.launched(
                    new TaskWatcher.Launch(
                            task.id,
                            service.id,
                            service.pod,
                            instance.spec.definition(),
                            task.container,
                            instance.agent,
                            task.ports,
                            task.addressesWhenRunning.stream().map(Task.Address::text).toList(),
                            instance.spec.checks() == RunSpec.Checks.MESOS));
        }
    }

    /** Publishes the verdict of a Mesos health check. */
    void judged(Instance instance) {
        for (Task task : instance.tasks) {
            bus.publish(events.statusUpdate(instance, task));
            watcher.updated(task.id, task.state, Optional.of(instance.health.alive));
        }
    }

    /** Publishes the end of a task that Marathon has forgotten. */
    void endUnseen(Task task) {
        sockets.close(task);
        watcher.updated(task.id, "TASK_KILLED", Optional.empty());
    }

    void lost(SimulatedAgent agent) {
        watcher.lost(agent);
    }

    void regained(SimulatedAgent agent) {
        watcher.regained(agent);
    }

    void status(Instance instance, Task task, String state, String message) {
        task.state = state;
        task.message = message;
        task.since = identities.now();
        bus.publish(events.statusUpdate(instance, task));
        watcher.updated(task.id, state, Optional.empty());
    }

    void change(Instance instance, String condition) {
        instance.condition = condition;
        instance.since = identities.now();
        bus.publish(events.instanceChanged(instance, condition));
    }

    /** Closes a task's sockets and, unless it has ended before, sets its state. */
    void end(Instance instance, Task task, String state, String message) {
        sockets.close(task);
        if (!task.isTerminal()) {
            status(instance, task, state, message);
        }
    }

    /** Sets the service's {@code lastTaskFailure}. */
    void failure(Service service, Instance instance, Task task) {
        service.lastTaskFailure.removeAll();
        service.lastTaskFailure
                .put("appId", service.id)
                .put("host", instance.agent.host())
                .put("message", task.message)
                .put("state", task.state)
                .put("taskId", task.id)
                .put("timestamp", identities.now())
                .put("version", instance.spec.version())
                .put("slaveId", instance.agent.id());
    }

    /**
     * @throws IllegalArgumentException if the state does not end a task
     */
    static String conditionOf(String state) {
        return switch (state) {
            case "TASK_FINISHED" -> "Finished";
            case "TASK_FAILED" -> "Failed";
            case "TASK_KILLED" -> "Killed";
            case "TASK_ERROR" -> "Error";
            case "TASK_DROPPED" -> "Dropped";
            case "TASK_LOST", "TASK_GONE", "TASK_GONE_BY_OPERATOR" -> "Gone";
            default -> throw new IllegalArgumentException("not a state that ends a task: " + state);
        };
    }
}
