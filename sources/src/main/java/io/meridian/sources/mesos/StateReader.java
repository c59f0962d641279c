package io.meridian.sources.mesos;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.domain.text.StorableText;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.json.JsonStream;
import io.meridian.sources.json.RefusedId;
import io.meridian.sources.json.UnreadableJson;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Reads the state of a whole cluster as a stream, element by element: {@code get_state} of the v1
 * API, or {@code /master/state}. Executors and other unused parts are skipped without a tree in
 * memory.
 */
final class StateReader {
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
    private final List<String> unreadable = new ArrayList<>();
    private boolean nameless;

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
                unreadable.size(),
                new SourceSignal.Exceptions(unreadable, nameless));
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
                                TaskReader.frameworkName(TaskReader.text(info, "name")),
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
                        each(parser, node -> keep("task", TaskReader::read, node, tasks));
                case "completed_tasks" ->
                        each(parser, node -> readEnded(TaskReader::read, node, completed));
                case "agents" ->
                        each(parser, node -> keep("agent", StateReader::agent, node, agents));
                case "recovered_agents" -> each(parser, this::recoveredAgent);
                case "frameworks" ->
                        each(
                                parser,
                                node ->
                                        keep(
                                                "framework",
                                                StateReader::framework,
                                                node,
                                                frameworks));
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
                case "leader" -> leader = text(parser);
                case "pid" -> pid = text(parser);
                case "elected_time" -> elected = instant(parser.getValueAsDouble());
                case "slaves" ->
                        each(parser, node -> keep("agent", StateReader::legacyAgent, node, agents));
                case "recovered_slaves" -> {
                    tellsRecovered = true;
                    each(parser, this::recoveredAgent);
                }
                case "frameworks" -> {
                    tellsFrameworks = true;
                    legacyFrameworks(parser);
                }
                case "orphan_tasks" ->
                        each(parser, node -> keep("task", TaskReader::read, node, tasks));
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
                    case "name" -> name = TaskReader.frameworkName(text(parser));
                    case "pid" -> scheduler = text(parser);
                    case "hostname" -> hostname = text(parser);
                    case "tasks", "unreachable_tasks" ->
                            each(
                                    parser,
                                    node ->
                                            keep(
                                                    "task",
                                                    one -> TaskReader.of(one, ""),
                                                    node,
                                                    live));
                    case "completed_tasks" ->
                            each(
                                    parser,
                                    node -> readEnded(one -> TaskReader.of(one, ""), node, over));
                    default -> parser.skipChildren();
                }
            }
            Optional<String> fault = StorableText.fault(id, StorableText.MAX_ID);
            if (id.isEmpty()) {
                addNameless("framework");
            } else if (fault.isPresent()) {
                addRefused("framework", "id " + fault.get());
            } else {
                frameworks.add(new FrameworkReport(id, name, Optional.of(scheduler), hostname));
                String framework = id;
                live.forEach(task -> tasks.add(task.of(framework)));
                over.forEach(task -> completed.add(task.of(framework)));
            }
        }
    }

    private static String text(JsonParser parser) throws IOException {
        return StorableText.of(parser.getValueAsString(""), StorableText.MAX_NAME);
    }

    /** Reads an entry; one without id, or with a refused one, costs itself only. */
    private <T> void keep(
            String what, Function<JsonNode, Optional<T>> read, JsonNode node, Collection<T> into) {
        try {
            read.apply(node).ifPresentOrElse(into::add, () -> addNameless(what));
        } catch (RefusedId e) {
            addRefused(what, e.getMessage());
        }
    }

    private void recoveredAgent(JsonNode node) {
        keep(
                "recovered agent",
                agent -> Optional.of(TaskReader.id(agent, "id")).filter(id -> !id.isEmpty()),
                node,
                recovered);
    }

    /** An ended task that cannot be read needs no end. */
    private static void readEnded(
            Function<JsonNode, Optional<TaskReport>> read,
            JsonNode node,
            Collection<TaskReport> into) {
        try {
            read.apply(node).ifPresent(into::add);
        } catch (RefusedId e) {
            // never known, so there is nothing to end
        }
    }

    private void addNameless(String what) {
        nameless = true;
        unreadable.add("a " + what + " has no id; nothing counts as ended meanwhile");
    }

    private void addRefused(String what, String why) {
        unreadable.add("cannot use a " + what + ": " + why + "; it is left out");
    }

    private static void each(JsonParser parser, Consumer<JsonNode> read) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            parser.skipChildren();
            return;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            JsonNode node = JsonStream.node(parser);
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
