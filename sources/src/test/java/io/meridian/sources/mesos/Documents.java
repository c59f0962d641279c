package io.meridian.sources.mesos;

import java.util.List;
import java.util.stream.Collectors;

/** Records of the operator API for tests. */
final class Documents {
    private Documents() {}

    static String subscribed(
            List<String> agents,
            List<String> recovered,
            List<String> frameworks,
            List<String> tasks) {
        return "{\"type\":\"SUBSCRIBED\",\"subscribed\":{\"heartbeat_interval_seconds\":15.0,"
                + "\"get_state\":"
                + state(agents, recovered, frameworks, tasks)
                + "}}";
    }

    static String state(
            List<String> agents,
            List<String> recovered,
            List<String> frameworks,
            List<String> tasks) {
        return "{\"get_tasks\":{\"tasks\":["
                + String.join(",", tasks)
                + "]},\"get_executors\":{},\"get_frameworks\":{\"frameworks\":["
                + String.join(",", frameworks)
                + "]},\"get_agents\":{\"agents\":["
                + String.join(",", agents)
                + "],\"recovered_agents\":["
                + recovered.stream()
                        .map("{\"id\":{\"value\":\"%s\"}}"::formatted)
                        .collect(Collectors.joining(","))
                + "]}}";
    }

    static String agent(String id) {
        return agent(id, "slave(1)@" + address(id) + ":5051");
    }

    static String agent(String id, String pid) {
        return """
        {"agent_info":{"hostname":"%s","id":{"value":"%s"},"port":5051},"active":true,"pid":"%s"}\
        """
                .formatted(address(id), id, pid);
    }

    /** Report of agent {@code S7} at 10.0.0.7. */
    static String address(String agent) {
        return "10.0.0." + agent.substring(1);
    }

    /** A snapshot of agents, one framework called kafka, and its tasks. */
    static String cluster(String framework, List<String> agents, String... tasks) {
        return subscribed(
                agents.stream().map(Documents::agent).toList(),
                List.of(),
                List.of(framework(framework, "kafka")),
                List.of(tasks));
    }

    static String agentAdded(String id) {
        return "{\"type\":\"AGENT_ADDED\",\"agent_added\":{\"agent\":" + agent(id) + "}}";
    }

    static String agentRemoved(String id) {
        return "{\"type\":\"AGENT_REMOVED\",\"agent_removed\":{\"agent_id\":{\"value\":\"%s\"}}}"
                .formatted(id);
    }

    static String framework(String id, String name) {
        return """
        {"framework_info":{"id":{"value":"%s"},"name":"%s","hostname":"10.0.1.1"},"active":true}\
        """
                .formatted(id, name);
    }

    static String frameworkAdded(String id, String name) {
        return "{\"type\":\"FRAMEWORK_ADDED\",\"framework_added\":{\"framework\":"
                + framework(id, name)
                + "}}";
    }

    static String frameworkRemoved(String id) {
        return """
        {"type":"FRAMEWORK_REMOVED","framework_removed":{"framework_info":{"id":{"value":"%s"}}}}\
        """
                .formatted(id);
    }

    /** A task on the host's network, with port 9092. */
    static String task(String id, String framework, String agent, String state) {
        return """
        {"name":"%s","task_id":{"value":"%s"},"framework_id":{"value":"%s"},\
        "agent_id":{"value":"%s"},"state":"%s",\
        "resources":[{"name":"ports","ranges":{"range":[{"begin":9092,"end":9092}]}}],\
        "statuses":[%s],\
        "discovery":{"name":"broker","ports":{"ports":[{"number":9092,"protocol":"tcp"}]}}}\
        """
                .formatted(
                        id,
                        id,
                        framework,
                        agent,
                        state,
                        state.equals("TASK_STAGING") ? "" : status(id, agent, state, 1000, ""));
    }

    /**
     * @param more further fields of the object, with a comma before the first
     */
    static String status(String id, String agent, String state, double timestamp, String more) {
        return """
        {"task_id":{"value":"%s"},"state":"%s","agent_id":{"value":"%s"},"timestamp":%s%s,\
        "container_status":{"network_infos":[{"ip_addresses":[{"ip_address":"%s"}]}]}}\
        """
                .formatted(id, state, agent, timestamp, more, address(agent));
    }

    static String taskAdded(String task) {
        return "{\"type\":\"TASK_ADDED\",\"task_added\":{\"task\":" + task + "}}";
    }

    static String taskUpdated(String framework, String state, String status) {
        return """
        {"type":"TASK_UPDATED",\
        "task_updated":{"framework_id":{"value":"%s"},"state":"%s","status":%s}}\
        """
                .formatted(framework, state, status);
    }
}
