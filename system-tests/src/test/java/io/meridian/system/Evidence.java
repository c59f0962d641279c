package io.meridian.system;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.testkit.replay.Moment;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Marathon's positive statements so far that tasks ended, failed health checks or became
 * unreachable. Each is added before the program can learn of it. Any thread.
 */
final class Evidence {
    private static final Set<String> ALIVE_STATES =
            Set.of("TASK_STAGING", "TASK_STARTING", "TASK_RUNNING");
    private static final Set<String> ALIVE_CONDITIONS =
            Set.of("Scheduled", "Provisioned", "Staging", "Starting", "Running", "Created");

    private final Set<String> ended = ConcurrentHashMap.newKeySet();
    private final Set<String> unhealthy = ConcurrentHashMap.newKeySet();

    void add(Moment moment) {
        switch (moment) {
            case Moment.Sent sent -> event(sent.piece().event());
            case Moment.SnapshotTaken taken -> {
                taken.snapshot().answer("apps").ifPresent(this::apps);
                taken.snapshot().answer("pods-status").ifPresent(this::pods);
            }
            case Moment.StreamOpens _,
                    Moment.StreamEnds _,
                    Moment.Requested _,
                    Moment.CleanUp _ -> {
                // nothing about tasks
            }
        }
    }

    private void event(JsonNode event) {
        switch (event.path("eventType").asText("")) {
            case "status_update_event" -> {
                if (!ALIVE_STATES.contains(event.path("taskStatus").asText())) {
                    ended.add(event.path("taskId").asText());
                }
            }
            case "instance_changed_event" -> {
                if (!ALIVE_CONDITIONS.contains(event.path("condition").asText())) {
                    ended.add(event.path("instanceId").asText());
                }
            }
            case "unknown_instance_terminated_event" ->
                    ended.add(event.path("instanceId").asText());
            case "instance_health_changed_event" -> {
                if (event.hasNonNull("healthy") && !event.path("healthy").booleanValue()) {
                    unhealthy.add(event.path("instanceId").asText());
                }
            }
            case "health_status_changed_event" -> {
                if (!event.path("alive").asBoolean(true)) {
                    unhealthy.add(event.path("instanceId").asText());
                }
            }
            case "unhealthy_instance_kill_event" ->
                    unhealthy.add(event.path("instanceId").asText());
            default -> {
                // not about the end of a task
            }
        }
    }

    private void apps(JsonNode answer) {
        for (JsonNode app : answer.path("apps")) {
            for (JsonNode task : app.path("tasks")) {
                String id = task.path("id").asText();
                if (!ALIVE_STATES.contains(task.path("state").asText())) {
                    ended.add(id);
                }
                for (JsonNode result : task.path("healthCheckResults")) {
                    if (!result.path("alive").asBoolean(true)) {
                        unhealthy.add(id);
                    }
                }
            }
        }
    }

    private void pods(JsonNode answer) {
        for (JsonNode pod : answer) {
            for (JsonNode instance : pod.path("instances")) {
                for (JsonNode container : instance.path("containers")) {
                    String id = container.path("containerId").asText("");
                    if (!id.isEmpty()
                            && !ALIVE_STATES.contains(container.path("status").asText())) {
                        ended.add(id);
                    }
                    for (JsonNode endpoint : container.path("endpoints")) {
                        if (!id.isEmpty() && !endpoint.path("healthy").asBoolean(true)) {
                            unhealthy.add(id);
                        }
                    }
                }
            }
        }
    }

    /** Whether a statement justifies this loss. */
    boolean explains(ChangeLog.Loss loss) {
        return isSaid(ended, loss.task()) || loss.backend() && isSaid(unhealthy, loss.task());
    }

    /** Whether the set has the task or its instance. */
    private static boolean isSaid(Set<String> said, String task) {
        if (said.contains(task)) {
            return true;
        }
        int dot = task.lastIndexOf('.');
        int before = task.lastIndexOf('.', Math.max(0, dot - 1));
        return dot > 0 && said.contains(task.substring(0, dot))
                || before > 0 && said.contains(task.substring(0, before));
    }
}
