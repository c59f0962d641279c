package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.simulator.http.WireRequest;
import io.meridian.simulator.http.WireResponse;

/**
 * Marathon's own state over REST: groups, deployments, queue, info, leader, ping. Only the
 * simulation thread.
 */
final class MarathonFacts {
    private final Simulation simulation;
    private final Leadership leadership;

    MarathonFacts(Simulation simulation, Leadership leadership) {
        this.simulation = simulation;
        this.leadership = leadership;
    }

    WireResponse answer(WireRequest request) {
        return switch (request.path()) {
            case "/v2/groups", "/v2/groups/" -> MarathonRoutes.ok(groups());
            case "/v2/deployments" -> MarathonRoutes.ok(deployments());
            case "/v2/queue" -> MarathonRoutes.ok(queue());
            case "/v2/info" -> MarathonRoutes.ok(info());
            case "/v2/leader" -> leader(request);
            case "/ping" -> WireResponse.of(200, "text/plain", "pong");
            default -> throw ApiRefusal.message(500, "URI not found: " + request.path());
        };
    }

    private ObjectNode groups() {
        var defined = simulation.all().stream().filter(service -> !service.stopping).toList();
        String version =
                defined.stream()
                        .map(service -> service.current.version())
                        .max(String::compareTo)
                        .orElse("1970-01-01T00:00:00.000Z");
        return Listings.group("/", defined, version);
    }

    private ArrayNode deployments() {
        ArrayNode list = Json.array();
        simulation.deployments.active().forEach(deployment -> list.add(deployment.listed()));
        return list;
    }

    private ObjectNode queue() {
        ObjectNode body = Json.object();
        ArrayNode queue = body.putArray("queue");
        for (Service service : simulation.all()) {
            var waiting =
                    service.wanted().stream()
                            .filter(instance -> instance.isScheduled() || instance.isTerminal())
                            .toList();
            if (!waiting.isEmpty()) {
                ObjectNode entry = queue.addObject().put("count", waiting.size()).put("role", "*");
                entry.putObject("delay").put("timeLeftSeconds", 0).put("overdue", true);
                entry.put("since", waiting.getFirst().since);
                entry.set(service.pod ? "pod" : "app", service.current.definition());
            }
        }
        return body;
    }

    private ObjectNode info() {
        String leader = leadership.leader().orElse("");
        ObjectNode info =
                Json.object()
                        .put("name", "marathon")
                        .put("version", "1.11.26")
                        .put("buildref", "simulated")
                        .put("elected", true)
                        .put("leader", leader)
                        .put("frameworkId", SimulatedAgent.frameworkId());
        ObjectNode config = info.putObject("marathon_config");
        config.putArray("features")
                .addAll(
                        simulation.settings.taskKilling()
                                ? Json.array().add("task_killing")
                                : Json.array());
        config.put("framework_name", "marathon")
                .put("ha", true)
                .put("hostname", "127.0.0.1")
                .put("local_port_max", 20_000)
                .put("local_port_min", 10_000)
                .put("mesos_role", "*");
        info.putObject("zookeeper_config").put("zk", "zk://127.0.0.1:2181/marathon");
        info.putObject("http_config")
                .put("http_port", Integer.parseInt(leader.substring(leader.indexOf(':') + 1)))
                .put("https_port", 8443);
        return info;
    }

    private WireResponse leader(WireRequest request) {
        String leader =
                leadership
                        .leader()
                        .orElseThrow(() -> ApiRefusal.message(404, "There is no leader"));
        return switch (request.method()) {
            case "GET" -> MarathonRoutes.ok(Json.object().put("leader", leader));
            case "DELETE" -> {
                ObjectNode body = Json.object().put("message", "Leadership abdicated");
                body.putArray("details");
                yield MarathonRoutes.ok(body);
            }
            default -> throw ApiRefusal.message(405, "Method Not Allowed");
        };
    }
}
