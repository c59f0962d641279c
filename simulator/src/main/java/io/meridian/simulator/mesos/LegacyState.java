package io.meridian.simulator.mesos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.marathon.Json;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Converts a GET_STATE document to {@code /master/state} (specs: marathon-mesos-api 5.7). Pure. */
final class LegacyState {
    private static final double NANOS = 1e9;

    private LegacyState() {}

    /**
     * @param pids process ids of schedulers by framework id, which v1 does not have
     * @param member {@code host:port} of the answering master
     * @param leader {@code host:port} of the leader; empty without one
     */
    static ObjectNode of(
            JsonNode getState, Map<String, String> pids, String member, String leader, String id) {
        ObjectNode state = Json.object();
        state.put("version", StateDocuments.VERSION).put("id", id);
        state.put("pid", "master@" + member);
        state.put("hostname", member.substring(0, member.lastIndexOf(':')));
        if (!leader.isEmpty()) {
            state.put("leader", "master@" + leader);
        }
        state.put("start_time", 1.0).put("elected_time", 1.0);
        state.putObject("flags").put("authenticate", "false");
        JsonNode agents = getState.path("get_agents");
        state.put("activated_slaves", agents.path("agents").size());
        state.put("deactivated_slaves", 0).put("unreachable_slaves", 0);
        ArrayNode slaves = state.putArray("slaves");
        agents.path("agents").forEach(agent -> slaves.add(slave(agent)));
        ArrayNode recovered = state.putArray("recovered_slaves");
        agents.path("recovered_agents").forEach(info -> recovered.add(slaveInfo(info)));
        ArrayNode frameworks = state.putArray("frameworks");
        Map<String, List<ObjectNode>> tasks = byFramework(getState, "tasks");
        Map<String, List<ObjectNode>> unreachable = byFramework(getState, "unreachable_tasks");
        Map<String, List<ObjectNode>> completed = byFramework(getState, "completed_tasks");
        getState.path("get_frameworks")
                .path("frameworks")
                .forEach(
                        framework -> {
                            ObjectNode json = framework(framework, pids);
                            String key = json.path("id").asText();
                            add(json.putArray("tasks"), tasks, key);
                            add(json.putArray("unreachable_tasks"), unreachable, key);
                            add(json.putArray("completed_tasks"), completed, key);
                            frameworks.add(json);
                        });
        state.putArray("completed_frameworks");
        state.putArray("orphan_tasks");
        state.putArray("unregistered_frameworks");
        return state;
    }

    /** The agents and frameworks of {@code /master/state-summary}. */
    static ObjectNode summary(JsonNode state) {
        ObjectNode summary = Json.object();
        summary.set("hostname", state.path("hostname"));
        summary.put("cluster", "");
        ArrayNode slaves = summary.putArray("slaves");
        state.path("slaves")
                .forEach(
                        slave ->
                                slaves.add(part(slave, "id", "hostname", "port", "pid", "active")));
        ArrayNode frameworks = summary.putArray("frameworks");
        state.path("frameworks")
                .forEach(
                        framework ->
                                frameworks.add(
                                        part(
                                                framework,
                                                "id",
                                                "name",
                                                "pid",
                                                "hostname",
                                                "webui_url",
                                                "active",
                                                "connected")));
        return summary;
    }

    private static ObjectNode part(JsonNode of, String... fields) {
        ObjectNode json = Json.object();
        for (String field : fields) {
            if (of.has(field)) {
                json.set(field, of.path(field));
            }
        }
        return json;
    }

    private static void add(ArrayNode to, Map<String, List<ObjectNode>> from, String key) {
        from.getOrDefault(key, List.of()).forEach(to::add);
    }

    private static Map<String, List<ObjectNode>> byFramework(JsonNode getState, String list) {
        return getState.path("get_tasks")
                .path(list)
                .valueStream()
                .map(LegacyState::task)
                .collect(Collectors.groupingBy(task -> task.path("framework_id").asText()));
    }

    private static ObjectNode slave(JsonNode agent) {
        ObjectNode slave = slaveInfo(agent.path("agent_info"));
        slave.set("pid", agent.path("pid"));
        slave.put(
                "registered_time",
                agent.path("registered_time").path("nanoseconds").asLong() / NANOS);
        slave.set("active", agent.path("active"));
        slave.set("version", agent.path("version"));
        return slave;
    }

    private static ObjectNode slaveInfo(JsonNode info) {
        ObjectNode slave = Json.object();
        slave.set("id", info.path("id").path("value"));
        slave.set("hostname", info.path("hostname"));
        slave.set("port", info.path("port"));
        slave.putObject("attributes");
        slave.set("resources", resources(info.path("resources")));
        return slave;
    }

    private static ObjectNode framework(JsonNode framework, Map<String, String> pids) {
        JsonNode info = framework.path("framework_info");
        ObjectNode json = Json.object();
        json.set("id", info.path("id").path("value"));
        json.set("name", info.path("name"));
        String pid = pids.getOrDefault(json.path("id").asText(), "");
        if (!pid.isEmpty()) {
            json.put("pid", pid);
        }
        for (String field : List.of("hostname", "webui_url", "user", "checkpoint", "principal")) {
            json.set(field, info.path(field));
        }
        json.set("failover_timeout", info.path("failover_timeout"));
        json.put("role", "*");
        ArrayNode capabilities = json.putArray("capabilities");
        info.path("capabilities").forEach(one -> capabilities.add(one.path("type")));
        for (String field : List.of("active", "connected", "recovered")) {
            json.set(field, framework.path(field));
        }
        json.putArray("executors");
        return json;
    }

    private static ObjectNode task(JsonNode task) {
        ObjectNode json = Json.object();
        for (String field : List.of("task_id", "framework_id", "agent_id")) {
            String name =
                    Map.of("task_id", "id", "agent_id", "slave_id").getOrDefault(field, field);
            json.set(name, task.path(field).path("value"));
        }
        json.set("name", task.path("name"));
        json.put("executor_id", "");
        json.set("state", task.path("state"));
        json.set("resources", resources(task.path("resources")));
        json.put("role", "*");
        ArrayNode statuses = json.putArray("statuses");
        task.path("statuses").forEach(status -> statuses.add(status(status)));
        if (task.has("labels")) {
            json.set("labels", task.path("labels").path("labels"));
        }
        for (String field : List.of("discovery", "container", "health_check")) {
            if (task.has(field)) {
                json.set(field, task.path(field));
            }
        }
        return json;
    }

    private static ObjectNode status(JsonNode status) {
        ObjectNode json = Json.object();
        for (String field : List.of("state", "timestamp", "container_status", "healthy")) {
            if (status.has(field)) {
                json.set(field, status.path(field));
            }
        }
        if (status.has("labels")) {
            json.set("labels", status.path("labels").path("labels"));
        }
        return json;
    }

    private static ObjectNode resources(JsonNode resources) {
        ObjectNode json = Json.object();
        json.put("disk", 0).put("gpus", 0);
        resources.forEach(
                resource -> {
                    if (resource.has("scalar")) {
                        json.set(
                                resource.path("name").asText(),
                                resource.path("scalar").path("value"));
                    } else {
                        json.put(resource.path("name").asText(), ranges(resource));
                    }
                });
        return json;
    }

    private static String ranges(JsonNode resource) {
        return resource.path("ranges")
                .path("range")
                .valueStream()
                .map(range -> range.path("begin").asText() + "-" + range.path("end").asText())
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
