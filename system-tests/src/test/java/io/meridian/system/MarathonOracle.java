package io.meridian.system;

import com.fasterxml.jackson.databind.JsonNode;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Computes the tables that Mesos-DNS and dcos-net would make of Marathon's listings, from raw JSON.
 * Written from their documentation without any class of the program, so that the two are
 * independent.
 *
 * <p>Meridian's own contract takes precedence: an unhealthy task's backend is draining with weight
 * 0; a task with health checks and no verdict has no backend; an unreachable one stays in its VIP
 * as unreachable; a port without a number has no record.
 */
final class MarathonOracle {
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final String FRAMEWORK = "marathon";

    private final BiFunction<String, String, Optional<JsonNode>> definitions;

    /**
     * @param definitions an app's definition by id and version, where it is known
     */
    MarathonOracle(BiFunction<String, String, Optional<JsonNode>> definitions) {
        this.definitions = definitions;
    }

    /** A port of a task, from any of Marathon's port models. */
    private record Port(
            int host, int container, List<String> protocols, String name, List<String> vips) {}

    /** The fields of a task that names and backends depend on. */
    private record Seen(
            String service,
            String id,
            String agentId,
            List<String> agent,
            List<String> own,
            String state,
            boolean checked,
            Optional<Boolean> healthy,
            String mode,
            List<Port> ports) {
        Seen onAgent(List<String> addresses) {
            return new Seen(
                    service, id, agentId, addresses, own, state, checked, healthy, mode, ports);
        }
    }

    /**
     * @param apps answer of {@code /v2/apps?embed=apps.tasks}
     * @param pods answer of {@code /v2/pods/::status}
     */
    List<ExpectedTask> tasks(JsonNode apps, JsonNode pods) {
        List<ExpectedTask> all = new ArrayList<>();
        for (JsonNode app : apps.path("apps")) {
            app.path("tasks").forEach(task -> all.add(expected(task(app, task))));
        }
        for (JsonNode pod : pods) {
            for (JsonNode instance : pod.path("instances")) {
                for (JsonNode container : instance.path("containers")) {
                    if (container.has("containerId")) {
                        all.add(expected(container(pod, instance, container)));
                    }
                }
            }
        }
        return all;
    }

    /**
     * Takes the agent's address from a host-mode task where the agent's name cannot be resolved.
     */
    private static ExpectedTask expected(Seen seen) {
        Seen whole =
                seen.agent.isEmpty() && seen.mode.equals("host") ? seen.onAgent(seen.own) : seen;
        return new ExpectedTask(seen.id, records(whole, seen.agent), backends(whole));
    }

    // Apps

    private Seen task(JsonNode app, JsonNode task) {
        String id = app.path("id").asText();
        JsonNode definition = app;
        String version = task.path("version").asText();
        String changed = app.path("versionInfo").path("lastConfigChangeAt").asText("");
        if (version.compareTo(changed) < 0) {
            definition = definitions.apply(id, version).orElse(app);
        }
        List<String> own = new ArrayList<>();
        task.path("ipAddresses").forEach(ip -> own.add(plain(ip.path("ipAddress").asText())));
        boolean alive = true;
        for (JsonNode result : task.path("healthCheckResults")) {
            alive &= result.path("alive").booleanValue();
        }
        int checks = definition.path("healthChecks").size();
        int results = task.path("healthCheckResults").size();
        return new Seen(
                id,
                task.path("id").asText(),
                task.path("slaveId").asText(),
                addresses(task.path("host").asText()),
                own,
                task.path("state").asText(),
                checks > 0,
                results == 0 ? Optional.empty() : Optional.of(alive),
                definition.path("networks").path(0).path("mode").asText("host"),
                ports(definition, task.path("ports")));
    }

    /** Assigns host ports in the order of the definitions that have one. */
    private static List<Port> ports(JsonNode definition, JsonNode allocated) {
        List<Port> ports = new ArrayList<>();
        boolean host =
                definition.path("networks").path(0).path("mode").asText("host").equals("host");
        JsonNode list =
                host
                        ? definition.path("portDefinitions")
                        : definition.path("container").path("portMappings");
        int next = 0;
        for (JsonNode port : list) {
            int number = 0;
            if (host || port.hasNonNull("hostPort")) {
                number = allocated.path(next++).asInt(0);
            }
            ports.add(
                    new Port(
                            number,
                            port.path("containerPort").asInt(0),
                            List.of(port.path("protocol").asText("tcp").split(",")),
                            port.path("name").asText(""),
                            vips(port.path("labels"))));
        }
        return ports;
    }

    // Pods

    private static Seen container(JsonNode pod, JsonNode instance, JsonNode container) {
        JsonNode definition = pod.path("spec");
        List<String> own = new ArrayList<>();
        instance.path("networks")
                .forEach(net -> net.path("addresses").forEach(ip -> own.add(plain(ip.asText()))));
        JsonNode spec = named(definition.path("containers"), container.path("name").asText());
        List<Port> ports = new ArrayList<>();
        Optional<Boolean> healthy = Optional.empty();
        for (JsonNode endpoint : spec.path("endpoints")) {
            JsonNode status = named(container.path("endpoints"), endpoint.path("name").asText());
            List<String> protocols = new ArrayList<>();
            endpoint.path("protocol").forEach(protocol -> protocols.add(protocol.asText()));
            ports.add(
                    new Port(
                            status.path("allocatedHostPort").asInt(0),
                            endpoint.path("containerPort").asInt(0),
                            protocols.isEmpty() ? List.of("tcp") : protocols,
                            endpoint.path("name").asText(""),
                            vips(endpoint.path("labels"))));
            if (status.has("healthy")) {
                healthy = Optional.of(status.path("healthy").booleanValue());
            }
        }
        for (JsonNode condition : container.path("conditions")) {
            if (condition.path("name").asText().equals("healthy")) {
                healthy = Optional.of(condition.path("value").asText().equals("true"));
            }
        }
        return new Seen(
                pod.path("id").asText(),
                container.path("containerId").asText(),
                instance.path("agentId").asText(),
                addresses(instance.path("agentHostname").asText()),
                own,
                container.path("status").asText(),
                spec.has("healthCheck"),
                healthy,
                definition.path("networks").path(0).path("mode").asText("host"),
                ports);
    }

    private static JsonNode named(JsonNode list, String name) {
        for (JsonNode entry : list) {
            if (entry.path("name").asText().equals(name)) {
                return entry;
            }
        }
        return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }

    // Names: mesos-dns 1.2, 1.5, 1.6 with a discovery name, which Marathon always sets

    /**
     * @param unnamed addresses of an agent that Marathon knows by an address only; Meridian gives
     *     such an agent a name
     */
    private static List<String> records(Seen task, List<String> unnamed) {
        if (!task.state.equals("TASK_RUNNING")) {
            return List.of();
        }
        List<String> parts = Arrays.asList(task.service.substring(1).split("/"));
        String discovery = String.join(".", parts.reversed());
        List<String> records = new ArrayList<>();
        for (String x : Stream.of(discovery, mangled(discovery)).distinct().toList()) {
            String tail =
                    "-"
                            + TaskNameHash.of(task.id)
                            + "-"
                            + mangled(task.agentId.substring(task.agentId.lastIndexOf('-') + 1));
            for (String host : List.of(x, x + tail)) {
                addresses(records, host + ".marathon.mesos.", own(task));
                addresses(records, host + ".marathon.slave.mesos.", task.agent);
            }
            for (Port port : task.ports) {
                services(records, x, x + tail, port);
            }
            if (!x.contains(".") && !own(task).isEmpty()) {
                records.add("%s%s.marathon.mesos. TXT \"task=%s\"".formatted(x, tail, task.id));
            }
        }
        addresses(records, mangled(task.agentId) + ".slave.mesos.", unnamed);
        return records;
    }

    private static List<String> own(Seen task) {
        return task.own.isEmpty() ? task.agent : task.own;
    }

    private static void addresses(List<String> records, String name, List<String> addresses) {
        for (String address : addresses) {
            records.add(name + (address.contains(":") ? " AAAA " : " A ") + address);
        }
    }

    private static void services(List<String> records, String x, String own, Port port) {
        if (port.host != 0) {
            for (String protocol : List.of("tcp", "udp")) {
                records.add(
                        "_%s._%s.marathon.slave.mesos. SRV 0 1 %d %s.marathon.slave.mesos."
                                .formatted(x, protocol, port.host, own));
            }
        }
        int number = port.host != 0 ? port.host : port.container;
        if (number == 0) {
            return;
        }
        List<String> protocols = new ArrayList<>(port.protocols);
        if (protocols.size() > 1) {
            protocols.add(String.join("", protocols));
        }
        for (String protocol : protocols) {
            String service = "_%s._%s.marathon.mesos.".formatted(x, protocol);
            String data = " SRV 0 1 %d %s.marathon.mesos.".formatted(number, own);
            records.add(service + data);
            if (!mangled(port.name).isEmpty()) {
                records.add("_" + mangled(port.name) + "." + service + data);
            }
        }
    }

    /** Mesos-DNS: one label; names in recordings are short, so nothing is cut. */
    private static String mangled(String text) {
        return text.toLowerCase(java.util.Locale.ROOT)
                .replaceAll("[._]", "-")
                .replaceAll("[^a-z0-9-]", "")
                .replaceAll("^-+|-+$", "");
    }

    // VIPs: dcos-net 2.1, 2.2; marathon-mesos-api 3.4, 3.5

    private static List<String> vips(JsonNode labels) {
        List<String> vips = new ArrayList<>();
        labels.properties()
                .forEach(
                        label -> {
                            if (label.getKey().startsWith("VIP")
                                    || label.getKey().startsWith("vip")) {
                                vips.add(label.getValue().asText());
                            }
                        });
        return vips;
    }

    private static Map<String, List<ExpectedTask.Backend>> backends(Seen task) {
        Map<String, List<ExpectedTask.Backend>> backends = new HashMap<>();
        Optional<String> state = backendState(task);
        if (state.isEmpty()) {
            return backends;
        }
        for (Port port : task.ports) {
            for (String vip : port.vips) {
                int colon = vip.lastIndexOf(':');
                String name = vip.substring(0, colon);
                boolean literal = IPV4.matcher(name).matches() || name.contains(":");
                for (String protocol : port.protocols) {
                    String key =
                            protocol
                                    + " "
                                    + (literal ? name : fragment(name) + "." + FRAMEWORK)
                                    + vip.substring(colon);
                    for (ExpectedTask.Backend backend : backends(task, port, state.get())) {
                        if (!literal || name.contains(":") == backend.address().contains(":")) {
                            backends.computeIfAbsent(key, _ -> new ArrayList<>()).add(backend);
                        }
                    }
                }
            }
        }
        return backends;
    }

    private static Optional<String> backendState(Seen task) {
        boolean noVerdict = task.checked && task.healthy.isEmpty();
        return switch (task.state) {
            case "TASK_KILLING" -> Optional.of("draining");
            case "TASK_UNREACHABLE" -> noVerdict ? Optional.empty() : Optional.of("unreachable");
            case "TASK_RUNNING" ->
                    noVerdict
                            ? Optional.empty()
                            : Optional.of(task.healthy.orElse(true) ? "serving" : "draining");
            default -> Optional.empty();
        };
    }

    /**
     * Addresses of a backend: one per family of the agent for a host port, otherwise all of the
     * task's own.
     */
    private static List<ExpectedTask.Backend> backends(Seen task, Port port, String state) {
        int weight = state.equals("serving") ? 1 : 0;
        if (port.host != 0) {
            return Stream.concat(
                            task.agent.stream().filter(ip -> !ip.contains(":")).limit(1),
                            task.agent.stream().filter(ip -> ip.contains(":")).limit(1))
                    .map(ip -> new ExpectedTask.Backend(ip, port.host, weight, task.id, state))
                    .toList();
        }
        if (port.container == 0 || !task.mode.equals("container")) {
            return List.of();
        }
        return task.own.stream()
                .map(ip -> new ExpectedTask.Backend(ip, port.container, weight, task.id, state))
                .toList();
    }

    /** dcos-net's {@code domain_frag}. */
    private static String fragment(String text) {
        return Arrays.stream(text.toLowerCase(java.util.Locale.ROOT).split("\\."))
                .map(label -> label.replace('_', '-').replaceAll("[^a-z0-9-]", ""))
                .map(label -> label.replaceAll("^-+|-+$", ""))
                .filter(label -> !label.isEmpty())
                .reduce((left, right) -> left + "." + right)
                .orElse("");
    }

    // Addresses

    private static List<String> addresses(String host) {
        if (host.isEmpty()) {
            return List.of();
        }
        if (IPV4.matcher(host).matches()) {
            return List.of(host);
        }
        try {
            return Arrays.stream(InetAddress.getAllByName(host))
                    .map(address -> plain(address.getHostAddress()))
                    .toList();
        } catch (UnknownHostException unknown) {
            return List.of();
        }
    }

    /**
     * IPv6 in its shortest form (RFC 5952), written here for the few shapes that recordings have.
     */
    static String plain(String address) {
        if (!address.contains(":")) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress();
            int[] groups = new int[8];
            for (int i = 0; i < 8; i++) {
                groups[i] = (bytes[2 * i] & 255) << 8 | bytes[2 * i + 1] & 255;
            }
            String full =
                    String.join(":", Arrays.stream(groups).mapToObj(Integer::toHexString).toList());
            String best = full;
            for (String zeros = "0:0:0:0:0:0:0:0"; zeros.length() > 1; ) {
                Optional<String> shorter = shortened(full, zeros);
                if (shorter.isPresent()) {
                    best = shorter.get();
                    break;
                }
                zeros = zeros.substring(2);
            }
            return best;
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException(address, impossible);
        }
    }

    private static Optional<String> shortened(String full, String zeros) {
        String padded = ":" + full + ":";
        int at = padded.indexOf(":" + zeros + ":");
        if (at < 0) {
            return Optional.empty();
        }
        String head = at == 0 ? "" : padded.substring(1, at);
        int end = at + zeros.length() + 2;
        String tail = end >= padded.length() ? "" : padded.substring(end, padded.length() - 1);
        return Optional.of(head + "::" + tail);
    }
}
