package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;

/** Pod definitions in Marathon 1.11's canonical form. Pure. */
public final class PodDefinitions {
    private static final List<String> ORDER =
            List.of(
                    "id",
                    "labels",
                    "version",
                    "user",
                    "environment",
                    "containers",
                    "secrets",
                    "volumes",
                    "networks",
                    "scaling",
                    "scheduling",
                    "executorResources",
                    "role");
    private static final List<String> CONTAINER_ORDER =
            List.of(
                    "name",
                    "exec",
                    "resources",
                    "endpoints",
                    "image",
                    "environment",
                    "user",
                    "healthCheck",
                    "volumeMounts",
                    "artifacts",
                    "labels",
                    "lifecycle",
                    "tty");

    private PodDefinitions() {}

    /**
     * @throws ApiRefusal 422 when it breaks a rule
     */
    static ObjectNode canonical(ObjectNode input) {
        if (!input.path("id").isTextual()) {
            throw ApiRefusal.invalidJson("/id", "error.path.missing");
        }
        if (!input.path("containers").isArray() || input.path("containers").isEmpty()) {
            throw ApiRefusal.invalidJson("/containers", "error.path.missing");
        }
        ObjectNode pod = input.deepCopy();
        pod.put("id", SpecPath.checked(input.path("id").asText()));
        ArrayNode containers = Json.array();
        input.path("containers").forEach(container -> containers.add(container(container)));
        pod.set("containers", containers);
        ArrayNode networks = Json.array();
        input.path("networks").forEach(network -> networks.add(AppNetworking.network(network)));
        if (networks.isEmpty()) {
            networks.addObject().put("mode", "host");
        }
        pod.set("networks", networks);
        pod.putObject("scaling")
                .put("instances", input.path("scaling").path("instances").asInt(1))
                .put("kind", "fixed");
        pod.set("scheduling", scheduling(input.path("scheduling")));
        JsonNode executor = input.path("executorResources");
        pod.putObject("executorResources")
                .put("cpus", executor.path("cpus").asDouble(0.1))
                .put("mem", executor.path("mem").asDouble(32.0))
                .put("disk", executor.path("disk").asDouble(10.0));
        pod.put("role", input.path("role").asText("*"));
        return ordered(pod, ORDER);
    }

    static ObjectNode versioned(ObjectNode canonical, String version) {
        ObjectNode pod = canonical.deepCopy();
        pod.put("version", version);
        return ordered(pod, ORDER);
    }

    static boolean isConfigChange(ObjectNode before, ObjectNode after) {
        ObjectNode left = before.deepCopy();
        ObjectNode right = after.deepCopy();
        left.remove(List.of("scaling", "version"));
        right.remove(List.of("scaling", "version"));
        return !left.equals(right);
    }

    /**
     * As inside a pod status: whole numbers compact, {@code placement} left out, scaling's kind
     * first.
     */
    public static ObjectNode inStatus(ObjectNode definition) {
        ObjectNode spec = (ObjectNode) Json.compactNumbers(definition);
        ((ObjectNode) spec.path("scheduling")).remove("placement");
        int instances = spec.path("scaling").path("instances").intValue();
        spec.putObject("scaling").put("kind", "fixed").put("instances", instances);
        return spec;
    }

    private static ObjectNode container(JsonNode given) {
        if (!given.path("name").isTextual()) {
            throw ApiRefusal.invalidJson("/containers(0)/name", "error.path.missing");
        }
        ObjectNode container = given.deepCopy();
        JsonNode resources = given.path("resources");
        container
                .putObject("resources")
                .put("cpus", resources.path("cpus").asDouble(0.1))
                .put("mem", resources.path("mem").asDouble(32.0))
                .put("disk", resources.path("disk").asDouble(0.0))
                .put("gpus", resources.path("gpus").asInt(0));
        if (given.path("endpoints").isArray()) {
            ArrayNode endpoints = Json.array();
            given.path("endpoints").forEach(endpoint -> endpoints.add(endpoint(endpoint)));
            container.set("endpoints", endpoints);
        }
        return ordered(container, CONTAINER_ORDER);
    }

    private static ObjectNode endpoint(JsonNode given) {
        ObjectNode endpoint = Json.object().put("name", given.path("name").asText(""));
        if (given.hasNonNull("containerPort")) {
            endpoint.set("containerPort", given.path("containerPort"));
        }
        if (given.hasNonNull("hostPort")) {
            endpoint.set("hostPort", given.path("hostPort"));
        }
        endpoint.set("protocol", protocols(given.path("protocol")));
        if (!given.path("labels").isEmpty()) {
            endpoint.set("labels", given.path("labels"));
        }
        if (!given.path("networkNames").isEmpty()) {
            endpoint.set("networkNames", given.path("networkNames"));
        }
        return endpoint;
    }

    private static ArrayNode protocols(JsonNode given) {
        if (given instanceof ArrayNode array && !array.isEmpty()) {
            return array;
        }
        return Json.strings(List.of("tcp"));
    }

    private static ObjectNode scheduling(JsonNode given) {
        ObjectNode scheduling = Json.object();
        JsonNode backoff = given.path("backoff");
        scheduling
                .putObject("backoff")
                .put("backoff", backoff.path("backoff").asDouble(1.0))
                .put("backoffFactor", backoff.path("backoffFactor").asDouble(1.15))
                .put("maxLaunchDelay", backoff.path("maxLaunchDelay").asDouble(300.0));
        JsonNode upgrade = given.path("upgrade");
        scheduling
                .putObject("upgrade")
                .put("minimumHealthCapacity", upgrade.path("minimumHealthCapacity").asDouble(1.0))
                .put("maximumOverCapacity", upgrade.path("maximumOverCapacity").asDouble(1.0));
        scheduling.set(
                "placement",
                given.path("placement").isObject() ? given.path("placement") : Json.object());
        scheduling.put("killSelection", given.path("killSelection").asText("YOUNGEST_FIRST"));
        JsonNode unreachable = given.path("unreachableStrategy");
        if (unreachable.isTextual()) {
            scheduling.set("unreachableStrategy", unreachable);
        } else {
            scheduling
                    .putObject("unreachableStrategy")
                    .put("inactiveAfterSeconds", unreachable.path("inactiveAfterSeconds").asInt(0))
                    .put("expungeAfterSeconds", unreachable.path("expungeAfterSeconds").asInt(0));
        }
        return scheduling;
    }

    private static ObjectNode ordered(ObjectNode given, List<String> order) {
        ObjectNode ordered = Json.object();
        order.stream()
                .filter(given::hasNonNull)
                .forEach(field -> ordered.set(field, given.path(field)));
        return ordered;
    }
}
