package io.meridian.simulator.mesos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An app as Marathon's listing shows it, with its tasks in a simulated master: first all run, then
 * they are as shown.
 */
public final class ListedApp {
    private final SimulatedMesos mesos;
    private final JsonNode app;
    private final String lastAddress;
    private final List<Integer> lastPorts;
    private final Map<String, MesosAgent> agents = new HashMap<>();

    /**
     * @param app of {@code /v2/apps?embed=apps.tasks}
     * @param lastAddress what a task has that Marathon shows without one, as it is unreachable or
     *     has failed
     * @param lastPorts likewise
     */
    public ListedApp(
            SimulatedMesos mesos, JsonNode app, String lastAddress, List<Integer> lastPorts) {
        this.mesos = mesos;
        this.app = app;
        this.lastAddress = lastAddress;
        this.lastPorts = List.copyOf(lastPorts);
    }

    /** Every task runs, each on its agent, which is registered. */
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

    /** What Marathon shows as unreachable or ended becomes so. */
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
