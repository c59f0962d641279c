package io.meridian.testkit.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.marathon.Json;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tasks of apps as REST shows them. A task's phase only rises and an ended task stays ended, so
 * events may be applied to a listing that already knows them. Not thread-safe.
 */
final class TaskFold {
    private final Map<String, ObjectNode> tasks = new LinkedHashMap<>();
    private final Set<String> ended = new HashSet<>();
    private final Map<String, JsonNode> listedSomewhere = new HashMap<>();
    private final Map<String, JsonNode> listedOnAgent = new HashMap<>();

    TaskFold(List<RecordedSnapshot> snapshots) {
        for (RecordedSnapshot snapshot : snapshots) {
            snapshot.answer("tasks")
                    .ifPresent(
                            list ->
                                    list.path("tasks")
                                            .forEach(
                                                    task -> {
                                                        listedSomewhere.put(
                                                                task.path("id").asText(), task);
                                                        listedOnAgent.put(
                                                                task.path("slaveId").asText(),
                                                                task);
                                                    }));
        }
    }

    /** Replaces all tasks by those of a listing, each in the form of an app's listing. */
    void adopt(List<ObjectNode> listed) {
        tasks.clear();
        for (ObjectNode task : listed) {
            String id = task.path("id").asText();
            tasks.put(id, task);
            ended.remove(id);
        }
    }

    List<ObjectNode> all() {
        return List.copyOf(tasks.values());
    }

    List<ObjectNode> of(String appId) {
        return tasks.values().stream()
                .filter(task -> task.path("appId").asText().equals(appId))
                .toList();
    }

    void statusUpdate(ObjectNode event) {
        String id = event.path("taskId").asText();
        String state = event.path("taskStatus").asText();
        if (isTerminal(state)) {
            tasks.remove(id);
            ended.add(id);
            return;
        }
        if (ended.contains(id)) {
            return;
        }
        ObjectNode task = tasks.computeIfAbsent(id, none -> created(event));
        String before = task.path("state").asText();
        boolean back = before.equals("TASK_UNREACHABLE");
        if (back || rank(state) >= rank(before)) {
            task.put("state", state);
            task.set("ipAddresses", event.path("ipAddresses"));
            task.set("ports", event.path("ports"));
            if (state.equals("TASK_RUNNING") && !task.has("startedAt")) {
                started(task, event);
            }
        }
    }

    /** Keeps the fields' order: startedAt comes after stagedAt. */
    private static void started(ObjectNode task, ObjectNode event) {
        ObjectNode copy = task.deepCopy();
        task.removeAll();
        copy.properties()
                .forEach(
                        field -> {
                            task.set(field.getKey(), field.getValue());
                            if (field.getKey().equals("stagedAt")) {
                                task.set("startedAt", event.path("timestamp"));
                            }
                        });
    }

    private ObjectNode created(ObjectNode event) {
        String id = event.path("taskId").asText();
        JsonNode known = listedSomewhere.getOrDefault(id, Json.object());
        JsonNode agent = listedOnAgent.getOrDefault(event.path("slaveId").asText(), Json.object());
        ObjectNode task = Json.object();
        task.set("appId", event.path("appId"));
        task.putArray("healthCheckResults");
        task.set("host", event.path("host"));
        task.put("id", id);
        task.putArray("ipAddresses");
        task.putArray("ports");
        task.putArray("servicePorts");
        task.set("slaveId", event.path("slaveId"));
        task.put("state", "TASK_STAGING");
        task.put("stagedAt", known.path("stagedAt").asText(event.path("timestamp").asText()));
        task.set("version", event.path("version"));
        task.putArray("localVolumes");
        for (String place : List.of("region", "zone")) {
            if (agent.has(place)) {
                task.set(place, agent.path(place));
            }
        }
        return task.put("role", known.path("role").asText("*"));
    }

    /** Current tasks of an instance. */
    List<String> of(Instance instance) {
        return tasks.keySet().stream().filter(id -> id.startsWith(instance.id() + ".")).toList();
    }

    /** An instance id, as a type of its own beside app ids. */
    record Instance(String id) {}

    /** Removes these tasks, whatever their last status. */
    void end(Collection<String> ids) {
        tasks.keySet().removeAll(ids);
        ended.addAll(ids);
    }

    void health(ObjectNode event) {
        String instance = event.path("instanceId").asText();
        tasks.values().stream()
                .filter(task -> task.path("id").asText().startsWith(instance + "."))
                .forEach(task -> judge(task, instance, event));
    }

    private static void judge(ObjectNode task, String instance, ObjectNode event) {
        JsonNode verdict = event.path("healthy");
        JsonNode before = task.path("healthCheckResults").path(0);
        if (verdict.isNull()) {
            task.putArray("healthCheckResults");
            return;
        }
        boolean alive = verdict.booleanValue();
        if (before.has("alive") && before.path("alive").booleanValue() == alive) {
            return;
        }
        String now = event.path("timestamp").asText();
        ArrayNode results = task.putArray("healthCheckResults");
        ObjectNode result =
                results.addObject().put("alive", alive).put("consecutiveFailures", alive ? 0 : 1);
        String firstSuccess = before.path("firstSuccess").asText(alive ? now : "");
        if (!firstSuccess.isEmpty()) {
            result.put("firstSuccess", firstSuccess);
        }
        result.put("instanceId", "instance [" + instance + "]");
        String lastSuccess = alive ? now : before.path("lastSuccess").asText("");
        if (!lastSuccess.isEmpty()) {
            result.put("lastSuccess", lastSuccess);
        }
        if (!alive || before.has("lastFailure")) {
            result.put("lastFailure", alive ? before.path("lastFailure").asText() : now);
            result.put("lastFailureCause", "");
        }
    }

    static boolean isTerminal(String state) {
        return switch (state) {
            case "TASK_STAGING",
                    "TASK_STARTING",
                    "TASK_RUNNING",
                    "TASK_KILLING",
                    "TASK_UNREACHABLE" ->
                    false;
            default -> true;
        };
    }

    static int rank(String state) {
        return switch (state) {
            case "TASK_STAGING" -> 0;
            case "TASK_STARTING" -> 1;
            case "TASK_RUNNING", "TASK_UNREACHABLE" -> 2;
            case "TASK_KILLING" -> 3;
            default -> 4;
        };
    }
}
