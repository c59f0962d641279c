package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;

/** Marathon's error answer to one request: a status and its JSON body. */
public final class ApiRefusal extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient ObjectNode body;

    private ApiRefusal(int status, ObjectNode body) {
        super(status + " " + body);
        this.status = status;
        this.body = body;
    }

    public int status() {
        return status;
    }

    public ObjectNode body() {
        return body;
    }

    static ApiRefusal message(int status, String message) {
        return new ApiRefusal(status, Json.object().put("message", message));
    }

    static ApiRefusal unknownApp(String id) {
        return message(404, "App '" + id + "' does not exist");
    }

    static ApiRefusal unknownPod(String id) {
        return message(404, "Pod '" + id + "' does not exist");
    }

    static ApiRefusal exists(String what, String id) {
        return message(409, "An " + what + " with id [" + id + "] already exists.");
    }

    /** Refusal of a body that is not JSON. */
    static ApiRefusal unreadable(String detail) {
        return new ApiRefusal(
                400, Json.object().put("message", "Invalid JSON").put("details", detail));
    }

    /** Refusal of JSON of the wrong shape: 422, as for every object that breaks a rule. */
    static ApiRefusal invalidJson(String path, String error) {
        return detailed("Invalid JSON", path, error);
    }

    static ApiRefusal invalidObject(String path, String error) {
        return detailed("Object is not valid", path, error);
    }

    static ApiRefusal locked(List<String> deployments) {
        ObjectNode body =
                Json.object()
                        .put(
                                "message",
                                "App is locked by one or more deployments. Override with the option"
                                        + " '?force=true'. View details at"
                                        + " '/v2/deployments/<DEPLOYMENT_ID>'.");
        ArrayNode list = body.putArray("deployments");
        deployments.forEach(id -> list.addObject().put("id", id));
        return new ApiRefusal(409, body);
    }

    private static ApiRefusal detailed(String message, String path, String error) {
        ObjectNode body = Json.object().put("message", message);
        ObjectNode detail = body.putArray("details").addObject().put("path", path);
        detail.putArray("errors").add(error);
        return new ApiRefusal(422, body);
    }
}
