package io.meridian.testkit.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.marathon.Json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Deployments in progress as {@code /v2/deployments} shows them. Not thread-safe. */
final class DeploymentFold {
    private final Map<String, ObjectNode> deployments = new LinkedHashMap<>();

    void adopt(JsonNode listing) {
        deployments.clear();
        listing.forEach(entry -> deployments.put(entry.path("id").asText(), entry.deepCopy()));
    }

    /** Records that a step of a plan begins. */
    void begun(ObjectNode info, List<String> apps, List<String> pods) {
        deployments.put(info.path("plan").path("id").asText(), listed(info, apps, pods));
    }

    void ended(String id) {
        deployments.remove(id);
    }

    /** Ids of the deployments that change this app. */
    List<String> of(String appId) {
        List<String> ids = new ArrayList<>();
        deployments.forEach(
                (id, deployment) ->
                        deployment
                                .path("affectedApps")
                                .forEach(
                                        affected -> {
                                            if (affected.asText().equals(appId)) {
                                                ids.add(id);
                                            }
                                        }));
        return ids;
    }

    ArrayNode all() {
        ArrayNode list = Json.array();
        deployments.values().forEach(deployment -> list.add(deployment.deepCopy()));
        return list;
    }

    private static ObjectNode listed(ObjectNode info, List<String> apps, List<String> pods) {
        JsonNode plan = info.path("plan");
        ObjectNode entry = Json.object();
        entry.set("id", plan.path("id"));
        entry.set("steps", plan.path("steps"));
        entry.set("version", plan.path("version"));
        entry.set("affectedApps", Json.strings(apps));
        entry.set("affectedPods", Json.strings(pods));
        ArrayNode actions = entry.putArray("currentActions");
        info.path("currentStep")
                .path("actions")
                .forEach(
                        action -> {
                            ObjectNode current = action.deepCopy();
                            current.putArray("readinessCheckResults");
                            actions.add(current);
                        });
        int step = 0;
        for (int i = 0; i < plan.path("steps").size(); i++) {
            step = plan.path("steps").path(i).equals(info.path("currentStep")) ? i + 1 : step;
        }
        return entry.put("currentStep", step).put("totalSteps", plan.path("steps").size());
    }
}
