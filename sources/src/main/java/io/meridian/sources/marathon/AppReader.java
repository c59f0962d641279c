package io.meridian.sources.marathon;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.PortDefinition;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;
import io.meridian.domain.service.VipLabels;
import io.meridian.sources.MesosState;
import io.meridian.sources.json.Json;
import io.meridian.sources.json.UnreadableJson;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Reads apps as Marathon's REST API and {@code api_post_event} write them, in the form of Marathon
 * 1.5 and in all older forms.
 */
final class AppReader {
    private AppReader() {}

    /**
     * Reads an app with its tasks.
     *
     * @throws UnreadableJson if the app has no id
     */
    static Reading read(Json listed) {
        String path = listed.at("id").pathId();
        // The same app must give the same sentences wherever it was read.
        Json app = Json.root(listed.node());
        TaskReadings tasks = new TaskReadings();
        try {
            tasks(app).forEach(task -> tasks.add(task.at("id"), id -> task(task, id)));
        } catch (UnreadableJson e) {
            tasks.addNameless(e);
        }
        return Reading.of(
                path,
                ServiceKind.APP,
                definition(app),
                tasks,
                app.at("healthChecks").node().size());
    }

    /**
     * Reads the definition; each unreadable part becomes a refusal. Paths in refusals start at the
     * app.
     */
    static ServiceDefinition definition(Json anywhere) {
        Json app = Json.root(anywhere.node());
        Refusals refusals = new Refusals();
        Instant version =
                refusals.read(
                        () -> app.at("version").instant(),
                        Instant.EPOCH,
                        "this version counts as older than any readable one");
        Instant configSince =
                refusals.read(
                        () -> app.at("versionInfo").at("lastConfigChangeAt").instantOr(version),
                        version,
                        "the version is used instead");
        Optional<NetworkMode> mode =
                refusals.read(
                        () -> Optional.of(mode(app)), Optional.empty(), "no port is published");
        List<PortDefinition> ports =
                mode.map(known -> ports(app, known, refusals)).orElse(List.of());
        SortedSet<String> checked = new TreeSet<>();
        if (!app.at("healthChecks").isEmpty()) {
            checked.add("");
        }
        return new ServiceDefinition(
                version,
                configSince.isAfter(version) ? version : configSince,
                mode.orElse(NetworkMode.HOST),
                containerizer(app.at("container").at("type")),
                ports,
                checked,
                refusals.sentences());
    }

    /**
     * The containerizer: Docker only for type {@code DOCKER}. The Mesos containerizer runs a
     * command without container.
     */
    private static Containerizer containerizer(Json type) {
        return "DOCKER".equals(type.node().textValue())
                ? Containerizer.DOCKER
                : Containerizer.MESOS;
    }

    private static NetworkMode mode(Json app) {
        if (!app.at("networks").isEmpty()) {
            return mode(app.at("networks").items().getFirst().at("mode"), "container");
        }
        Json docker = app.at("container").at("docker").at("network");
        if (!docker.isAbsent()) {
            return switch (docker.text()) {
                case "BRIDGE" -> NetworkMode.BRIDGE;
                case "HOST" -> NetworkMode.HOST;
                case "USER", "NONE" -> NetworkMode.CONTAINER;
                default -> throw docker.wrong("is not BRIDGE, HOST, USER or NONE");
            };
        }
        return app.at("ipAddress").isAbsent() ? NetworkMode.HOST : NetworkMode.CONTAINER;
    }

    /** A network mode of Marathon 1.5 and later, of apps and pods. */
    static NetworkMode mode(Json mode, String absent) {
        return switch (mode.textOr(absent)) {
            case "host" -> NetworkMode.HOST;
            case "container/bridge" -> NetworkMode.BRIDGE;
            case "container" -> NetworkMode.CONTAINER;
            default -> throw mode.wrong("is not host, container or container/bridge");
        };
    }

    private static List<PortDefinition> ports(Json app, NetworkMode mode, Refusals refusals) {
        Json labels = app.at("labels");
        VipLabels task = VipLabels.ofTask(PortReader.labels(labels, refusals, "it is ignored"));
        noteNetworks(app.node(), refusals);
        return PortReader.bounded(
                PortReader.withTaskVips(
                        ports(app, mode, new PortReader(mode, task, refusals), refusals),
                        task,
                        labels,
                        refusals),
                refusals);
    }

    /**
     * Adds a sentence for each port with a VIP that is in some of the app's container networks
     * only: Marathon does not tell which address of a task is in which network.
     */
    private static void noteNetworks(JsonNode app, Refusals refusals) {
        int networks = app.path("networks").size();
        for (JsonNode port : app.path("container").path("portMappings")) {
            int named = port.path("networkNames").size();
            boolean asksForVip =
                    port.path("labels").properties().stream()
                            .anyMatch(label -> VipLabels.concerns(label.getKey()));
            if (asksForVip && named > 0 && named < networks && !port.has("hostPort")) {
                refusals.add(
                        "port %s is in %d of %d networks, and Marathon does not tell which address"
                                        .formatted(
                                                port.path("name").asText("without name"),
                                                named,
                                                networks)
                                + " of a task is in which: its VIPs have every address as a"
                                + " backend, and some refuse connections; give the port a hostPort"
                                + " or the app one network");
            }
        }
    }

    private static List<PortDefinition> ports(
            Json app, NetworkMode mode, PortReader reader, Refusals refusals) {
        Json container = app.at("container");
        if (mode == NetworkMode.HOST) {
            Json list =
                    app.at("portDefinitions").isAbsent()
                            ? app.at("ports")
                            : app.at("portDefinitions");
            return all(list, refusals).stream().map(port -> hostPort(reader, port)).toList();
        }
        for (Json mappings :
                List.of(container.at("portMappings"), container.at("docker").at("portMappings"))) {
            if (!mappings.isAbsent()) {
                return all(mappings, refusals).stream()
                        .map(port -> reader.port(port, "", port.at("containerPort")))
                        .toList();
            }
        }
        return all(app.at("ipAddress").at("discovery").at("ports"), refusals).stream()
                .map(port -> reader.port(port, "", port.at("number")))
                .toList();
    }

    /**
     * Reads a port definition; in responses of old versions, only the number of its service port.
     */
    private static PortDefinition hostPort(PortReader reader, Json port) {
        return port.node().isNumber()
                ? new PortDefinition(
                        "", "", new TreeSet<>(List.of(Protocol.TCP)), 0, true, List.of())
                : reader.port(port, "", port.at("containerPort"));
    }

    private static List<Json> all(Json list, Refusals refusals) {
        return refusals.read(list::items, List.of(), "no port is published");
    }

    /**
     * The task list. A missing list is an error unless the counters report no task, because an
     * omitted list proves no absence.
     */
    private static List<Json> tasks(Json app) {
        Json tasks = app.at("tasks");
        boolean none =
                app.at("tasksRunning").node().asInt(-1) == 0
                        && app.at("tasksStaged").node().asInt(-1) == 0;
        if (tasks.isAbsent() && !none) {
            throw tasks.wrong("");
        }
        return tasks.items();
    }

    private static TaskSighting task(Json task, TaskId id) {
        TaskName name = TaskName.of(id.value());
        MesosState state = state(task);
        boolean neverRan = state.unreachable() && task.at("startedAt").isAbsent();
        return new TaskSighting(
                id,
                name.instance(),
                name.container(),
                task.at("version").instantOr(Instant.EPOCH),
                neverRan ? TaskPhase.STARTING : state.phase(),
                state.unreachable(),
                agent(task.at("slaveId"), task.at("host")),
                state.tellsAddresses() ? addresses(task.at("ipAddresses")) : List.of(),
                task.at("ports").items(port -> port.integer(0, 65535)),
                verdict(task.at("healthCheckResults").items(result -> result.at("alive").flag())));
    }

    /** The state of an app's task. Before Marathon 1.1.2, only the start of a task is listed. */
    private static MesosState state(Json task) {
        Json state = task.at("state");
        if (state.isAbsent()) {
            return task.at("startedAt").isAbsent()
                    ? MesosState.TASK_STAGING
                    : MesosState.TASK_RUNNING;
        }
        return mesosState(state);
    }

    static MesosState mesosState(Json state) {
        return MesosState.of(state.text())
                .orElseThrow(() -> state.wrong("is not a state that is known here"));
    }

    /**
     * Reads the agent of a task. Marathon writes {@code unknown} for a host that it does not know.
     */
    static Agent agent(Json id, Json host) {
        String name = host.textOr("");
        return new Agent(id.textOr(""), "unknown".equals(name) ? "" : name, List.of());
    }

    static List<IpAddress> addresses(Json ipAddresses) {
        return ipAddresses.items(address -> address.at("ipAddress").address());
    }

    /**
     * The verdict over all results: unhealthy if one result is negative, unknown without results.
     */
    static Health verdict(List<Boolean> alive) {
        if (alive.isEmpty()) {
            return Health.UNKNOWN;
        }
        return alive.contains(false) ? Health.UNHEALTHY : Health.HEALTHY;
    }
}
