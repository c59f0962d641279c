package io.meridian.testkit.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.marathon.Json;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pods and their instances as {@code /v2/pods/::status} shows them. Not thread-safe. */
final class PodFold {
    private final Definitions definitions;
    private final Map<String, ObjectNode> pods = new LinkedHashMap<>();
    private final Map<String, ObjectNode> instances = new LinkedHashMap<>();
    private final Map<String, String> podOf = new HashMap<>();
    private final Map<String, JsonNode> listedOnAgent = new HashMap<>();

    PodFold(Definitions definitions, List<RecordedSnapshot> snapshots) {
        this.definitions = definitions;
        for (RecordedSnapshot snapshot : snapshots) {
            snapshot.answer("pods-status")
                    .ifPresent(
                            list ->
                                    list.forEach(
                                            pod ->
                                                    pod.path("instances")
                                                            .forEach(
                                                                    instance ->
                                                                            listedOnAgent.put(
                                                                                    instance.path(
                                                                                                    "agentId")
                                                                                            .asText(),
                                                                                    instance))));
        }
    }

    void adopt(JsonNode statuses) {
        pods.clear();
        instances.clear();
        podOf.clear();
        for (JsonNode status : statuses) {
            ObjectNode pod = status.deepCopy();
            String id = pod.path("id").asText();
            pod.path("instances")
                    .forEach(
                            instance -> {
                                instances.put(instance.path("id").asText(), (ObjectNode) instance);
                                podOf.put(instance.path("id").asText(), id);
                            });
            pods.put(id, pod);
        }
    }

    boolean isPod(String id) {
        return pods.containsKey(id);
    }

    /** Makes this version the wanted one; a version older than the known one changes nothing. */
    void define(String id, String version) {
        Optional<ObjectNode> spec = definitions.podSpec(id, version);
        ObjectNode pod = pods.get(id);
        boolean older =
                pod != null && pod.path("spec").path("version").asText().compareTo(version) >= 0;
        if (older || spec.isEmpty()) {
            return;
        }
        if (pod == null) {
            pod = Json.object().put("id", id);
            pod.set("spec", spec.get());
            pod.put("status", "DEGRADED").put("statusSince", version);
            pod.putArray("instances");
            pod.putArray("terminationHistory");
            pod.put("lastUpdated", version).put("lastChanged", version);
            pods.put(id, pod);
        } else {
            pod.set("spec", spec.get());
        }
    }

    void delete(String id) {
        pods.remove(id);
        instances.keySet().removeIf(instance -> id.equals(podOf.get(instance)));
    }

    /** Sets the state of a container of a pod. */
    void statusUpdate(ObjectNode event) {
        String taskId = event.path("taskId").asText();
        int incarnation = taskId.lastIndexOf('.');
        int container = taskId.lastIndexOf('.', incarnation - 1);
        String instanceId = taskId.substring(0, container);
        String podId = event.path("appId").asText();
        String state = event.path("taskStatus").asText();
        if (!instances.containsKey(instanceId) && TaskFold.isTerminal(state)) {
            return;
        }
        ObjectNode instance =
                instances.computeIfAbsent(instanceId, none -> created(instanceId, event));
        podOf.put(instanceId, podId);
        ObjectNode entry = container(instance, taskId.substring(container + 1, incarnation));
        String now = event.path("timestamp").asText();
        if (isOld(entry, taskId, state)) {
            return;
        }
        entry.put("status", state)
                .put("statusSince", now)
                .put("lastUpdated", now)
                .put("lastChanged", now);
        if (TaskFold.isTerminal(state)) {
            entry.remove("containerId");
        } else {
            entry.put("containerId", taskId);
            allocate(entry, event.path("ports"));
            addresses(instance, event.path("ipAddresses"));
        }
        if (allEnded(instance)) {
            instances.remove(instanceId);
        } else {
            summarise(instance, now);
        }
    }

    /**
     * Whether the entry is about a later run of the container, or a later phase of the same run.
     */
    private static boolean isOld(ObjectNode entry, String taskId, String state) {
        String known = entry.path("containerId").asText();
        if (known.isEmpty()) {
            return TaskFold.isTerminal(state);
        }
        if (known.equals(taskId)) {
            return TaskFold.rank(state) <= TaskFold.rank(entry.path("status").asText())
                    && !entry.path("status").asText().equals("TASK_STAGING")
                    && !entry.path("status").asText().equals("TASK_UNREACHABLE");
        }
        return incarnation(known) > incarnation(taskId);
    }

    private static int incarnation(String taskId) {
        return Integer.parseInt(taskId.substring(taskId.lastIndexOf('.') + 1));
    }

    private static void allocate(ObjectNode container, JsonNode ports) {
        int next = 0;
        for (JsonNode endpoint : container.path("endpoints")) {
            if (endpoint instanceof ObjectNode entry && next < ports.size()) {
                entry.set("allocatedHostPort", ports.path(next++));
            }
        }
    }

    private static void addresses(ObjectNode instance, JsonNode reported) {
        if (reported.isEmpty() || !(instance.path("networks") instanceof ArrayNode networks)) {
            return;
        }
        for (int i = 0; i < networks.size(); i++) {
            ArrayNode own = Json.array();
            boolean shared = networks.size() == 1;
            for (int a = shared ? 0 : i;
                    a < (shared ? reported.size() : Math.min(i + 1, reported.size()));
                    a++) {
                own.add(reported.path(a).path("ipAddress"));
            }
            ((ObjectNode) networks.path(i)).set("addresses", own);
        }
    }

    private static boolean allEnded(ObjectNode instance) {
        for (JsonNode container : instance.path("containers")) {
            if (!TaskFold.isTerminal(container.path("status").asText())) {
                return false;
            }
        }
        return true;
    }

    private static void summarise(ObjectNode instance, String now) {
        boolean running = true;
        boolean starting = true;
        for (JsonNode container : instance.path("containers")) {
            String state = container.path("status").asText();
            running &= state.equals("TASK_RUNNING");
            starting &=
                    state.equals("TASK_RUNNING")
                            || state.equals("TASK_STARTING")
                            || state.equals("TASK_STAGING");
        }
        String status = running ? "STABLE" : starting ? "STAGING" : "DEGRADED";
        instance.put("status", status)
                .put("statusSince", now)
                .put("lastUpdated", now)
                .put("lastChanged", now);
    }

    private static ObjectNode container(ObjectNode instance, String name) {
        for (JsonNode container : instance.path("containers")) {
            if (container.path("name").asText().equals(name)) {
                return (ObjectNode) container;
            }
        }
        return instance.withArrayProperty("containers").addObject().put("name", name);
    }

    private ObjectNode created(String id, ObjectNode event) {
        String podId = event.path("appId").asText();
        String version = event.path("version").asText();
        ObjectNode spec =
                definitions
                        .podSpec(podId, version)
                        .orElse(pods.getOrDefault(podId, Json.object()).path("spec").deepCopy());
        JsonNode agent = listedOnAgent.getOrDefault(event.path("slaveId").asText(), Json.object());
        String now = event.path("timestamp").asText();
        ObjectNode instance =
                Json.object().put("id", id).put("status", "STAGING").put("statusSince", now);
        instance.putArray("conditions");
        instance.set("agentHostname", event.path("host"));
        instance.set("agentId", event.path("slaveId"));
        for (String place : List.of("agentRegion", "agentZone")) {
            if (agent.has(place)) {
                instance.set(place, agent.path(place));
            }
        }
        instance.set(
                "resources",
                agent.path("resources").isMissingNode() ? Json.object() : agent.path("resources"));
        ArrayNode networks = instance.putArray("networks");
        spec.path("networks")
                .forEach(
                        network -> {
                            ObjectNode entry = networks.addObject();
                            if (network.has("name")) {
                                entry.set("name", network.path("name"));
                            }
                            entry.putArray("addresses");
                        });
        ArrayNode containers = instance.putArray("containers");
        spec.path("containers").forEach(container -> containers.add(staged(container, now)));
        instance.put("specReference", "/v2/pods" + podId + "::versions/" + version);
        instance.putArray("localVolumes");
        return instance.put("lastUpdated", now).put("lastChanged", now).put("role", "*");
    }

    private static ObjectNode staged(JsonNode spec, String now) {
        ObjectNode container = Json.object();
        container.set("name", spec.path("name"));
        container.put("status", "TASK_STAGING").put("statusSince", now);
        container.putArray("conditions");
        container.put("containerId", "");
        ArrayNode endpoints = container.putArray("endpoints");
        spec.path("endpoints")
                .forEach(endpoint -> endpoints.addObject().set("name", endpoint.path("name")));
        container.set("resources", spec.path("resources"));
        return container.put("lastUpdated", now).put("lastChanged", now);
    }

    /** Tasks of an instance's containers that run now. */
    List<String> tasksOf(String instanceId) {
        List<String> ids = new ArrayList<>();
        instances
                .getOrDefault(instanceId, Json.object())
                .path("containers")
                .forEach(
                        container -> {
                            if (container.hasNonNull("containerId")) {
                                ids.add(container.path("containerId").asText());
                            }
                        });
        return ids;
    }

    /** Removes an instance, unless it runs other tasks than these by now. */
    void end(String instanceId, Collection<String> ids) {
        if (ids.containsAll(tasksOf(instanceId))) {
            instances.remove(instanceId);
        }
    }

    /** All pod statuses in the order of the listing. */
    ArrayNode statuses() {
        ArrayNode list = Json.array();
        pods.forEach(
                (id, pod) -> {
                    List<ObjectNode> own = new ArrayList<>();
                    instances.forEach(
                            (instanceId, instance) -> {
                                if (id.equals(podOf.get(instanceId))) {
                                    own.add(instance);
                                }
                            });
                    ObjectNode status = pod.deepCopy();
                    ArrayNode listed = Json.array();
                    own.forEach(instance -> listed.add(instance.deepCopy()));
                    boolean stable =
                            own.size() == pod.path("spec").path("scaling").path("instances").asInt()
                                    && own.stream()
                                            .allMatch(
                                                    instance ->
                                                            instance.path("status")
                                                                    .asText()
                                                                    .equals("STABLE"));
                    status.put("status", stable ? "STABLE" : "DEGRADED");
                    status.set("instances", listed);
                    list.add(status);
                });
        return list;
    }
}
