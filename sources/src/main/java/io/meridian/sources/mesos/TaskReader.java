package io.meridian.sources.mesos;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.MesosTask.Discovery;
import io.meridian.domain.service.MesosTask.Port;
import io.meridian.domain.service.MesosTask.PortMapping;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.text.StorableText;
import io.meridian.sources.json.RefusedId;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Reads {@code Task} and {@code TaskStatus} in the spelling of the v1 API and of {@code
 * /master/state}. An unreadable part of a task is left out; the task itself never is, because its
 * presence counts.
 */
final class TaskReader {
    private static final String DOCKER_LABEL = "Docker.NetworkSettings.IPAddress";
    private static final String MESOS_LABEL = "MesosContainerizer.NetworkSettings.IPAddress";
    private static final Pattern RANGE = Pattern.compile("([0-9]{1,5})-([0-9]{1,5})");
    private static final int LAST_PORT = 65535;

    private TaskReader() {}

    /**
     * @return the task; empty if the task id or the framework id is missing
     * @throws RefusedId if the domain cannot hold one of them
     */
    static Optional<TaskReport> read(JsonNode task) {
        String framework = id(task, "framework_id");
        return framework.isEmpty() ? Optional.empty() : of(task, framework);
    }

    /**
     * Reads a task from the entry of a framework; the framework id within the task is ignored.
     *
     * @return the task; empty if the task id is missing
     * @throws RefusedId if the domain cannot hold it
     */
    static Optional<TaskReport> of(JsonNode task, String framework) {
        String id = id(task, "task_id", "id");
        if (id.isEmpty()) {
            return Optional.empty();
        }
        JsonNode container = task.path("container");
        return Optional.of(
                new TaskReport(
                        new TaskKey(framework, id),
                        text(task, "name"),
                        reference(task, "agent_id", "slave_id"),
                        text(task, "state"),
                        discovery(task.path("discovery")),
                        text(container, "type").equals("DOCKER")
                                ? Containerizer.DOCKER
                                : Containerizer.MESOS,
                        declared(container),
                        requested(container),
                        hostPorts(task.path("resources")),
                        labels(task.path("labels")),
                        task.path("health_check").isObject(),
                        list(task.path("statuses"), TaskReader::status)));
    }

    static StatusReport status(JsonNode status) {
        JsonNode healthy = status.path("healthy");
        List<JsonNode> labels = pairs(status.path("labels"));
        return new StatusReport(
                text(status, "state"),
                text(status, "reason"),
                status.path("timestamp").asDouble(),
                healthy.isBoolean()
                        ? healthy.booleanValue() ? Health.HEALTHY : Health.UNHEALTHY
                        : Health.UNKNOWN,
                reference(status, "agent_id", "slave_id"),
                status.has("unreachable_time"),
                list(status.path("container_status").path("network_infos"), TaskReader::network),
                labelled(labels, DOCKER_LABEL),
                labelled(labels, MESOS_LABEL));
    }

    /**
     * The first id among the fields: {@code {"value":"x"}} in the v1 API, otherwise plain text;
     * empty if no field has one.
     *
     * @throws RefusedId if the domain cannot hold it
     */
    static String id(JsonNode node, String... fields) {
        for (String field : fields) {
            String value = id(node.path(field));
            if (!value.isEmpty()) {
                StorableText.fault(value, StorableText.MAX_ID)
                        .ifPresent(
                                fault -> {
                                    throw new RefusedId(
                                            field,
                                            "\"" + StorableText.of(value, 60) + "\" " + fault);
                                });
                return value;
            }
        }
        return "";
    }

    private static String id(JsonNode id) {
        return id.isObject() ? id.path("value").asText("") : id.asText("");
    }

    /**
     * The id of something that this document only refers to, as {@link StorableText#of} keeps it:
     * an unknown agent must not cost the task.
     */
    private static String reference(JsonNode node, String... fields) {
        for (String field : fields) {
            String value = id(node.path(field));
            if (!value.isEmpty()) {
                return StorableText.of(value, StorableText.MAX_ID);
            }
        }
        return "";
    }

    /** The string, as {@link StorableText#of} keeps it; empty if the field has none. */
    static String text(JsonNode node, String field) {
        JsonNode found = node.path(field);
        return found.isTextual() ? StorableText.of(found.textValue(), StorableText.MAX_NAME) : "";
    }

    /** The name of a framework: part of service ids, so its bound is smaller. */
    static String frameworkName(String name) {
        return StorableText.of(name, StorableText.MAX_FRAMEWORK);
    }

    private static Optional<Discovery> discovery(JsonNode discovery) {
        return discovery.isObject()
                ? Optional.of(
                        new Discovery(
                                text(discovery, "name"),
                                list(
                                                discovery.path("ports").path("ports"),
                                                TaskReader::discoveryPort)
                                        .stream()
                                        .flatMap(Optional::stream)
                                        .toList()))
                : Optional.empty();
    }

    private static Optional<Port> discoveryPort(JsonNode port) {
        return port(port, "number")
                .map(
                        number ->
                                new Port(
                                        number,
                                        text(port, "protocol"),
                                        text(port, "name"),
                                        labels(port.path("labels"))));
    }

    private static Optional<Integer> port(JsonNode node, String field) {
        JsonNode number = node.path(field);
        return number.isNumber() && number.asLong() >= 0 && number.asLong() <= LAST_PORT
                ? Optional.of(number.asInt())
                : Optional.empty();
    }

    /**
     * The network mode of a Docker container; empty for other containers, which name networks but
     * declare no mode.
     */
    private static Optional<NetworkMode> declared(JsonNode container) {
        if (!text(container, "type").equals("DOCKER")) {
            return Optional.empty();
        }
        return switch (text(container.path("docker"), "network")) {
            case "BRIDGE" -> Optional.of(NetworkMode.BRIDGE);
            case "USER", "NONE" -> Optional.of(NetworkMode.CONTAINER);
            case "HOST" -> Optional.of(NetworkMode.HOST);
            default -> Optional.empty();
        };
    }

    private static List<StatusReport.Network> requested(JsonNode container) {
        List<StatusReport.Network> networks =
                new ArrayList<>(list(container.path("network_infos"), TaskReader::network));
        List<PortMapping> docker = mappings(container.path("docker"));
        if (!docker.isEmpty()) {
            networks.add(new StatusReport.Network("", List.of(), docker));
        }
        return networks;
    }

    private static StatusReport.Network network(JsonNode info) {
        List<IpAddress> addresses =
                list(info.path("ip_addresses"), each -> text(each, "ip_address")).stream()
                        .flatMap(text -> IpAddress.parse(text).stream())
                        .toList();
        // Mesos 0.25 had one address and no list.
        List<IpAddress> old =
                IpAddress.parse(text(info, "ip_address")).map(List::of).orElse(List.of());
        return new StatusReport.Network(
                text(info, "name"), addresses.isEmpty() ? old : addresses, mappings(info));
    }

    private static List<PortMapping> mappings(JsonNode node) {
        List<PortMapping> mappings = new ArrayList<>();
        for (JsonNode mapping : node.path("port_mappings")) {
            Optional<Integer> host = port(mapping, "host_port");
            Optional<Integer> container = port(mapping, "container_port");
            if (host.isPresent() && container.isPresent()) {
                mappings.add(
                        new PortMapping(host.get(), container.get(), text(mapping, "protocol")));
            }
        }
        return mappings;
    }

    /**
     * Host ports of the resources. The v1 API has a list in which several entries may hold ports;
     * {@code /master/state} has the text {@code "[a-b, c-d]"}.
     */
    private static List<Integer> hostPorts(JsonNode resources) {
        LinkedHashSet<Integer> ports = new LinkedHashSet<>();
        if (resources.isObject()) {
            Matcher ranges = RANGE.matcher(text(resources, "ports"));
            while (ranges.find()) {
                add(ports, Long.parseLong(ranges.group(1)), Long.parseLong(ranges.group(2)));
            }
            return List.copyOf(ports);
        }
        for (JsonNode resource : resources) {
            if (text(resource, "name").equals("ports")) {
                for (JsonNode range : resource.path("ranges").path("range")) {
                    add(ports, range.path("begin").asLong(-1), range.path("end").asLong(-1));
                }
            }
        }
        return List.copyOf(ports);
    }

    private static void add(LinkedHashSet<Integer> ports, long begin, long end) {
        for (long port = Math.max(begin, 0); port <= Math.min(end, LAST_PORT); port++) {
            ports.add((int) port);
        }
    }

    /** Labels by key; the first of several labels with one key counts. */
    private static SortedMap<String, String> labels(JsonNode labels) {
        SortedMap<String, String> map = new TreeMap<>();
        for (JsonNode label : pairs(labels)) {
            map.putIfAbsent(text(label, "key"), text(label, "value"));
        }
        return map;
    }

    /** The label objects: {@code {"labels":[...]}} in the v1 API, otherwise the list alone. */
    private static List<JsonNode> pairs(JsonNode labels) {
        return list(labels.isArray() ? labels : labels.path("labels"), Function.identity());
    }

    private static List<IpAddress> labelled(List<JsonNode> labels, String key) {
        return labels.stream()
                .filter(label -> text(label, "key").equals(key))
                .flatMap(label -> IpAddress.parse(text(label, "value")).stream())
                .distinct()
                .toList();
    }

    static <T> List<T> list(JsonNode array, Function<JsonNode, T> read) {
        Stream<JsonNode> items = StreamSupport.stream(array.spliterator(), false);
        return array.isArray() ? items.map(read).toList() : List.of();
    }
}
