package io.meridian.testkit.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.marathon.Json;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The state that Marathon would have answered with at a moment of a recording.
 *
 * <p>At a snapshot, the state is exactly its answers. Between snapshots, it is the latest one with
 * the later events folded over it. A snapshot is several GETs and its time is that of the last, so
 * events that arrived while it was being taken are folded again: all kinds of folding bear
 * repetition. Definitions come by version from wherever the recording has them ({@link
 * Definitions}). Nothing but an event, or a snapshot without it, ends a task. Not thread-safe.
 */
public final class ReplayState {
    private final boolean appsAreListed;
    private final Definitions definitions;
    private final TaskFold tasks;
    private final PodFold pods;
    private final Map<String, ObjectNode> apps = new LinkedHashMap<>();
    private final Map<String, ObjectNode> lastFailures = new LinkedHashMap<>();
    private final DeploymentFold deployments = new DeploymentFold();
    private final IdentityHashMap<ObjectNode, List<String>> endedBy = new IdentityHashMap<>();
    private final List<Piece> passed = new ArrayList<>();
    private Optional<RecordedSnapshot> exact = Optional.empty();
    private Optional<RecordedSnapshot> latest = Optional.empty();

    public ReplayState(Recording recording) {
        this.appsAreListed =
                recording.snapshots().stream()
                        .anyMatch(snapshot -> snapshot.answers().containsKey("apps"));
        this.definitions = Definitions.of(recording);
        this.tasks = new TaskFold(recording.snapshots());
        this.pods = new PodFold(definitions, recording.snapshots());
    }

    /** Applies one moment. */
    public void pass(Moment moment) {
        switch (moment) {
            case Moment.SnapshotTaken taken -> {
                exact.ifPresent(this::adopt);
                exact = Optional.of(taken.snapshot());
                latest = exact;
            }
            case Moment.Sent sent -> {
                if (sent.piece().isEvent()) {
                    exact.ifPresent(this::adopt);
                    exact = Optional.empty();
                    passed.add(sent.piece());
                    fold(sent.piece().event());
                }
            }
            case Moment.StreamOpens other -> {}
            case Moment.StreamEnds other -> {}
            case Moment.Requested other -> {}
            case Moment.CleanUp other -> {}
        }
    }

    /** The snapshot at exactly this moment. */
    public Optional<RecordedSnapshot> exact() {
        return exact;
    }

    /** The latest snapshot, even if events came since. */
    public Optional<RecordedSnapshot> latest() {
        return latest;
    }

    private void adopt(RecordedSnapshot snapshot) {
        List<ObjectNode> listed = new ArrayList<>();
        snapshot.answer("apps")
                .ifPresent(
                        answer -> {
                            apps.clear();
                            for (JsonNode entry : answer.path("apps")) {
                                ObjectNode app = entry.deepCopy();
                                app.path("tasks").forEach(task -> listed.add((ObjectNode) task));
                                adoptApp(app);
                            }
                        });
        Set<String> known = new HashSet<>();
        listed.forEach(task -> known.add(task.path("id").asText()));
        snapshot.answer("tasks")
                .ifPresent(
                        answer ->
                                answer.path("tasks")
                                        .forEach(
                                                entry -> {
                                                    if (known.add(entry.path("id").asText())) {
                                                        ObjectNode task = entry.deepCopy();
                                                        task.putArray("servicePorts");
                                                        listed.add(task);
                                                    }
                                                }));
        tasks.adopt(listed);
        snapshot.answer("pods-status").ifPresent(pods::adopt);
        snapshot.answer("deployments").ifPresent(deployments::adopt);
        passed.stream()
                .filter(piece -> !piece.at().isBefore(snapshot.notBefore()))
                .forEach(piece -> fold(piece.event()));
    }

    private void adoptApp(ObjectNode app) {
        String id = app.path("id").asText();
        if (app.path("lastTaskFailure") instanceof ObjectNode failure) {
            lastFailures.put(id, failure);
        }
        app.remove(
                List.of(
                        "tasksStaged",
                        "tasksRunning",
                        "tasksHealthy",
                        "tasksUnhealthy",
                        "deployments",
                        "tasks",
                        "lastTaskFailure"));
        apps.put(id, app);
    }

    private void fold(ObjectNode event) {
        switch (event.path("eventType").asText()) {
            case "status_update_event" -> statusUpdate(event);
            case "instance_changed_event" -> instanceChanged(event);
            case "instance_health_changed_event" -> tasks.health(event);
            case "api_post_event" -> {
                JsonNode definition = event.path("appDefinition");
                defineApp(definition.path("id").asText(), definition.path("version").asText());
            }
            case "deployment_info" -> deploymentInfo(event);
            case "deployment_success", "deployment_failed" ->
                    deployments.ended(event.path("id").asText());
            default -> {
                // changes nothing that REST shows
            }
        }
    }

    private void statusUpdate(ObjectNode event) {
        String id = event.path("appId").asText();
        if (pods.isPod(id) || !event.path("taskId").asText().contains("._app.")) {
            pods.statusUpdate(event);
            return;
        }
        String state = event.path("taskStatus").asText();
        boolean failed =
                TaskFold.isTerminal(state)
                        && !state.equals("TASK_KILLED")
                        && !state.equals("TASK_FINISHED");
        if (failed) {
            lastFailures.put(id, failure(event));
        }
        if (!appsAreListed
                && !apps.containsKey(id)
                && state.equals("TASK_RUNNING")
                && definitions.versions(id).isEmpty()) {
            apps.put(id, Definitions.guessed(event));
        }
        tasks.statusUpdate(event);
    }

    private static ObjectNode failure(ObjectNode event) {
        ObjectNode failure = Json.object();
        failure.set("appId", event.path("appId"));
        failure.set("host", event.path("host"));
        failure.set("message", event.path("message"));
        failure.set("state", event.path("taskStatus"));
        failure.set("taskId", event.path("taskId"));
        failure.set("timestamp", event.path("timestamp"));
        failure.set("version", event.path("version"));
        failure.set("slaveId", event.path("slaveId"));
        return failure;
    }

    private void instanceChanged(ObjectNode event) {
        String condition = event.path("condition").asText();
        if (condition.equals("Killed") || condition.equals("UnreachableInactive")) {
            // folded again after a snapshot, this event must not end tasks started since
            String instance = event.path("instanceId").asText();
            List<String> ids =
                    endedBy.computeIfAbsent(
                            event,
                            first -> {
                                List<String> now =
                                        new ArrayList<>(tasks.of(new TaskFold.Instance(instance)));
                                now.addAll(pods.tasksOf(instance));
                                return now;
                            });
            tasks.end(ids);
            pods.end(instance, ids);
        }
    }

    private void deploymentInfo(ObjectNode event) {
        JsonNode plan = event.path("plan");
        String version = plan.path("version").asText();
        List<String> affectedApps = new ArrayList<>();
        List<String> affectedPods = new ArrayList<>();
        for (JsonNode step : plan.path("steps")) {
            for (JsonNode action : step.path("actions")) {
                boolean pod = action.has("pod");
                String id = action.path(pod ? "pod" : "app").asText();
                List<String> affected = pod ? affectedPods : affectedApps;
                if (!affected.contains(id)) {
                    affected.add(id);
                }
                if (action.path("action").asText().startsWith("Stop")) {
                    delete(id, version, pod);
                } else if (pod) {
                    pods.define(id, version);
                } else {
                    defineApp(id, version);
                }
            }
        }
        deployments.begun(event, affectedApps, affectedPods);
    }

    private void delete(String id, String version, boolean pod) {
        if (pod) {
            pods.delete(id);
        } else if (apps.containsKey(id)
                && apps.get(id).path("version").asText().compareTo(version) < 0) {
            apps.remove(id);
            lastFailures.remove(id);
        }
    }

    private void defineApp(String id, String version) {
        boolean older =
                apps.containsKey(id)
                        && apps.get(id).path("version").asText().compareTo(version) >= 0;
        if (!older) {
            definitions.app(id, version).ifPresent(definition -> apps.put(id, definition));
        }
    }

    /** {@code {"apps":[...]}} with tasks, deployments and last failures. */
    public JsonNode apps() {
        Optional<JsonNode> known = exact.flatMap(snapshot -> snapshot.answer("apps"));
        if (known.isPresent()) {
            return known.get();
        }
        exactTasksOnly();
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("apps");
        apps.keySet().forEach(id -> list.add(app(id)));
        return answer;
    }

    private ObjectNode app(String id) {
        ObjectNode app = apps.get(id).deepCopy();
        List<ObjectNode> own = tasks.of(id);
        app.put(
                "tasksStaged",
                own.stream().filter(task -> isIn(task, "TASK_STAGING", "TASK_STARTING")).count());
        app.put("tasksRunning", own.stream().filter(task -> isIn(task, "TASK_RUNNING")).count());
        app.put("tasksHealthy", own.stream().filter(task -> isAlive(task, true)).count());
        app.put("tasksUnhealthy", own.stream().filter(task -> isAlive(task, false)).count());
        ArrayNode running = app.putArray("deployments");
        deployments.of(id).forEach(deployment -> running.addObject().put("id", deployment));
        ArrayNode list = app.putArray("tasks");
        own.forEach(task -> list.add(task.deepCopy()));
        if (lastFailures.containsKey(id)) {
            app.set("lastTaskFailure", lastFailures.get(id));
        }
        return app;
    }

    private static boolean isIn(ObjectNode task, String... states) {
        return List.of(states).contains(task.path("state").asText());
    }

    private static boolean isAlive(ObjectNode task, boolean verdict) {
        JsonNode result = task.path("healthCheckResults").path(0).path("alive");
        return result.isBoolean() && result.booleanValue() == verdict;
    }

    /** {@code {"tasks":[...]}} of apps, with service ports. */
    public JsonNode tasks() {
        Optional<JsonNode> known = exact.flatMap(snapshot -> snapshot.answer("tasks"));
        if (known.isPresent()) {
            return known.get();
        }
        ObjectNode answer = Json.object();
        ArrayNode list = answer.putArray("tasks");
        for (ObjectNode task : tasks.all()) {
            ObjectNode entry = task.deepCopy();
            ArrayNode ports = Json.array();
            JsonNode app = apps.getOrDefault(task.path("appId").asText(), Json.object());
            app.path("portDefinitions").forEach(port -> ports.add(port.path("port")));
            app.path("container")
                    .path("portMappings")
                    .forEach(port -> ports.add(port.path("servicePort")));
            entry.set("servicePorts", ports);
            list.add(entry);
        }
        return answer;
    }

    /** The list of pod statuses. */
    public JsonNode podStatuses() {
        return exact.flatMap(snapshot -> snapshot.answer("pods-status")).orElseGet(pods::statuses);
    }

    /** The list of deployments in progress. */
    public JsonNode deployments() {
        return exact.flatMap(snapshot -> snapshot.answer("deployments"))
                .orElseGet(deployments::all);
    }

    /** An app's definition in a version, from any source in the recording. */
    public Optional<ObjectNode> version(String appId, String version) {
        return definitions.app(appId, version);
    }

    public List<String> versions(String appId) {
        return definitions.versions(appId);
    }

    /** Tasks of a snapshot that has tasks but no apps (one recording does) count for the apps. */
    private void exactTasksOnly() {
        exact.filter(snapshot -> snapshot.answers().containsKey("tasks")).ifPresent(this::adopt);
    }
}
