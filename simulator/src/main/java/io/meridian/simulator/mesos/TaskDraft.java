package io.meridian.simulator.mesos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.marathon.Json;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A task as a framework describes it, and what its container reports once it runs. By default a
 * command under the Mesos containerizer in its agent's network, without ports. One thread only,
 * until it is launched.
 */
public final class TaskDraft {
    private static final String PORTS = "ports";

    private final ObjectNode task = Json.object();
    private final ArrayNode requested = Json.array();
    private final ArrayNode reported = Json.array();
    private final ArrayNode statusLabels = Json.array();
    private final List<Integer> hostPorts = new ArrayList<>();
    private boolean listens = true;

    private TaskDraft(String id, String name) {
        task.put("name", name);
        task.putObject("task_id").put("value", id);
        container("MESOS").putObject("mesos");
    }

    public static TaskDraft of(String id, String name) {
        return new TaskDraft(id, name);
    }

    /** Runs the task under Docker; {@code network} is HOST, BRIDGE or USER. */
    public TaskDraft docker(String network) {
        ObjectNode docker = container("DOCKER").putObject("docker");
        docker.put("image", "python:3-alpine").put("network", network);
        docker.put("privileged", false);
        return this;
    }

    private ObjectNode container(String type) {
        return task.putObject("container").put("type", type);
    }

    /** Assigns ports of the agent, each as a range of its own. */
    public TaskDraft hostPorts(int... ports) {
        for (int port : ports) {
            hostPorts.add(port);
        }
        return this;
    }

    /** Adds DiscoveryInfo with this name. */
    public TaskDraft discovery(String name) {
        ObjectNode discovery = task.putObject("discovery");
        discovery.put("visibility", "FRAMEWORK").put("name", name);
        discovery.putObject(PORTS);
        return this;
    }

    /**
     * Adds a port to its DiscoveryInfo; an empty name or protocol is left out.
     *
     * @param labels such as {@code VIP_0}, in this order
     */
    public TaskDraft port(int number, String name, String protocol, Map<String, String> labels) {
        if (!task.has("discovery")) {
            throw new IllegalStateException("a task without DiscoveryInfo has no port: " + id());
        }
        ObjectNode port =
                ((ObjectNode) task.path("discovery").path(PORTS)).withArray(PORTS).addObject();
        port.put("number", number);
        if (!name.isEmpty()) {
            port.put("name", name);
        }
        if (!protocol.isEmpty()) {
            port.put("protocol", protocol);
        }
        if (!labels.isEmpty()) {
            port.set("labels", labels(labels));
        }
        return this;
    }

    /** Adds a label of the task. */
    public TaskDraft label(String key, String value) {
        ObjectNode labels = task.withObject("/labels");
        labels.withArray("labels").addObject().put("key", key).put("value", value);
        return this;
    }

    /** Maps a port of the agent to one of the container, in the containerizer's settings. */
    public TaskDraft mapping(int hostPort, int containerPort, String protocol) {
        JsonNode docker = task.path("container").path("docker");
        if (docker instanceof ObjectNode container) {
            mapping(container, hostPort, containerPort, protocol);
            return this;
        }
        if (requested.isEmpty()) {
            network("mesos-bridge");
        }
        mapping((ObjectNode) requested.get(0), hostPort, containerPort, protocol);
        return this;
    }

    private static void mapping(ObjectNode in, int hostPort, int containerPort, String protocol) {
        in.withArray("port_mappings")
                .addObject()
                .put("host_port", hostPort)
                .put("container_port", containerPort)
                .put("protocol", protocol);
    }

    /** Joins a network with this name. */
    public TaskDraft network(String name) {
        ObjectNode network = requested.addObject();
        if (!isDocker()) {
            network.putArray("ip_addresses").addObject().put("protocol", "IPv4");
            network.putObject("labels");
        }
        network.put("name", name);
        return this;
    }

    /**
     * Makes the running container report these addresses, as one network entry.
     *
     * @param network its name; empty for none, as in an agent's own network
     */
    public TaskDraft address(String network, String... addresses) {
        ObjectNode info = reported.addObject();
        ArrayNode list = info.putArray("ip_addresses");
        for (String address : addresses) {
            list.addObject()
                    .put("protocol", address.contains(":") ? "IPv6" : "IPv4")
                    .put("ip_address", address);
        }
        if (!network.isEmpty()) {
            info.put("name", network);
        }
        return this;
    }

    /** Adds a port mapping to the first reported network, as pods' containers report it. */
    public TaskDraft reportedMapping(int hostPort, int containerPort, String protocol) {
        mapping((ObjectNode) reported.get(0), hostPort, containerPort, protocol);
        return this;
    }

    /** Adds a label to each status; old containerizers reported addresses that way. */
    public TaskDraft statusLabel(String key, String value) {
        statusLabels.addObject().put("key", key).put("value", value);
        return this;
    }

    /**
     * The simulated master opens no socket for this task: the simulated Marathon that launched it
     * does.
     */
    public TaskDraft listensElsewhere() {
        listens = false;
        return this;
    }

    boolean listens() {
        return listens;
    }

    /** Adds a health check that Mesos runs. */
    public TaskDraft healthCheck() {
        ObjectNode check = task.putObject("health_check");
        check.put("type", "TCP").putObject("tcp").put("port", 0);
        return this;
    }

    String id() {
        return task.path("task_id").path("value").asText();
    }

    List<Integer> hostPorts() {
        return List.copyOf(hostPorts);
    }

    boolean isDocker() {
        return task.path("container").path("type").asText().equals("DOCKER");
    }

    /** Networks that the running container reports; empty = its agent's address. */
    ArrayNode reported() {
        ArrayNode copy = reported.deepCopy();
        if (!isDocker() && requested.size() == 1 && copy.size() == 1) {
            JsonNode mappings = requested.get(0).path("port_mappings");
            ObjectNode info = (ObjectNode) copy.get(0);
            if (!mappings.isMissingNode() && !info.has("port_mappings")) {
                info.set("port_mappings", mappings);
            }
        }
        return copy;
    }

    ArrayNode statusLabels() {
        return statusLabels.deepCopy();
    }

    /**
     * The v1 Task without the fields that its agent and master add. The caller may replace and add
     * fields, but not change their values in place, which belong to this draft.
     */
    ObjectNode task() {
        ObjectNode copy = Json.object();
        copy.setAll(task);
        if (!requested.isEmpty()) {
            ObjectNode container = Json.object();
            container.setAll((ObjectNode) task.path("container"));
            copy.set("container", container.set("network_infos", requested));
        }
        ArrayNode resources = copy.putArray("resources");
        scalar(resources, "cpus", 0.1);
        scalar(resources, "mem", 128.0);
        if (!hostPorts.isEmpty()) {
            ObjectNode ports = resources.addObject().put("name", PORTS).put("type", "RANGES");
            ArrayNode ranges = ports.putObject("ranges").putArray("range");
            hostPorts.forEach(port -> ranges.addObject().put("begin", port).put("end", port));
            ports.putObject("allocation_info").put("role", "*");
        }
        return copy;
    }

    private static void scalar(ArrayNode resources, String name, double value) {
        ObjectNode resource = resources.addObject().put("name", name).put("type", "SCALAR");
        resource.putObject("scalar").put("value", value);
        resource.putObject("allocation_info").put("role", "*");
    }

    private static ObjectNode labels(Map<String, String> labels) {
        ObjectNode wrapper = Json.object();
        ArrayNode list = wrapper.putArray("labels");
        labels.forEach((key, value) -> list.addObject().put("key", key).put("value", value));
        return wrapper;
    }
}
