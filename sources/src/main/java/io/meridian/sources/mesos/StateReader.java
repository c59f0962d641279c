package io.meridian.sources.mesos;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import io.meridian.sources.json.UnreadableJson;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Reads the state of a whole cluster as a stream, element by element: {@code get_state} of the v1
 * API, or {@code /master/state}. Executors and other unused parts are skipped without a tree in
 * memory.
 */
final class StateReader {
    private final ObjectMapper mapper;
    private final List<AgentReport> agents = new ArrayList<>();
    private final Set<String> recovered = new TreeSet<>();
    private final List<FrameworkReport> frameworks = new ArrayList<>();
    private final List<TaskReport> tasks = new ArrayList<>();
    private final List<TaskReport> completed = new ArrayList<>();
    private String leader = "";
    private String pid = "";
    private Optional<Instant> elected = Optional.empty();
    private boolean tellsRecovered = true;
    private boolean tellsFrameworks;
    private int unreadable;

    StateReader(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    StateDocument document() {
        return new StateDocument(
                agents,
                recovered,
                frameworks,
                tasks,
                completed,
                leader,
                pid,
                tellsRecovered ? Optional.empty() : elected,
                unreadable);
    }

    /** Reads an {@code Agent} of the v1 API; empty without id. */
    static Optional<AgentReport> agent(JsonNode agent) {
        JsonNode info = agent.path("agent_info");
        String id = TaskReader.id(info, "id");
        return id.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new AgentReport(
                                id,
                                TaskReader.text(agent, "pid"),
                                TaskReader.text(info, "hostname")));
    }

    /** Reads a {@code Framework} of the v1 API, which has no pids; empty without id. */
    static Optional<FrameworkReport> framework(JsonNode framework) {
        JsonNode info = framework.path("framework_info");
        String id = TaskReader.id(info, "id");
        return id.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new FrameworkReport(
                                id,
                                TaskReader.text(info, "name"),
                                Optional.empty(),
                                TaskReader.text(info, "hostname")));
    }

    /**
     * Reads the value of {@code get_state}. The parser is at the value's start, and afterwards at
     * its end.
     */
    void v1(JsonParser parser) throws IOException {
        object(parser, "$.get_state");
        while (MessageReader.next(parser)) {
            String part = parser.currentName();
            parser.nextToken();
            switch (part) {
                case "get_tasks", "get_agents", "get_frameworks" -> lists(parser);
                default -> parser.skipChildren();
            }
        }
    }

    /** Reads the value of {@code get_tasks}, {@code get_agents} or {@code get_frameworks}. */
    void lists(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            parser.skipChildren();
            return;
        }
        while (MessageReader.next(parser)) {
            String list = parser.currentName();
            parser.nextToken();
            switch (list) {
                // pending_tasks are not launched yet and are skipped. Mesos 1.5 called tasks
                // launched_tasks.
                case "tasks", "launched_tasks", "unreachable_tasks", "orphan_tasks" ->
                        each(parser, node -> keep(TaskReader.read(node), tasks::add));
                case "completed_tasks" ->
                        each(parser, node -> TaskReader.read(node).ifPresent(completed::add));
                case "agents" -> each(parser, node -> keep(agent(node), agents::add));
                case "recovered_agents" ->
                        each(parser, node -> recovered.add(TaskReader.id(node, "id")));
                case "frameworks" -> each(parser, node -> keep(framework(node), frameworks::add));
                default -> parser.skipChildren();
            }
        }
    }

    /**
     * Reads the whole document; the parser is before its start.
     *
     * @throws UnreadableJson if the document has no list of frameworks, because it then is no state
     */
    void legacy(JsonParser parser) throws IOException {
        tellsRecovered = false;
        parser.nextToken();
        object(parser, "$");
        while (MessageReader.next(parser)) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "leader" -> leader = parser.getValueAsString("");
                case "pid" -> pid = parser.getValueAsString("");
                case "elected_time" -> elected = instant(parser.getValueAsDouble());
                case "slaves" -> each(parser, node -> keep(legacyAgent(node), agents::add));
                case "recovered_slaves" -> {
                    tellsRecovered = true;
                    each(parser, node -> recovered.add(TaskReader.id(node, "id")));
                }
                case "frameworks" -> {
                    tellsFrameworks = true;
                    legacyFrameworks(parser);
                }
                case "orphan_tasks" ->
                        each(parser, node -> keep(TaskReader.read(node), tasks::add));
                default -> parser.skipChildren();
            }
        }
        if (!tellsFrameworks) {
            throw new UnreadableJson("$.frameworks", "is missing");
        }
    }

    private static Optional<Instant> instant(double seconds) {
        return seconds > 0
                ? Optional.of(Instant.ofEpochMilli((long) (seconds * 1000)))
                : Optional.empty();
    }

    private static Optional<AgentReport> legacyAgent(JsonNode agent) {
        String id = TaskReader.id(agent, "id");
        return id.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new AgentReport(
                                id,
                                TaskReader.text(agent, "pid"),
                                TaskReader.text(agent, "hostname")));
    }

    /**
     * Reads the frameworks with their tasks. As in Mesos-DNS, a task belongs to the framework whose
     * entry holds it; its own framework id is ignored. The tasks may precede the framework's id.
     */
    private void legacyFrameworks(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() == JsonToken.START_OBJECT) {
            String id = "";
            String name = "";
            String scheduler = "";
            String hostname = "";
            List<TaskReport> live = new ArrayList<>();
            List<TaskReport> over = new ArrayList<>();
            while (MessageReader.next(parser)) {
                String field = parser.currentName();
                parser.nextToken();
                switch (field) {
                    case "id" -> id = parser.getValueAsString("");
                    case "name" -> name = parser.getValueAsString("");
                    case "pid" -> scheduler = parser.getValueAsString("");
                    case "hostname" -> hostname = parser.getValueAsString("");
                    case "tasks", "unreachable_tasks" ->
                            each(parser, node -> keep(TaskReader.of(node, ""), live::add));
                    case "completed_tasks" ->
                            each(parser, node -> TaskReader.of(node, "").ifPresent(over::add));
                    default -> parser.skipChildren();
                }
            }
            if (id.isEmpty()) {
                unreadable++;
            } else {
                frameworks.add(new FrameworkReport(id, name, Optional.of(scheduler), hostname));
                String framework = id;
                live.forEach(task -> tasks.add(task.of(framework)));
                over.forEach(task -> completed.add(task.of(framework)));
            }
        }
    }

    private <T> void keep(Optional<T> read, Consumer<T> into) {
        read.ifPresentOrElse(into, () -> unreadable++);
    }

    private void each(JsonParser parser, Consumer<JsonNode> read) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            JsonNode node = mapper.readTree(parser);
            if (node != null) {
                read.accept(node);
            }
        }
    }

    private static void object(JsonParser parser, String path) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new UnreadableJson(path, "is not an object");
        }
    }
}
