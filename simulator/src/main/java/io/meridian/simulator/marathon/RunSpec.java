package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;

/**
 * One version of an app or pod, and the values for running it that follow from the definition.
 *
 * @param definition canonical, with version; never changed
 * @param containers one named {@code _app} for an app
 */
record RunSpec(
        String id,
        boolean pod,
        String version,
        String lastScaling,
        String lastConfigChange,
        int instances,
        ObjectNode definition,
        List<ContainerSpec> containers) {
    /** Host ports that a container requests, in the order of the definition; 0 = any port. */
    record ContainerSpec(String name, List<Integer> hostPorts) {}

    /** Kind of health check; it decides which events report health. */
    enum Checks {
        NONE,
        MESOS,
        MARATHON
    }

    static RunSpec app(ObjectNode definition, String lastConfigChange) {
        String version = definition.path("version").asText();
        return new RunSpec(
                definition.path("id").asText(),
                false,
                version,
                version,
                lastConfigChange,
                definition.path("instances").intValue(),
                definition,
                List.of(new ContainerSpec("_app", appPorts(definition))));
    }

    static RunSpec pod(ObjectNode definition, String lastConfigChange) {
        String version = definition.path("version").asText();
        List<ContainerSpec> containers = new ArrayList<>();
        definition
                .path("containers")
                .forEach(
                        container -> {
                            List<Integer> ports = new ArrayList<>();
                            container
                                    .path("endpoints")
                                    .forEach(
                                            endpoint -> {
                                                if (endpoint.has("hostPort")) {
                                                    ports.add(endpoint.path("hostPort").intValue());
                                                }
                                            });
                            containers.add(
                                    new ContainerSpec(
                                            container.path("name").asText(), List.copyOf(ports)));
                        });
        return new RunSpec(
                definition.path("id").asText(),
                true,
                version,
                version,
                lastConfigChange,
                definition.path("scaling").path("instances").intValue(),
                definition,
                List.copyOf(containers));
    }

    private static List<Integer> appPorts(ObjectNode definition) {
        List<Integer> ports = new ArrayList<>();
        boolean fixed = definition.path("requirePorts").booleanValue();
        definition
                .path("portDefinitions")
                .forEach(port -> ports.add(fixed ? port.path("port").intValue() : 0));
        definition
                .path("container")
                .path("portMappings")
                .forEach(
                        mapping -> {
                            if (mapping.has("hostPort")) {
                                ports.add(mapping.path("hostPort").intValue());
                            }
                        });
        return List.copyOf(ports);
    }

    List<Integer> servicePorts() {
        List<Integer> ports = new ArrayList<>();
        definition.path("portDefinitions").forEach(port -> ports.add(port.path("port").intValue()));
        definition
                .path("container")
                .path("portMappings")
                .forEach(mapping -> ports.add(mapping.path("servicePort").intValue()));
        return ports;
    }

    Checks checks() {
        JsonNode check = definition.path("healthChecks").path(0);
        if (check.isMissingNode()) {
            boolean podCheck = false;
            for (JsonNode container : definition.path("containers")) {
                podCheck |= container.has("healthCheck");
            }
            return podCheck ? Checks.MESOS : Checks.NONE;
        }
        String protocol = check.path("protocol").asText();
        return protocol.startsWith("MESOS_") || protocol.equals("COMMAND")
                ? Checks.MESOS
                : Checks.MARATHON;
    }

    /** Instances that must stay up during a restart. */
    int minimumHealthy() {
        return (int) Math.ceil(instances * upgrade().path("minimumHealthCapacity").asDouble(1.0));
    }

    /**
     * Maximum number of instances of both versions; one more than wanted if a restart could not
     * progress otherwise.
     */
    int maximumCapacity(int running) {
        int maximum =
                (int)
                        Math.floor(
                                instances
                                        * (1
                                                + upgrade()
                                                        .path("maximumOverCapacity")
                                                        .asDouble(1.0)));
        return minimumHealthy() == maximum && maximum <= running ? maximum + 1 : maximum;
    }

    boolean killOldestFirst() {
        return scheduling("killSelection").asText().equals("OLDEST_FIRST");
    }

    /** True if an unreachable instance is given up at once: Marathon's default of 0 and 0. */
    boolean expungesUnreachable() {
        JsonNode strategy = scheduling("unreachableStrategy");
        return strategy.isObject() && strategy.path("inactiveAfterSeconds").asInt(0) == 0;
    }

    private JsonNode upgrade() {
        return pod
                ? definition.path("scheduling").path("upgrade")
                : definition.path("upgradeStrategy");
    }

    private JsonNode scheduling(String field) {
        return pod ? definition.path("scheduling").path(field) : definition.path(field);
    }
}
