package io.meridian.testkit.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.http.WireRequest;
import io.meridian.simulator.http.WireResponse;
import io.meridian.simulator.marathon.Json;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Marathon's REST answers from a replayed state; read only. One thread at a time. */
final class ReplayRoutes {
    private static final Pattern APP =
            Pattern.compile("^/v2/apps/+(.*?)(?:/(tasks|versions)(?:/([^/]+))?)?$");
    private static final Pattern POD = Pattern.compile("^/v2/pods/+(.+?)(::status)?$");

    private final ReplayState state;

    ReplayRoutes(ReplayState state) {
        this.state = state;
    }

    /**
     * @param leader {@code http://host:port}, as recorded
     */
    WireResponse answer(WireRequest request, String leader) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return message(405, "a recording cannot be changed");
        }
        String path = request.path();
        return switch (path) {
            case "/v2/apps", "/v2/apps/" -> ok(apps(request));
            case "/v2/tasks" -> ok(state.tasks());
            case "/v2/pods/::status" -> ok(state.podStatuses());
            case "/v2/pods", "/v2/pods/" -> ok(pods());
            case "/v2/deployments" -> ok(state.deployments());
            case "/v2/groups", "/v2/groups/" -> ok(groups());
            case "/v2/queue" ->
                    ok(
                            recorded("queue")
                                    .orElseGet(
                                            () -> {
                                                ObjectNode empty = Json.object();
                                                empty.putArray("queue");
                                                return empty;
                                            }));
            case "/v2/leader" -> ok(Json.object().put("leader", hostPort(leader)));
            case "/v2/info" -> ok(info(leader));
            case "/ping" -> WireResponse.of(200, "text/plain", "pong");
            default -> single(path);
        };
    }

    private JsonNode apps(WireRequest request) {
        JsonNode answer = state.apps();
        List<String> embeds = request.parameters("embed");
        boolean failures = embeds.contains("apps.failures");
        for (JsonNode app : answer.path("apps")) {
            if (!failures && !embeds.contains("apps.tasks")) {
                ((ObjectNode) app).remove("tasks");
            }
            if (!failures && !embeds.contains("apps.lastTaskFailure")) {
                ((ObjectNode) app).remove("lastTaskFailure");
            }
        }
        return answer;
    }

    private JsonNode pods() {
        return recorded("pods")
                .orElseGet(
                        () -> {
                            ArrayNode list = Json.array();
                            state.podStatuses().forEach(status -> list.add(status.path("spec")));
                            return list;
                        });
    }

    private JsonNode groups() {
        return recorded("groups")
                .orElseGet(
                        () -> {
                            ObjectNode group = Json.object().put("id", "/");
                            ArrayNode list = group.putArray("apps");
                            state.apps().path("apps").forEach(list::add);
                            group.set("pods", pods());
                            group.putArray("groups");
                            group.putArray("dependencies");
                            return group;
                        });
    }

    private JsonNode info(String leader) {
        JsonNode info =
                state.latest()
                        .flatMap(snapshot -> snapshot.answer("info"))
                        .orElseGet(
                                () ->
                                        Json.object()
                                                .put("name", "marathon")
                                                .put("version", "1.11.26"));
        return ((ObjectNode) info).put("leader", hostPort(leader));
    }

    private WireResponse single(String path) {
        Matcher app = APP.matcher(path);
        if (app.matches()) {
            return app(
                    "/" + app.group(1),
                    Optional.ofNullable(app.group(2)),
                    Optional.ofNullable(app.group(3)));
        }
        Matcher pod = POD.matcher(path);
        if (pod.matches()) {
            String id = "/" + pod.group(1);
            for (JsonNode status : state.podStatuses()) {
                if (status.path("id").asText().equals(id)) {
                    return ok(pod.group(2) == null ? status.path("spec") : status);
                }
            }
            return message(404, "pod with id " + id + " not found");
        }
        return message(500, "URI not found: " + path);
    }

    private WireResponse app(String id, Optional<String> part, Optional<String> detail) {
        if (part.isPresent() && part.get().equals("versions")) {
            if (detail.isPresent()) {
                return state.version(id, detail.get())
                        .map(ReplayRoutes::ok)
                        .orElseGet(() -> message(404, "App '" + id + "' does not exist"));
            }
            ObjectNode answer = Json.object();
            answer.set("versions", Json.strings(state.versions(id)));
            return ok(answer);
        }
        for (JsonNode app : state.apps().path("apps")) {
            if (app.path("id").asText().equals(id)) {
                ObjectNode answer = Json.object();
                if (part.isPresent()) {
                    answer.set("tasks", app.path("tasks"));
                } else {
                    answer.set("app", app);
                }
                return ok(answer);
            }
        }
        return message(404, "App '" + id + "' does not exist");
    }

    private Optional<JsonNode> recorded(String kind) {
        return state.exact().flatMap(snapshot -> snapshot.answer(kind));
    }

    private static String hostPort(String leader) {
        return leader.replaceFirst("^https?://", "");
    }

    private static WireResponse ok(JsonNode body) {
        return WireResponse.of(200, "application/json", body.toString());
    }

    private static WireResponse message(int status, String message) {
        return WireResponse.of(
                status, "application/json", Json.object().put("message", message).toString());
    }
}
