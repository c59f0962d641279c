package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * The event catalogue of Marathon 1.11: field sets and order as recorded. Pure, apart from the
 * clock behind now.
 */
final class Events {
    private final Identities identities;

    Events(Identities identities) {
        this.identities = identities;
    }

    EventFrame statusUpdate(Instance instance, Task task) {
        ObjectNode event = Json.object();
        event.put("slaveId", instance.agent.id())
                .put("taskId", task.id)
                .put("taskStatus", task.state)
                .put("message", task.message)
                .put("appId", instance.spec.id())
                .put("host", instance.agent.host());
        event.set("ipAddresses", Listings.addresses(task));
        event.set("ports", Listings.numbers(task.ports));
        event.put("version", instance.spec.version());
        return stamped(event, "status_update_event");
    }

    EventFrame instanceChanged(Instance instance, String condition) {
        ObjectNode event = Json.object().put("instanceId", instance.id).put("condition", condition);
        event.put("runSpecId", instance.spec.id());
        if (instance.agent.equals(SimulatedAgent.NONE)) {
            event.putNull("agentId").putNull("host");
        } else {
            event.put("agentId", instance.agent.id()).put("host", instance.agent.host());
        }
        event.put("runSpecVersion", instance.spec.version()).put("timestamp", identities.now());
        return EventFrame.of(event.put("eventType", "instance_changed_event"));
    }

    EventFrame unknownInstanceTerminated(Instance instance, String condition) {
        ObjectNode event =
                Json.object().put("instanceId", instance.id).put("runSpecId", instance.spec.id());
        event.put("condition", condition).put("timestamp", identities.now());
        return EventFrame.of(event.put("eventType", "unknown_instance_terminated_event"));
    }

    /** Writes {@code healthy} as JSON null while there is no verdict. */
    EventFrame instanceHealthChanged(Instance instance) {
        ObjectNode event =
                Json.object().put("instanceId", instance.id).put("runSpecId", instance.spec.id());
        if (instance.health.known) {
            event.put("healthy", instance.health.alive);
        } else {
            event.putNull("healthy");
        }
        event.put("runSpecVersion", instance.spec.version()).put("timestamp", identities.now());
        return EventFrame.of(event.put("eventType", "instance_health_changed_event"));
    }

    EventFrame healthStatusChanged(Instance instance) {
        ObjectNode event =
                Json.object()
                        .put("appId", instance.spec.id())
                        .put("instanceId", instance.id)
                        .put("version", instance.spec.version())
                        .put("alive", instance.health.alive);
        return stamped(event, "health_status_changed_event");
    }

    EventFrame failedHealthCheck(Instance instance) {
        ObjectNode event =
                Json.object()
                        .put("appId", instance.spec.id())
                        .put("eventType", "failed_health_check_event");
        event.set("healthCheck", instance.spec.definition().path("healthChecks").path(0));
        event.put("taskId", instance.id).put("timestamp", identities.now());
        return EventFrame.of(event);
    }

    EventFrame addHealthCheck(RunSpec spec, JsonNode check) {
        ObjectNode event =
                Json.object().put("appId", spec.id()).put("eventType", "add_health_check_event");
        event.set("healthCheck", check);
        return EventFrame.of(
                event.put("timestamp", identities.now()).put("version", spec.version()));
    }

    EventFrame removeHealthCheck(String appId) {
        return stamped(Json.object().put("appId", appId), "remove_health_check_event");
    }

    EventFrame appTerminated(String id) {
        return stamped(Json.object().put("appId", id), "app_terminated_event");
    }

    EventFrame apiPost(String uri, ObjectNode definition) {
        ObjectNode event = Json.object().put("clientIp", "127.0.0.1").put("uri", uri);
        event.set("appDefinition", Json.compactNumbers(definition));
        return stamped(event, "api_post_event");
    }

    /**
     * @param type pod_created_event, pod_updated_event or pod_deleted_event
     */
    EventFrame podChanged(String type, String uri) {
        return stamped(Json.object().put("clientIp", "127.0.0.1").put("uri", uri), type);
    }

    EventFrame groupChangeSuccess(String groupId, String version) {
        return stamped(
                Json.object().put("groupId", groupId).put("version", version),
                "group_change_success");
    }

    EventFrame deploymentInfo(Deployment deployment) {
        return step(deployment, "deployment_info");
    }

    EventFrame deploymentStepSuccess(Deployment deployment) {
        return step(deployment, "deployment_step_success");
    }

    EventFrame deploymentSuccess(Deployment deployment) {
        ObjectNode event = Json.object().put("id", deployment.id);
        event.set("plan", deployment.plan());
        return stamped(event, "deployment_success");
    }

    EventFrame deploymentFailed(Deployment deployment, String reason) {
        ObjectNode event = Json.object().put("id", deployment.id);
        event.set("plan", deployment.plan());
        event.put("eventType", "deployment_failed").put("timestamp", identities.now());
        return EventFrame.of(event.put("reason", reason));
    }

    EventFrame streamAttached(String remoteAddress) {
        return stamped(Json.object().put("remoteAddress", remoteAddress), "event_stream_attached");
    }

    EventFrame streamDetached(String remoteAddress) {
        return stamped(Json.object().put("remoteAddress", remoteAddress), "event_stream_detached");
    }

    EventFrame schedulerRegistered() {
        ObjectNode event =
                Json.object()
                        .put("frameworkId", SimulatedAgent.frameworkId())
                        .put("master", "master.mesos");
        return stamped(event, "scheduler_registered_event");
    }

    private EventFrame step(Deployment deployment, String type) {
        ObjectNode event = Json.object();
        event.set("plan", deployment.plan());
        event.set("currentStep", deployment.currentStep());
        return stamped(event, type);
    }

    private EventFrame stamped(ObjectNode event, String type) {
        return EventFrame.of(event.put("eventType", type).put("timestamp", identities.now()));
    }
}
