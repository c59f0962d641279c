package io.meridian.lb.marathon;

import io.meridian.domain.lb.HealthCheck;
import io.meridian.domain.lb.LbApp;
import io.meridian.domain.lb.LbTask;
import io.meridian.domain.lb.Problem;
import io.meridian.domain.lb.RefusedException;
import io.meridian.domain.lb.Text;

import org.jspecify.annotations.Nullable;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads Marathon's answer to {@code GET /v2/apps?embed=apps.tasks} (spec of Marathon-LB, 1.7). An
 * app or task that cannot be read is left out and becomes a problem.
 *
 * @param apps apps in the order of the answer
 * @param problems apps and tasks that are left out
 */
public record AppsDocument(List<LbApp> apps, List<Problem> problems) {
    private static final Pattern ADDRESS = Pattern.compile("[0-9A-Za-z.:%_-]+");

    /**
     * Where the address and the ports of an app's tasks come from. {@code UNKNOWN} is a mode that
     * Marathon does not document: the Mesos agent's address with the ports of the container.
     */
    enum Network {
        HOST,
        BRIDGE,
        CONTAINER,
        UNKNOWN;

        static Network of(Object mode) {
            return switch (String.valueOf(mode)) {
                case "host" -> HOST;
                case "container/bridge" -> BRIDGE;
                case "container" -> CONTAINER;
                default -> UNKNOWN;
            };
        }

        boolean mapsServicePorts() {
            return this == BRIDGE || this == CONTAINER;
        }
    }

    /**
     * @throws RefusedException if the bytes are not JSON with a list {@code apps}
     */
    public static AppsDocument of(byte[] json) throws RefusedException {
        Map<String, Object> document = Json.object(Json.read(json));
        if (!(document.get("apps") instanceof List<?> list)) {
            throw new RefusedException("has no list \"apps\"");
        }
        List<LbApp> apps = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (Object element : list) {
            Map<String, Object> app = Json.object(element);
            String id = Json.text(app, "id");
            try {
                if (id == null || id.isEmpty()) {
                    throw new RefusedException("id is missing");
                }
                apps.add(app(id, app, problems));
            } catch (RefusedException e) {
                problems.add(Problem.ofApp(String.valueOf(id), String.valueOf(e.getMessage())));
            }
        }
        return new AppsDocument(apps, problems);
    }

    private static LbApp app(String id, Map<String, Object> app, List<Problem> problems)
            throws RefusedException {
        for (String member : List.of("labels", "tasks")) {
            if (!app.containsKey(member)) {
                throw new RefusedException(member + " is missing or null");
            }
        }
        Network network = network(app);
        List<Map<String, Object>> mappings = portMappings(app);
        List<Integer> servicePorts = servicePorts(app, network, mappings);
        List<LbTask> tasks = new ArrayList<>();
        for (Map<String, Object> task : Json.objects(app, "tasks")) {
            String taskId = String.valueOf(Json.text(task, "id"));
            try {
                tasks.add(task(taskId, app, network, mappings, task));
            } catch (RefusedException e) {
                problems.add(new Problem(id, "task " + taskId, String.valueOf(e.getMessage())));
            }
        }
        return new LbApp(
                id,
                labels(app),
                servicePorts,
                network == Network.CONTAINER,
                Json.objects(app, "healthChecks").stream().map(HealthCheck::new).toList(),
                tasks,
                app.get("instances") instanceof BigInteger instances ? instances.intValue() : 0,
                Json.text(Json.object(app, "versionInfo"), "lastScalingAt"));
    }

    private static Map<String, String> labels(Map<String, Object> app) throws RefusedException {
        Map<String, String> labels = new LinkedHashMap<>();
        for (Map.Entry<String, Object> label : Json.object(app, "labels").entrySet()) {
            if (!(label.getValue() instanceof String text)) {
                throw new RefusedException("label " + label.getKey() + " is not text");
            }
            labels.put(label.getKey(), text);
        }
        return labels;
    }

    private static Network network(Map<String, Object> app) {
        Network network = Network.HOST;
        if (!Json.object(app, "ipAddress").isEmpty()) {
            network = Network.CONTAINER;
        }
        String docker = Json.text(Json.object(Json.object(app, "container"), "docker"), "network");
        if ("USER".equals(docker)) {
            network = Network.CONTAINER;
        } else if ("BRIDGE".equals(docker)) {
            network = Network.BRIDGE;
        }
        for (Map<String, Object> named : Json.objects(app, "networks")) {
            network = Network.of(named.getOrDefault("mode", "container"));
        }
        return network;
    }

    private static List<Map<String, Object>> portMappings(Map<String, Object> app) {
        Map<String, Object> container = Json.object(app, "container");
        List<Map<String, Object>> docker =
                Json.objects(Json.object(container, "docker"), "portMappings");
        return docker.isEmpty() ? Json.objects(container, "portMappings") : docker;
    }

    private static List<Integer> servicePorts(
            Map<String, Object> app, Network network, List<Map<String, Object>> mappings)
            throws RefusedException {
        List<Integer> mapped =
                network.mapsServicePorts() ? Json.numbers(mappings, "servicePort") : List.of();
        if (!mapped.isEmpty()) {
            return mapped;
        }
        return app.containsKey("portDefinitions")
                ? Json.numbers(Json.objects(app, "portDefinitions"), "port")
                : ports(app);
    }

    private static List<Integer> ports(Map<String, Object> parent) throws RefusedException {
        List<Integer> ports = new ArrayList<>();
        for (@Nullable Object port : Json.list(parent, "ports")) {
            ports.add(Json.port("ports", port));
        }
        return ports;
    }

    private static LbTask task(
            String id,
            Map<String, Object> app,
            Network network,
            List<Map<String, Object>> mappings,
            Map<String, Object> task)
            throws RefusedException {
        String host = Json.text(task, "host");
        if (host == null) {
            throw new RefusedException("host is missing or null");
        }
        return new LbTask(
                id,
                Text.oneLine("host", host),
                Json.text(task, "state"),
                network == Network.CONTAINER ? address(task) : null,
                network != Network.CONTAINER,
                taskPorts(app, network, mappings, task),
                health(task),
                false);
    }

    private static @Nullable String address(Map<String, Object> task) throws RefusedException {
        List<Map<String, Object>> addresses = Json.objects(task, "ipAddresses");
        String address = addresses.isEmpty() ? null : Json.text(addresses.getFirst(), "ipAddress");
        if (address == null || address.isEmpty()) {
            return null;
        }
        if (!ADDRESS.matcher(address).matches()) {
            throw new RefusedException(
                    "ipAddress=" + Text.masked(address) + " is not an IP address");
        }
        return address;
    }

    private static List<Integer> taskPorts(
            Map<String, Object> app,
            Network network,
            List<Map<String, Object>> mappings,
            Map<String, Object> task)
            throws RefusedException {
        if (network == Network.CONTAINER || network == Network.UNKNOWN) {
            Map<String, Object> discovery = Json.object(Json.object(app, "ipAddress"), "discovery");
            List<Integer> found = Json.numbers(Json.objects(discovery, "ports"), "number");
            return found.isEmpty() ? Json.numbers(mappings, "containerPort") : found;
        }
        List<Integer> ports = ports(task);
        if (ports.isEmpty()) {
            ports = Json.numbers(Json.objects(app, "portDefinitions"), "port");
        }
        return ports.isEmpty() && network == Network.BRIDGE
                ? Json.numbers(mappings, "containerPort")
                : ports;
    }

    private static @Nullable List<Boolean> health(Map<String, Object> task) {
        return task.containsKey("healthCheckResults")
                ? Json.objects(task, "healthCheckResults").stream()
                        .map(result -> Boolean.TRUE.equals(result.get("alive")))
                        .toList()
                : null;
    }
}
