package io.meridian.sources.marathon;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.domain.service.Health;
import io.meridian.sources.json.Json;
import io.meridian.sources.json.RefusedId;
import io.meridian.sources.json.UnreadableJson;
import io.meridian.sources.marathon.MarathonEvent.Target;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Reads one frame of the event bus as one event. Never throws: an unreadable frame becomes {@link
 * MarathonEvent.Unreadable}. If the frame's name and the JSON's {@code eventType} differ, the
 * JSON's type counts.
 */
final class EventReader {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private EventReader() {}

    static MarathonEvent read(Frame frame) {
        String type = frame.event();
        try {
            Json event = Json.root(MAPPER.readTree(frame.data())).object();
            type = event.at("eventType").textOr(type);
            return read(type, event);
        } catch (RefusedId e) {
            return new MarathonEvent.Refused(type, e.path(), e.why());
        } catch (UnreadableJson e) {
            return new MarathonEvent.Unreadable(type, e.path(), e.why());
        } catch (JsonProcessingException e) {
            return new MarathonEvent.Unreadable(
                    type, "$", "is not JSON: " + e.getOriginalMessage());
        }
    }

    private static MarathonEvent read(String type, Json event) {
        return switch (type) {
            case "status_update_event" -> status(type, event);
            case "instance_changed_event" ->
                    new MarathonEvent.InstanceChanged(
                            type,
                            runSpec(event),
                            event.at("instanceId").id(),
                            event.at("condition").text());
            case "instance_health_changed_event" ->
                    new MarathonEvent.InstanceHealthChanged(
                            type,
                            runSpec(event),
                            event.at("instanceId").id(),
                            health(event.at("healthy")));
            case "unknown_instance_terminated_event" ->
                    new MarathonEvent.UnknownInstanceTerminated(
                            type,
                            runSpec(event),
                            event.at("instanceId").id(),
                            event.at("condition").textOr(""));
            case "app_terminated_event" -> new MarathonEvent.AppTerminated(type, app(event));
            case "health_status_changed_event" ->
                    new MarathonEvent.CheckChanged(
                            type, app(event), checked(event), event.at("alive").flag());
            case "add_health_check_event",
                    "remove_health_check_event",
                    "failed_health_check_event" ->
                    new MarathonEvent.CheckNoticed(type, app(event));
            case "unhealthy_instance_kill_event", "unhealthy_task_kill_event" ->
                    new MarathonEvent.UnhealthyKill(
                            type,
                            app(event),
                            event.at("taskId").text(),
                            event.at("reason").textOr(""));
            case "api_post_event" -> posted(type, event.at("appDefinition").object());
            case "pod_created_event", "pod_updated_event", "pod_deleted_event" ->
                    new MarathonEvent.PodChanged(type, pod(event.at("uri").textOr("")));
            case "group_change_success" ->
                    new MarathonEvent.GroupChanged(type, event.at("groupId").name());
            case "group_change_failed" ->
                    new MarathonEvent.GroupChangeFailed(
                            type, event.at("groupId").name(), event.at("reason").textOr(""));
            case "deployment_info",
                    "deployment_step_success",
                    "deployment_step_failure",
                    "deployment_success",
                    "deployment_failed" ->
                    new MarathonEvent.Deployment(
                            type,
                            distinct(targets(event.at("currentStep"))),
                            distinct(
                                    event.at("plan").at("steps").items().stream()
                                            .flatMap(EventReader::targets)));
            case "scheduler_registered_event",
                    "scheduler_reregistered_event",
                    "scheduler_disconnected_event" ->
                    new MarathonEvent.SchedulerChanged(type, event.at("master").textOr(""));
            case "event_stream_attached", "event_stream_detached" ->
                    new MarathonEvent.SubscriberChanged(type, event.at("remoteAddress").textOr(""));
            case "subscribe_event", "unsubscribe_event" ->
                    new MarathonEvent.SubscriberChanged(type, event.at("callbackUrl").textOr(""));
            case "framework_message_event" -> new MarathonEvent.FrameworkMessage(type);
            default -> new MarathonEvent.Unknown(type);
        };
    }

    private static String app(Json event) {
        return event.at("appId").pathId();
    }

    private static String runSpec(Json event) {
        return event.at("runSpecId").pathId();
    }

    private static MarathonEvent status(String type, Json event) {
        return new MarathonEvent.StatusUpdate(
                type,
                app(event),
                event.at("taskId").id(),
                event.at("taskStatus").name(),
                event.at("message").textOr(""),
                event.at("slaveId").textOr(""),
                AppReader.agent(event.at("slaveId"), event.at("host")).host(),
                AppReader.addresses(event.at("ipAddresses")),
                event.at("ports").items(port -> port.integer(0, 65535)),
                event.at("version").instantOr(Instant.EPOCH));
    }

    private static Health health(Json healthy) {
        return healthy.isAbsent()
                ? Health.UNKNOWN
                : healthy.flag() ? Health.HEALTHY : Health.UNHEALTHY;
    }

    /** The instance id; before Marathon 1.4 derived from the task id that the event has instead. */
    private static String checked(Json event) {
        Json instance = event.at("instanceId");
        return instance.isAbsent()
                ? TaskName.of(event.at("taskId").id()).instance()
                : instance.id();
    }

    private static MarathonEvent posted(String type, Json app) {
        return new MarathonEvent.AppPosted(
                type,
                app.at("id").pathId(),
                AppReader.definition(app),
                app.at("healthChecks").node().size());
    }

    /**
     * The pod id in a URI: {@code /v2/pods//shop/web} and {@code /v2/pods/shop/web?force=true} both
     * give {@code /shop/web}.
     */
    private static String pod(String uri) {
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        String prefix = "/v2/pods/";
        String id = path.startsWith(prefix) ? path.substring(prefix.length()) : "";
        return id.isEmpty() || id.equals("/") ? "" : id.startsWith("/") ? id : "/" + id;
    }

    /**
     * Targets of one step. Marathon's oldest versions and its documentation have no {@code actions}
     * level in plans.
     */
    private static Stream<Target> targets(Json step) {
        List<Json> actions =
                step.at("actions").isAbsent() && !step.isAbsent()
                        ? List.of(step)
                        : step.at("actions").items();
        return actions.stream()
                .flatMap(
                        action ->
                                Stream.concat(
                                        target(action.at("app"), ServiceKind.APP),
                                        target(action.at("pod"), ServiceKind.POD)));
    }

    /** A target with a refused id is left out; the deployment's others are not. */
    private static Stream<Target> target(Json id, ServiceKind kind) {
        try {
            return id.isAbsent() ? Stream.empty() : Stream.of(new Target(kind, id.pathId()));
        } catch (RefusedId e) {
            return Stream.empty();
        }
    }

    private static List<Target> distinct(Stream<Target> targets) {
        Set<Target> distinct = new LinkedHashSet<>();
        targets.forEach(distinct::add);
        return List.copyOf(distinct);
    }
}
