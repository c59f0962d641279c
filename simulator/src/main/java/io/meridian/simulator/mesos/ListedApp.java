package io.meridian.simulator.mesos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Brings the tasks of an app in Marathon's listing into a simulated master: first all run, then
 * each takes its listed state.
 */
public final class ListedApp {
    private final SimulatedMesos mesos;
    private final JsonNode app;
    private final String lastAddress;
    private final List<Integer> lastPorts;
    private final Map<String, MesosAgent> agents = new HashMap<>();

    /**
     * @param app of {@code /v2/apps?embed=apps.tasks}
     * @param lastAddress address of a task that Marathon lists without one, because it is
     *     unreachable or has failed
     * @param lastPorts host ports of a task that Marathon lists without ports
     */
    public ListedApp(
            SimulatedMesos mesos, JsonNode app, String lastAddress, List<Integer> lastPorts) {
        this.mesos = mesos;
        this.app = app;
        this.lastAddress = lastAddress;
        this.lastPorts = List.copyOf(lastPorts);
    }

    /** Registers each task's agent and runs the task on it. */
    public void run(MesosFramework marathon) {
        for (JsonNode task : app.path("tasks")) {
            String id = task.path("id").asText();
            String host = task.path("host").asText();
            MesosAgent agent =
                    mesos.register(new MesosAgent(task.path("slaveId").asText(), host, host, 5051));
            agents.put(id, agent);
            mesos.runs(marathon, agent, MarathonInMesos.draft(app, launched(task), agent));
            if (!task.path("healthCheckResults").isEmpty()) {
                mesos.judge(id, true);
            }
        }
    }

    private JsonNode launched(JsonNode task) {
        ObjectNode launched = task.deepCopy();
        if (task.path("ipAddresses").isEmpty()) {
            launched.putArray("ipAddresses").addObject().put("ipAddress", lastAddress);
        }
        if (task.path("ports").isEmpty()) {
            lastPorts.forEach(launched.putArray("ports")::add);
        }
        return launched;
    }

    /** Gives unreachable and ended tasks the state that Marathon lists. */
    public void becomeAsShown() {
        for (JsonNode task : app.path("tasks")) {
            String id = task.path("id").asText();
            String state = task.path("state").asText();
            switch (state) {
                case "TASK_RUNNING" -> {}
                case "TASK_UNREACHABLE" -> mesos.unreachable(agents.get(id));
                default -> mesos.update(id, state);
            }
        }
    }
}
