package io.meridian.simulator.mesos;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.marathon.Json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A task in its agent's state, and the master's state of it while the agent is unreachable. Changed
 * under the cluster's lock only.
 */
final class MesosTask {
    private static final Set<String> ALIVE =
            Set.of("TASK_STAGING", "TASK_STARTING", "TASK_RUNNING", "TASK_KILLING");

    final TaskDraft draft;
    final MesosFramework framework;
    private final String container;
    private final List<ObjectNode> statuses = new ArrayList<>();
    MesosAgent agent;
    String state = "TASK_STAGING";
    Optional<Boolean> healthy = Optional.empty();

    /** Whether an agent has reported this task to the leading master. */
    boolean known = true;

    /** The leading master's status while the agent is unreachable; replaces the agent's. */
    private Optional<ObjectNode> loss = Optional.empty();

    private int heardBeforeLoss;

    MesosTask(TaskDraft draft, MesosFramework framework, MesosAgent agent, String container) {
        this.draft = draft;
        this.framework = framework;
        this.agent = agent;
        this.container = container;
    }

    String id() {
        return draft.id();
    }

    boolean isTerminal() {
        return !isUnreachable() && !ALIVE.contains(state);
    }

    boolean isUnreachable() {
        return loss.isPresent();
    }

    /** State of the task in the leading master. */
    String stateOfMaster() {
        return loss.map(status -> status.path("state").asText()).orElse(state);
    }

    /**
     * Marks the task unreachable with its agent, or lost to a framework that is not
     * partition-aware.
     */
    ObjectNode lose(double timestamp, String uuid) {
        String told = framework.partitionAware() ? "TASK_UNREACHABLE" : "TASK_LOST";
        ObjectNode status = masterStatus(told, "REASON_SLAVE_REMOVED", timestamp, uuid);
        status.putObject("unreachable_time").put("nanoseconds", (long) (timestamp * 1e9));
        loss = Optional.of(status);
        heardBeforeLoss = statuses.size();
        return status;
    }

    /** Returns the task to its agent's state after the agent has reregistered. */
    void regain(MesosAgent from) {
        agent = from;
        loss = Optional.empty();
    }

    /** Ends the task with a status of the master. */
    ObjectNode end(String last, String reason, double timestamp, String uuid) {
        if (isUnreachable()) {
            statuses.subList(heardBeforeLoss, statuses.size()).clear();
            loss = Optional.empty();
        }
        state = last;
        ObjectNode status = masterStatus(last, reason, timestamp, uuid);
        statuses.add(status);
        return status;
    }

    private ObjectNode masterStatus(String told, String reason, double timestamp, String uuid) {
        ObjectNode status = status(told, "SOURCE_MASTER", timestamp, uuid);
        return status.put("reason", reason);
    }

    private ObjectNode status(String told, String source, double timestamp, String uuid) {
        ObjectNode status = Json.object();
        status.putObject("task_id").put("value", id());
        status.put("state", told).put("source", source);
        status.putObject("agent_id").put("value", agent.id());
        return status.put("timestamp", timestamp).put("uuid", uuid);
    }

    /** State of the latest status; before the first one it is staging. */
    String reported() {
        return statuses.isEmpty() ? "TASK_STAGING" : statuses.getLast().path("state").asText();
    }

    /** Adds a status with this state; the task's own state stays. */
    ObjectNode report(String statusState, double timestamp, String uuid) {
        ObjectNode status = status(statusState, "SOURCE_EXECUTOR", timestamp, uuid);
        healthy.filter(verdict -> statusState.equals("TASK_RUNNING"))
                .ifPresent(verdict -> status.put("healthy", (boolean) verdict));
        status.putObject("executor_id").put("value", id());
        status.set("container_status", containerStatus(statusState));
        if (!draft.statusLabels().isEmpty()) {
            status.putObject("labels").set("labels", draft.statusLabels());
        }
        statuses.add(status);
        return status;
    }

    /** Docker reports its agent's address until the container runs. */
    private ObjectNode containerStatus(String statusState) {
        ObjectNode result = Json.object();
        result.putObject("container_id").put("value", container);
        boolean running = List.of("TASK_RUNNING", "TASK_KILLING").contains(statusState);
        if (running || statusState.equals("TASK_STARTING")) {
            boolean early = draft.isDocker() && !running;
            ArrayNode networks = early ? Json.array() : draft.reported();
            if (networks.isEmpty()) {
                networks.addObject()
                        .putArray("ip_addresses")
                        .addObject()
                        .put("protocol", agent.address().contains(":") ? "IPv6" : "IPv4")
                        .put("ip_address", agent.address());
            }
            result.set("network_infos", networks);
        }
        return result;
    }

    /** The v1 Task in the leading master's state. */
    ObjectNode json() {
        List<ObjectNode> told =
                new ArrayList<>(isUnreachable() ? statuses.subList(0, heardBeforeLoss) : statuses);
        loss.ifPresent(told::add);
        ObjectNode task = draft.task();
        task.putObject("framework_id").put("value", framework.id());
        task.putObject("agent_id").put("value", agent.id());
        task.put("state", stateOfMaster());
        if (!told.isEmpty()) {
            ArrayNode list = task.putArray("statuses");
            told.forEach(list::add);
            ObjectNode last = told.getLast();
            task.set("status_update_state", last.path("state"));
            task.set("status_update_uuid", last.path("uuid"));
        }
        return task;
    }
}
