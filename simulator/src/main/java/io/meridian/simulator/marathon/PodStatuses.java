package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.Comparator;
import java.util.List;

/** Answers of {@code /v2/pods/::status}. Only the simulation thread. */
final class PodStatuses {
    private PodStatuses() {}

    static ObjectNode pod(Service service, String now) {
        List<Instance> listed = Listings.listed(service);
        boolean stable =
                listed.size() == service.current.instances()
                        && listed.stream().allMatch(Instance::isReady);
        String since =
                listed.stream()
                        .map(instance -> instance.since)
                        .max(Comparator.naturalOrder())
                        .orElse(service.current.version());
        ObjectNode status = Json.object().put("id", service.id);
        status.set("spec", PodDefinitions.inStatus(service.current.definition()));
        status.put("status", stable ? "STABLE" : "DEGRADED").put("statusSince", since);
        ArrayNode instances = status.putArray("instances");
        listed.forEach(instance -> instances.add(instance(instance)));
        status.putArray("terminationHistory");
        return status.put("lastUpdated", now).put("lastChanged", since);
    }

    private static ObjectNode instance(Instance instance) {
        ObjectNode node = Json.object().put("id", instance.id);
        node.put("status", statusOf(instance)).put("statusSince", instance.since);
        node.putArray("conditions");
        node.put("agentHostname", instance.agent.host()).put("agentId", instance.agent.id());
        node.put("agentRegion", instance.agent.region()).put("agentZone", instance.agent.zone());
        node.set("resources", resources(instance));
        node.set("networks", networks(instance));
        ArrayNode containers = node.putArray("containers");
        for (int i = 0; i < instance.tasks.size(); i++) {
            containers.add(
                    container(
                            instance,
                            instance.tasks.get(i),
                            instance.spec.definition().path("containers").path(i)));
        }
        node.put(
                "specReference",
                "/v2/pods" + instance.spec.id() + "::versions/" + instance.spec.version());
        node.putArray("localVolumes");
        return node.put("lastUpdated", instance.since)
                .put("lastChanged", instance.since)
                .put("role", instance.spec.definition().path("role").asText("*"));
    }

    private static String statusOf(Instance instance) {
        return switch (instance.condition) {
            case "Running" -> instance.isReady() || !instance.health.known ? "STABLE" : "DEGRADED";
            case "Provisioned", "Starting", "Staging" -> "STAGING";
            case "Unreachable", "UnreachableInactive" -> "DEGRADED";
            case "Killing" -> "DEGRADED";
            default -> "TERMINAL";
        };
    }

    private static ObjectNode container(Instance instance, Task task, JsonNode spec) {
        ObjectNode node = Json.object().put("name", task.container);
        node.put("status", task.state).put("statusSince", task.since);
        node.putArray("conditions");
        if (!task.isTerminal()) {
            node.put("containerId", task.id);
        }
        ArrayNode endpoints = node.putArray("endpoints");
        int next = 0;
        for (JsonNode endpoint : spec.path("endpoints")) {
            ObjectNode entry = endpoints.addObject().put("name", endpoint.path("name").asText());
            if (endpoint.has("hostPort") && next < task.ports.size()) {
                entry.put("allocatedHostPort", task.ports.get(next++));
            }
            if (spec.has("healthCheck") && instance.health.known) {
                entry.put("healthy", instance.health.alive);
            }
        }
        node.set("resources", Json.compactNumbers(spec.path("resources")));
        return node.put("lastUpdated", task.since).put("lastChanged", task.since);
    }

    private static ArrayNode networks(Instance instance) {
        ArrayNode list = Json.array();
        List<Task.Address> addresses = instance.tasks.getFirst().addresses;
        JsonNode networks = instance.spec.definition().path("networks");
        boolean dual = addresses.size() > networks.size();
        for (int i = 0; i < networks.size() && !addresses.isEmpty(); i++) {
            ObjectNode entry = list.addObject();
            if (networks.path(i).has("name")) {
                entry.set("name", networks.path(i).path("name"));
            }
            List<Task.Address> own = dual ? addresses : addresses.subList(i, i + 1);
            entry.set("addresses", Json.strings(own.stream().map(Task.Address::text).toList()));
        }
        return list;
    }

    private static JsonNode resources(Instance instance) {
        JsonNode definition = instance.spec.definition();
        ObjectNode sum = Json.object();
        for (String kind : List.of("cpus", "mem", "disk", "gpus")) {
            double total = definition.path("executorResources").path(kind).asDouble(0);
            for (JsonNode container : definition.path("containers")) {
                total += container.path("resources").path(kind).asDouble(0);
            }
            sum.put(kind, total);
        }
        return Json.compactNumbers(sum);
    }
}
