package io.meridian.testkit.mesos;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.testkit.marathon.Json;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A task as its agent knows it. Changed under the cluster's lock only. */
final class MesosTask {
    private static final Set<String> ALIVE =
            Set.of(
                    "TASK_STAGING",
                    "TASK_STARTING",
                    "TASK_RUNNING",
                    "TASK_KILLING",
                    "TASK_UNREACHABLE");

    final TaskDraft draft;
    final MesosFramework framework;
    final MesosAgent agent;
    private final String container;
    private final List<ObjectNode> statuses = new ArrayList<>();
    String state = "TASK_STAGING";
    String stateBeforeSilence = "";
    Optional<Boolean> healthy = Optional.empty();

    /** The leading master has been told of it. */
    boolean known = true;

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
        return !ALIVE.contains(state);
    }

    /** State of the latest status; before the first one it is staging. */
    String reported() {
        return statuses.isEmpty() ? "TASK_STAGING" : statuses.getLast().path("state").asText();
    }

    /** Adds the status that tells of this state; the task's own state stays. */
    ObjectNode report(String statusState, double timestamp, String uuid) {
        ObjectNode status = Json.object();
        status.putObject("task_id").put("value", id());
        status.put("state", statusState);
        boolean lost = statusState.equals("TASK_UNREACHABLE");
        status.put("source", lost ? "SOURCE_MASTER" : "SOURCE_EXECUTOR");
        if (lost) {
            status.put("reason", "REASON_SLAVE_REMOVED");
            status.putObject("unreachable_time").put("nanoseconds", (long) (timestamp * 1e9));
        }
        status.putObject("agent_id").put("value", agent.id());
        status.put("timestamp", timestamp);
        status.put("uuid", uuid);
        healthy.filter(verdict -> statusState.equals("TASK_RUNNING"))
                .ifPresent(verdict -> status.put("healthy", (boolean) verdict));
        if (!lost) {
            status.putObject("executor_id").put("value", id());
            status.set("container_status", containerStatus(statusState));
        }
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

    /** The v1 Task. */
    ObjectNode json() {
        ObjectNode task = draft.task();
        task.putObject("framework_id").put("value", framework.id());
        task.putObject("agent_id").put("value", agent.id());
        task.put("state", state);
        if (!statuses.isEmpty()) {
            ArrayNode list = task.putArray("statuses");
            statuses.forEach(list::add);
            ObjectNode last = statuses.getLast();
            task.set("status_update_state", last.path("state"));
            task.set("status_update_uuid", last.path("uuid"));
        }
        return task;
    }
}
