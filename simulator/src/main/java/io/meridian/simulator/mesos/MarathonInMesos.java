package io.meridian.simulator.mesos;

import com.fasterxml.jackson.databind.JsonNode;

import io.meridian.simulator.marathon.SimulatedAgent;
import io.meridian.simulator.marathon.SimulatedMarathon;
import io.meridian.simulator.marathon.TaskWatcher;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shows a simulated Marathon's tasks in a simulated Mesos, with the DiscoveryInfo that Marathon
 * fills in (specs: marathon-mesos-api 4), on agents of the same ids.
 */
public final class MarathonInMesos implements TaskWatcher {
    private static final int AGENT_PORT = 5051;

    private final SimulatedMesos mesos;
    private final MesosFramework framework;
    private final Map<String, MesosAgent> agents = new LinkedHashMap<>();

    private MarathonInMesos(SimulatedMesos mesos, MesosFramework framework) {
        this.mesos = mesos;
        this.framework = framework;
    }

    /**
     * Registers a Marathon's agents and the framework "marathon", and reports its tasks from now
     * on. Call it before the first app is deployed.
     */
    public static MarathonInMesos join(SimulatedMarathon marathon, SimulatedMesos mesos) {
        String host = marathon.url().getHost();
        MarathonInMesos joined =
                new MarathonInMesos(
                        mesos,
                        new MesosFramework(marathon.frameworkId(), "marathon", host, "", true)
                                .at(host, marathon.port()));
        for (SimulatedAgent agent : marathon.agents()) {
            joined.agents.put(
                    agent.id(),
                    mesos.register(
                            new MesosAgent(agent.id(), agent.host(), agent.address(), AGENT_PORT)));
        }
        mesos.add(joined.framework);
        marathon.watch(joined);
        return joined;
    }

    public MesosFramework framework() {
        return framework;
    }

    /** The Marathon's agents, in the order of its settings. */
    public List<MesosAgent> agents() {
        return List.copyOf(agents.values());
    }

    @Override
    public void launched(Launch launch) {
        mesos.launch(framework, agents.get(launch.agent().id()), draft(launch));
    }

    @Override
    public void updated(String taskId, String state, Optional<Boolean> healthy) {
        if (mesos.taskStates().containsKey(taskId)) {
            mesos.update(taskId, state);
            healthy.ifPresent(verdict -> mesos.judge(taskId, verdict));
        }
    }

    @Override
    public void lost(SimulatedAgent agent) {
        mesos.unreachable(agents.get(agent.id()));
    }

    @Override
    public void regained(SimulatedAgent agent) {
        mesos.reregister(agents.get(agent.id()));
    }

    /**
     * A task as Marathon launches it in Mesos.
     *
     * @param app app that {@code task} belongs to, both as in {@code /v2/apps?embed=apps.tasks}
     */
    public static TaskDraft draft(JsonNode app, JsonNode task, MesosAgent agent) {
        return draft(
                new Launch(
                        task.path("id").asText(),
                        app.path("id").asText(),
                        false,
                        app,
                        "_app",
                        new SimulatedAgent(
                                agent.id(), agent.hostname(), agent.address(), "", "", 0),
                        task.path("ports").valueStream().map(JsonNode::asInt).toList(),
                        task.path("ipAddresses")
                                .valueStream()
                                .map(address -> address.path("ipAddress").asText())
                                .toList(),
                        app.path("healthChecks")
                                .valueStream()
                                .anyMatch(
                                        check ->
                                                check.path("protocol")
                                                        .asText()
                                                        .startsWith("MESOS_"))));
    }

    private static TaskDraft draft(Launch launch) {
        String name = reversed(launch.serviceId());
        JsonNode definition = launch.definition();
        TaskDraft draft = TaskDraft.of(launch.taskId(), launch.pod() ? launch.container() : name);
        draft.listensElsewhere();
        networks(draft, launch);
        draft.hostPorts(launch.hostPorts().stream().mapToInt(Integer::intValue).toArray());
        draft.discovery(name);
        (launch.pod() ? container(launch).path("labels") : definition.path("labels"))
                .properties()
                .forEach(label -> draft.label(label.getKey(), label.getValue().asText()));
        if (launch.checkedByMesos()) {
            draft.healthCheck();
        }
        int next = 0;
        for (JsonNode port : ports(launch)) {
            boolean takes = takesHostPort(launch, port);
            int hostPort = takes ? launch.hostPorts().get(next++) : 0;
            for (String protocol : protocols(port)) {
                add(draft, launch, port, hostPort, protocol);
            }
        }
        return draft;
    }

    private static void add(
            TaskDraft draft, Launch launch, JsonNode port, int hostPort, String protocol) {
        String name = port.path("name").asText("");
        Map<String, String> labels = new LinkedHashMap<>();
        port.path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        if (mode(launch).equals("host")) {
            draft.port(hostPort, name, protocol, labels);
            return;
        }
        int containerPort = port.path("containerPort").asInt(0);
        if (hostPort > 0) {
            labels.put("network-scope", "host");
            draft.port(hostPort, name, protocol, labels);
            int inside = containerPort == 0 ? hostPort : containerPort;
            if (launch.pod()) {
                draft.reportedMapping(hostPort, inside, protocol);
            } else {
                draft.mapping(hostPort, inside, protocol);
            }
            return;
        }
        for (String network : networkNames(launch, port)) {
            Map<String, String> more = new LinkedHashMap<>(labels);
            more.put("network-scope", "container");
            more.put("network-name", network);
            draft.port(containerPort, name, protocol, more);
        }
    }

    private static void networks(TaskDraft draft, Launch launch) {
        boolean docker =
                launch.definition().path("container").path("type").asText().equals("DOCKER");
        String mode = mode(launch);
        if (docker) {
            draft.docker(
                    switch (mode) {
                        case "host" -> "HOST";
                        case "container/bridge" -> "BRIDGE";
                        default -> "USER";
                    });
        }
        List<String> names = new ArrayList<>();
        if (mode.equals("container/bridge")) {
            names.add(docker ? "" : "mesos-bridge");
        } else if (mode.equals("container")) {
            launch.definition()
                    .path("networks")
                    .forEach(network -> names.add(network.path("name").asText("dcos")));
        } else {
            return;
        }
        boolean requests = !launch.pod() && !names.getFirst().isEmpty();
        if (requests) {
            names.forEach(draft::network);
        }
        // simulated agents assign one address per network and family, in the order of the networks
        if (names.size() == 1) {
            draft.address(names.getFirst(), launch.addresses().toArray(String[]::new));
        } else {
            for (int i = 0; i < Math.min(names.size(), launch.addresses().size()); i++) {
                draft.address(names.get(i), launch.addresses().get(i));
            }
        }
    }

    private static Iterable<JsonNode> ports(Launch launch) {
        if (launch.pod()) {
            return container(launch).path("endpoints");
        }
        return launch.definition().has("portDefinitions")
                ? launch.definition().path("portDefinitions")
                : launch.definition().path("container").path("portMappings");
    }

    private static JsonNode container(Launch launch) {
        for (JsonNode container : launch.definition().path("containers")) {
            if (container.path("name").asText().equals(launch.container())) {
                return container;
            }
        }
        throw new IllegalStateException(
                "pod " + launch.serviceId() + " has no container " + launch.container());
    }

    private static boolean takesHostPort(Launch launch, JsonNode port) {
        boolean definition = !launch.pod() && launch.definition().has("portDefinitions");
        return definition || port.has("hostPort");
    }

    private static List<String> protocols(JsonNode port) {
        JsonNode protocol = port.path("protocol");
        if (protocol.isArray()) {
            return protocol.valueStream().map(JsonNode::asText).toList();
        }
        return List.of(protocol.asText("tcp").split(","));
    }

    private static List<String> networkNames(Launch launch, JsonNode port) {
        JsonNode own = port.path("networkNames");
        if (!own.isEmpty()) {
            return own.valueStream().map(JsonNode::asText).toList();
        }
        return launch.definition()
                .path("networks")
                .valueStream()
                .map(network -> network.path("name").asText("dcos"))
                .toList();
    }

    private static String mode(Launch launch) {
        return launch.definition().path("networks").path(0).path("mode").asText("host");
    }

    /** Converts {@code /shop/frontend/web} to {@code web.frontend.shop}. */
    private static String reversed(String serviceId) {
        List<String> segments = new ArrayList<>(List.of(serviceId.substring(1).split("/")));
        return String.join(".", segments.reversed());
    }
}
