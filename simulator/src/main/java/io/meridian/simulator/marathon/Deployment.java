package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;

/**
 * A plan and its progress; each step has one action, all on one service. Only the simulation
 * thread.
 */
final class Deployment {
    /** Action of a step. */
    enum Action {
        START("Start"),
        SCALE("Scale"),
        RESTART("Restart"),
        STOP("Stop");

        private final String word;

        Action(String word) {
            this.word = word;
        }
    }

    final String id;
    final String version;
    final Service service;
    final List<Action> steps;
    int step;

    /** Maximum number of instances of both versions during a restart. */
    int capacity;

    Deployment(String id, String version, Service service, List<Action> steps) {
        this.id = id;
        this.version = version;
        this.service = service;
        this.steps = List.copyOf(steps);
    }

    Action current() {
        return steps.get(step);
    }

    ObjectNode plan() {
        ObjectNode plan = Json.object().put("id", id);
        ArrayNode list = plan.putArray("steps");
        steps.forEach(action -> list.add(step(action)));
        return plan.put("version", version);
    }

    ObjectNode currentStep() {
        return step(current());
    }

    /** As in {@code GET /v2/deployments}. */
    ObjectNode listed() {
        ObjectNode listed = Json.object().put("id", id);
        listed.set("steps", plan().path("steps"));
        listed.put("version", version);
        listed.set("affectedApps", Json.strings(service.pod ? List.of() : List.of(service.id)));
        listed.set("affectedPods", Json.strings(service.pod ? List.of(service.id) : List.of()));
        ObjectNode action = action(current());
        action.putArray("readinessCheckResults");
        listed.putArray("currentActions").add(action);
        return listed.put("currentStep", step + 1).put("totalSteps", steps.size());
    }

    private ObjectNode step(Action action) {
        ObjectNode step = Json.object();
        step.putArray("actions").add(action(action));
        return step;
    }

    private ObjectNode action(Action action) {
        ObjectNode node =
                Json.object().put("action", action.word + (service.pod ? "Pod" : "Application"));
        return node.put(service.pod ? "pod" : "app", service.id);
    }
}
