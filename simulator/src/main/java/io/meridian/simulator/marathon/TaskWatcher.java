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
     * A task that is launched.
     *
     * @param definition of its app or pod, canonical
     * @param container its name in the pod; {@code _app} for an app
     * @param hostPorts of this container, in the order of the definition
     * @param addresses what it reports when it runs
     * @param checkedByMesos its health is Mesos's to check
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
     * A task has this state, perhaps still.
     *
     * @param healthy the verdict of a check that is Mesos's; empty if there is none
     */
    void updated(String taskId, String state, Optional<Boolean> healthy);

    /** An agent is cut off; {@link #updated} follows for its tasks. */
    void lost(SimulatedAgent agent);

    /** An agent is back; {@link #updated} follows for its tasks. */
    void regained(SimulatedAgent agent);

    /** Tells several. */
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
