package io.meridian.testkit.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.marathon.AppDefinitions;
import io.meridian.simulator.marathon.Json;
import io.meridian.simulator.marathon.PodDefinitions;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All versions of all apps and pods in a recording. Sources in order of preference: listings (they
 * have the service ports that Marathon assigned), {@code api_post_event}s, answers to POST and PUT.
 * An event names a version that REST shows from then on, perhaps long before the next listing.
 */
final class Definitions {
    private static final List<String> NOT_DEFINITION =
            List.of(
                    "tasksStaged",
                    "tasksRunning",
                    "tasksHealthy",
                    "tasksUnhealthy",
                    "deployments",
                    "tasks",
                    "lastTaskFailure");

    private final Map<String, ObjectNode> apps = new HashMap<>();
    private final Map<String, ObjectNode> podSpecs = new HashMap<>();
    private final Map<String, List<ObjectNode>> versionsOfApp = new HashMap<>();
    private int nextServicePort = 10_000;

    static Definitions of(Recording recording) {
        Definitions all = new Definitions();
        for (RecordedSnapshot snapshot : recording.snapshots()) {
            snapshot.answer("apps").ifPresent(list -> list.path("apps").forEach(all::app));
            snapshot.answer("pods-status")
                    .ifPresent(list -> list.forEach(pod -> all.pod(pod.path("spec"))));
        }
        for (Moment moment : recording.moments()) {
            if (moment instanceof Moment.Sent sent
                    && sent.piece().type().equals("api_post_event")) {
                all.app(sent.piece().event().path("appDefinition"));
            }
        }
        for (Moment moment : recording.moments()) {
            if (moment instanceof Moment.Requested requested) {
                all.answered(requested.request());
            }
        }
        return all;
    }

    private void answered(LoggedRequest request) {
        if (!request.response().startsWith("{")) {
            return;
        }
        JsonNode answer =
                Json.readTrusted(
                        request.response().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        if (request.target().startsWith("/v2/pods") && answer.has("containers")) {
            pod(PodDefinitions.inStatus((ObjectNode) answer));
        } else if (request.target().startsWith("/v2/apps") && answer.has("id")) {
            app(answer);
        }
    }

    private void app(JsonNode full) {
        ObjectNode definition = full.deepCopy();
        definition.remove(NOT_DEFINITION);
        String id = definition.path("id").asText();
        if (apps.putIfAbsent(key(id, definition.path("version").asText()), definition) == null) {
            versionsOfApp.computeIfAbsent(id, none -> new ArrayList<>()).add(definition);
        }
    }

    private void pod(JsonNode spec) {
        podSpecs.putIfAbsent(
                key(spec.path("id").asText(), spec.path("version").asText()), spec.deepCopy());
    }

    /**
     * The app's definition in this version, with service ports; empty if the recording does not
     * have it.
     */
    Optional<ObjectNode> app(String id, String version) {
        return Optional.ofNullable(apps.get(key(id, version)))
                .map(found -> withServicePorts(id, found.deepCopy()));
    }

    /** The pod's definition as inside a pod status. */
    Optional<ObjectNode> podSpec(String id, String version) {
        return Optional.ofNullable(podSpecs.get(key(id, version))).map(ObjectNode::deepCopy);
    }

    List<String> versions(String id) {
        return versionsOfApp.getOrDefault(id, List.of()).stream()
                .map(definition -> definition.path("version").asText())
                .sorted()
                .toList();
    }

    /** Makes up a definition for an app that the recording never defines, from its tasks. */
    static ObjectNode guessed(JsonNode statusUpdate) {
        ObjectNode guess =
                Json.object()
                        .put("id", statusUpdate.path("appId").asText())
                        .put("cmd", "not in the recording")
                        .put("instances", 1);
        String address = statusUpdate.path("ipAddresses").path(0).path("ipAddress").asText("");
        boolean bridge = address.startsWith("172.");
        boolean overlay = address.startsWith("9.");
        if (bridge || overlay) {
            ObjectNode network = guess.putArray("networks").addObject();
            network.put("mode", bridge ? "container/bridge" : "container");
            if (overlay) {
                network.put("name", "dcos");
            }
        }
        JsonNode ports = statusUpdate.path("ports");
        if (bridge) {
            var mappings =
                    guess.putObject("container").put("type", "DOCKER").putArray("portMappings");
            ports.forEach(port -> mappings.addObject().put("containerPort", 0).put("hostPort", 0));
        } else if (!overlay) {
            var definitions = guess.putArray("portDefinitions");
            ports.forEach(port -> definitions.addObject().put("port", 0));
        }
        return AppDefinitions.canonical(guess)
                .put("version", statusUpdate.path("version").asText());
    }

    /**
     * Fills in service ports. A recorded creation shows 0 although Marathon has assigned a number;
     * it is taken from a later version, or made up.
     */
    private ObjectNode withServicePorts(String id, ObjectNode definition) {
        List<ObjectNode> ports = ports(definition);
        for (int i = 0; i < ports.size(); i++) {
            ObjectNode port = ports.get(i);
            String field = port.has("containerPort") ? "servicePort" : "port";
            if (port.path(field).intValue() == 0) {
                port.put(field, known(id, ports.size(), i, field));
            }
        }
        return definition;
    }

    private int known(String id, int size, int index, String field) {
        for (ObjectNode version : versionsOfApp.getOrDefault(id, List.of())) {
            List<ObjectNode> ports = ports(version);
            if (ports.size() == size && ports.get(index).path(field).intValue() != 0) {
                return ports.get(index).path(field).intValue();
            }
        }
        ObjectNode first = versionsOfApp.get(id).getFirst();
        List<ObjectNode> ports = ports(first);
        if (ports.size() == size) {
            ports.get(index).put(field, nextServicePort);
        }
        return nextServicePort++;
    }

    private static List<ObjectNode> ports(ObjectNode definition) {
        List<ObjectNode> ports = new ArrayList<>();
        definition.path("portDefinitions").forEach(port -> ports.add((ObjectNode) port));
        definition
                .path("container")
                .path("portMappings")
                .forEach(port -> ports.add((ObjectNode) port));
        return ports;
    }

    private static String key(String id, String version) {
        return id + " " + version;
    }
}
