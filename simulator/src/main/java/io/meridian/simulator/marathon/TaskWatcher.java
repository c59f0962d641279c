package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.JsonNode;

import java.util.List;
import java.util.Optional;

/**
 * Receives the task changes that Mesos would see. Called on the simulation's thread: it must not
 * wait for the simulation.
 */
public interface TaskWatcher {
    /**
     * A launched task.
     *
     * @param definition canonical definition of the app or pod
     * @param container the container's name in the pod; {@code _app} for an app
     * @param hostPorts host ports of this container, in the order of the definition
     * @param addresses addresses that the task reports once it runs
     * @param checkedByMesos whether Mesos checks the task's health
     */
    record Launch(
            String taskId,
            String serviceId,
            boolean pod,
            JsonNode definition,
            String container,
            SimulatedAgent agent,
            List<Integer> hostPorts,
            List<String> addresses,
            boolean checkedByMesos) {}

    void launched(Launch launch);

    /**
     * Called with the state of a task, even if it is unchanged.
     *
     * @param healthy the verdict of a Mesos health check; empty if there is none
     */
    void updated(String taskId, String state, Optional<Boolean> healthy);

    /** Called when an agent becomes unreachable; {@link #updated} follows for its tasks. */
    void lost(SimulatedAgent agent);

    /** Called when an agent is reachable again; {@link #updated} follows for its tasks. */
    void regained(SimulatedAgent agent);

    /** Returns a watcher that calls several others. */
    static TaskWatcher all(List<TaskWatcher> watchers) {
        return new TaskWatcher() {
            @Override
            public void launched(Launch launch) {
                watchers.forEach(watcher -> watcher.launched(launch));
            }

            @Override
            public void updated(String taskId, String state, Optional<Boolean> healthy) {
                watchers.forEach(watcher -> watcher.updated(taskId, state, healthy));
            }

            @Override
            public void lost(SimulatedAgent agent) {
                watchers.forEach(watcher -> watcher.lost(agent));
            }

            @Override
            public void regained(SimulatedAgent agent) {
                watchers.forEach(watcher -> watcher.regained(agent));
            }
        };
    }
}
