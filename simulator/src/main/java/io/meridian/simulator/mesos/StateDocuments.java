package io.meridian.simulator.mesos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.marathon.Json;

/** The parts of v1 messages (specs: marathon-mesos-api 5.4, 5.5). Pure. */
final class StateDocuments {
    static final String VERSION = "1.11.0";
    private static final long NANOS = 1_000_000_000L;
    private static final int FIRST_PORT = 31_000;
    private static final int LAST_PORT = 32_000;

    private StateDocuments() {}

    /** An id as {@code {"value": id}}. */
    static ObjectNode id(String id) {
        return Json.object().put("value", id);
    }

    /** The v1 form of a registered agent. */
    static ObjectNode agent(MesosAgent agent, long registeredSeconds, boolean again) {
        ObjectNode json = Json.object();
        json.set("agent_info", agentInfo(agent));
        json.put("active", true).put("deactivated", false).put("version", VERSION);
        json.put("pid", agent.pid());
        json.putObject("registered_time").put("nanoseconds", registeredSeconds * NANOS);
        if (again) {
            json.putObject("reregistered_time").put("nanoseconds", registeredSeconds * NANOS);
        }
        ArrayNode total = resources();
        total.forEach(resource -> ((ObjectNode) resource).put("role", "*"));
        json.set("total_resources", total);
        ArrayNode capabilities = json.putArray("capabilities");
        capabilities.addObject().put("type", "MULTI_ROLE");
        capabilities.addObject().put("type", "HIERARCHICAL_ROLE");
        capabilities.addObject().put("type", "RESERVATION_REFINEMENT");
        return json;
    }

    /**
     * The registry's AgentInfo of an agent: all that a new leader knows before the agent
     * reregisters.
     */
    static ObjectNode agentInfo(MesosAgent agent) {
        ObjectNode info = Json.object();
        info.set("id", id(agent.id()));
        info.put("hostname", agent.hostname()).put("port", agent.port());
        info.set("resources", resources());
        return info;
    }

    private static ArrayNode resources() {
        ArrayNode resources = Json.array();
        ObjectNode ports = resources.addObject().put("name", "ports").put("type", "RANGES");
        ports.putObject("ranges")
                .putArray("range")
                .addObject()
                .put("begin", FIRST_PORT)
                .put("end", LAST_PORT);
        resources
                .addObject()
                .put("name", "cpus")
                .put("type", "SCALAR")
                .putObject("scalar")
                .put("value", 4.0);
        resources
                .addObject()
                .put("name", "mem")
                .put("type", "SCALAR")
                .putObject("scalar")
                .put("value", 6949.0);
        return resources;
    }

    static ObjectNode framework(
            MesosFramework framework, boolean connected, boolean recovered, long seconds) {
        ObjectNode json = Json.object();
        json.set("framework_info", frameworkInfo(framework));
        json.put("active", connected).put("connected", connected).put("recovered", recovered);
        long nanos = connected ? seconds * NANOS : 0;
        json.putObject("registered_time").put("nanoseconds", nanos);
        json.putObject("reregistered_time").put("nanoseconds", nanos);
        json.putObject("unregistered_time").put("nanoseconds", 0);
        return json;
    }

    static ObjectNode frameworkInfo(MesosFramework framework) {
        ObjectNode info = Json.object();
        info.put("user", "root").put("name", framework.name());
        info.set("id", id(framework.id()));
        info.put("failover_timeout", 604_800.0).put("checkpoint", true);
        info.put("hostname", framework.hostname());
        info.put("principal", framework.name());
        info.put("webui_url", "http://" + framework.hostname());
        if (framework.partitionAware()) {
            info.putArray("capabilities").addObject().put("type", "PARTITION_AWARE");
        }
        info.putArray("roles").add("*");
        return info;
    }

    /** {@code {"type": type}}, with a payload under the type's name in lower case. */
    static ObjectNode message(String type, JsonNode payload) {
        ObjectNode json = Json.object().put("type", type);
        json.set(type.toLowerCase(java.util.Locale.ROOT), payload);
        return json;
    }

    /** A TASK_UPDATED of this status, with the state that the agent knows already. */
    static ObjectNode taskUpdated(MesosTask task, JsonNode status, String state) {
        ObjectNode payload = Json.object();
        payload.set("framework_id", id(task.framework.id()));
        payload.set("status", status);
        payload.put("state", state);
        return message("TASK_UPDATED", payload);
    }
}
