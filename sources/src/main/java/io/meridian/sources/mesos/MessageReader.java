package io.meridian.sources.mesos;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;

import io.meridian.sources.json.JsonStream;
import io.meridian.sources.json.UnreadableJson;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/**
 * Reads records of the v1 operator API. A state is read one task at a time, so that only its bytes
 * and the fields that Meridian uses are in memory. {@code type} may be the last field of a record.
 */
final class MessageReader {
    private MessageReader() {}

    /** Reads one record of the stream; never throws. */
    static MesosEvent read(byte[] record) {
        try {
            return record(record);
        } catch (UnreadableJson e) {
            return new MesosEvent.Unreadable("", e.getMessage());
        }
    }

    /**
     * Reads a response to {@code GET_STATE}.
     *
     * @throws UnreadableJson if it is anything else or ends too early
     */
    static StateDocument state(InputStream answer) {
        return answer(answer, "get_state", StateReader::v1);
    }

    /**
     * Reads the response to {@code GET_AGENTS}.
     *
     * @return a state of agents only
     * @throws UnreadableJson if it is anything else or ends too early
     */
    static StateDocument agents(InputStream answer) {
        return answer(answer, "get_agents", StateReader::lists);
    }

    private static StateDocument answer(InputStream answer, String part, PartReading reading) {
        return JsonStream.read(
                answer,
                parser -> {
                    StateReader state = new StateReader();
                    boolean found = false;
                    while (next(parser)) {
                        if (parser.currentName().equals(part)) {
                            parser.nextToken();
                            reading.read(state, parser);
                            found = true;
                        } else {
                            parser.nextToken();
                            parser.skipChildren();
                        }
                    }
                    if (!found) {
                        throw new UnreadableJson("$." + part, "is missing");
                    }
                    return state.document();
                });
    }

    /**
     * Reads a {@code /master/state} document.
     *
     * @throws UnreadableJson if the document has no list of frameworks or ends too early
     */
    static StateDocument legacyState(InputStream answer) {
        return JsonStream.read(
                answer,
                parser -> {
                    StateReader state = new StateReader();
                    state.legacy(parser);
                    return state.document();
                });
    }

    private static MesosEvent record(byte[] record) {
        return JsonStream.read(
                new ByteArrayInputStream(record),
                parser -> {
                    String type = "";
                    Optional<StateReader> state = Optional.empty();
                    double heartbeat = 0;
                    JsonNode payload = MissingNode.getInstance();
                    while (next(parser)) {
                        String field = parser.currentName();
                        parser.nextToken();
                        if (field.equals("type")) {
                            type = parser.getValueAsString("");
                        } else if (field.equals("subscribed")) {
                            StateReader reader = new StateReader();
                            heartbeat = subscribed(parser, reader);
                            state = Optional.of(reader);
                        } else {
                            payload = JsonStream.node(parser);
                        }
                    }
                    return state.isPresent()
                            ? new MesosEvent.Subscribed(
                                    "SUBSCRIBED", state.get().document(), heartbeat)
                            : event(type, payload);
                });
    }

    private static double subscribed(JsonParser parser, StateReader state) throws IOException {
        double heartbeat = 0;
        boolean found = false;
        while (next(parser)) {
            String field = parser.currentName();
            parser.nextToken();
            if (field.equals("get_state")) {
                state.v1(parser);
                found = true;
            } else if (field.equals("heartbeat_interval_seconds")) {
                heartbeat = parser.getValueAsDouble();
            } else {
                parser.skipChildren();
            }
        }
        if (!found) {
            throw new UnreadableJson("$.subscribed.get_state", "is missing");
        }
        return heartbeat;
    }

    private static MesosEvent event(String type, JsonNode payload) {
        return switch (type) {
            case "HEARTBEAT" -> new MesosEvent.Heartbeat(type);
            case "TASK_ADDED" ->
                    TaskReader.read(payload.path("task"))
                            .<MesosEvent>map(task -> new MesosEvent.TaskAdded(type, task))
                            .orElseGet(() -> lacks(type, "ids of task and framework"));
            case "TASK_UPDATED" -> updated(type, payload);
            case "FRAMEWORK_ADDED", "FRAMEWORK_UPDATED" ->
                    StateReader.framework(payload.path("framework"))
                            .<MesosEvent>map(found -> new MesosEvent.FrameworkKnown(type, found))
                            .orElseGet(() -> lacks(type, "id of the framework"));
            case "FRAMEWORK_REMOVED" -> {
                String id = TaskReader.id(payload.path("framework_info"), "id");
                yield id.isEmpty()
                        ? lacks(type, "id of the framework")
                        : new MesosEvent.FrameworkRemoved(type, id);
            }
            case "AGENT_ADDED" ->
                    StateReader.agent(payload.path("agent"))
                            .<MesosEvent>map(agent -> new MesosEvent.AgentAdded(type, agent))
                            .orElseGet(() -> lacks(type, "id of the agent"));
            case "AGENT_REMOVED" -> {
                String id = TaskReader.id(payload, "agent_id");
                yield id.isEmpty()
                        ? lacks(type, "id of the agent")
                        : new MesosEvent.AgentRemoved(type, id);
            }
            default -> new MesosEvent.Unknown(type);
        };
    }

    private static MesosEvent updated(String type, JsonNode payload) {
        JsonNode status = payload.path("status");
        String task = TaskReader.id(status, "task_id");
        String framework = TaskReader.id(payload, "framework_id");
        if (task.isEmpty() || framework.isEmpty()) {
            return lacks(type, "ids of task and framework");
        }
        StatusReport report = TaskReader.status(status);
        String state = TaskReader.text(payload, "state");
        return new MesosEvent.TaskUpdated(
                type,
                new TaskKey(framework, task),
                state.isEmpty() ? report.state() : state,
                report);
    }

    private static MesosEvent lacks(String type, String what) {
        return new MesosEvent.Unreadable(type, "it lacks the " + what);
    }

    /** Advances to the next field of the object that the parser is in or about to enter. */
    static boolean next(JsonParser parser) throws IOException {
        JsonToken token = parser.nextToken();
        if (token == JsonToken.START_OBJECT) {
            token = parser.nextToken();
        }
        if (token == JsonToken.FIELD_NAME) {
            return true;
        }
        if (token != JsonToken.END_OBJECT) {
            throw new UnreadableJson("$", "is not the object that it should be: " + token);
        }
        return false;
    }

    @FunctionalInterface
    private interface PartReading {
        void read(StateReader state, JsonParser parser) throws IOException;
    }
}
