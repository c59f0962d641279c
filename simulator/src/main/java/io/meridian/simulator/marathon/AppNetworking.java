package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Networks, container and ports of an app in canonical form; part of {@link AppDefinitions}. */
final class AppNetworking {
    private AppNetworking() {}

    static void networks(ObjectNode app) {
        ArrayNode modern = Json.array();
        app.path("networks").forEach(network -> modern.add(network(network)));
        if (modern.isEmpty()) {
            modern.addObject().put("mode", "host");
        }
        app.set("networks", modern);
    }

    static ObjectNode network(JsonNode network) {
        ObjectNode entry = Json.object();
        if (network.hasNonNull("name")) {
            entry.set("name", network.path("name"));
        }
        entry.put("mode", network.path("mode").asText("container"));
        if (!network.path("labels").isEmpty()) {
            entry.set("labels", network.path("labels"));
        }
        return entry;
    }

    static void container(ObjectNode app, boolean host) {
        if (!app.path("container").isObject()) {
            app.remove("container");
            if (host) {
                return;
            }
            app.putObject("container").put("type", "MESOS");
        }
        JsonNode given = app.path("container");
        ObjectNode container = Json.object();
        container.put("type", given.path("type").asText(given.has("docker") ? "DOCKER" : "MESOS"));
        if (given.path("docker").isObject()) {
            container.set("docker", docker(given.path("docker")));
        }
        container.set(
                "volumes", given.path("volumes").isArray() ? given.path("volumes") : Json.array());
        if (!host) {
            container.set("portMappings", portMappings(app, given));
        }
        app.set("container", container);
    }

    private static ObjectNode docker(JsonNode given) {
        ObjectNode docker = Json.object();
        docker.put("forcePullImage", given.path("forcePullImage").asBoolean(false));
        docker.set("image", given.path("image"));
        docker.set(
                "parameters",
                given.path("parameters").isArray() ? given.path("parameters") : Json.array());
        docker.put("privileged", given.path("privileged").asBoolean(false));
        return docker;
    }

    private static ArrayNode portMappings(ObjectNode app, JsonNode container) {
        boolean bridge =
                app.path("networks").path(0).path("mode").asText().equals("container/bridge");
        ArrayNode mappings = Json.array();
        if (!container.path("portMappings").isArray()) {
            ObjectNode mapping = mappings.addObject().put("containerPort", 0);
            if (bridge) {
                mapping.put("hostPort", 0);
            }
            mapping.putObject("labels");
            mapping.put("name", "default").put("protocol", "tcp").put("servicePort", 0);
            return mappings;
        }
        container
                .path("portMappings")
                .forEach(
                        given -> {
                            ObjectNode mapping = mappings.addObject();
                            mapping.put("containerPort", given.path("containerPort").asInt(0));
                            if (given.hasNonNull("hostPort")) {
                                mapping.set("hostPort", given.path("hostPort"));
                            } else if (bridge) {
                                mapping.put("hostPort", 0);
                            }
                            mapping.set(
                                    "labels",
                                    given.path("labels").isObject()
                                            ? given.path("labels")
                                            : Json.object());
                            if (given.hasNonNull("name")) {
                                mapping.set("name", given.path("name"));
                            }
                            mapping.put("protocol", given.path("protocol").asText("tcp"));
                            mapping.put("servicePort", given.path("servicePort").asInt(0));
                            if (!given.path("networkNames").isEmpty()) {
                                mapping.set("networkNames", given.path("networkNames"));
                            }
                        });
        return mappings;
    }

    static void portDefinitions(ObjectNode app, boolean host) {
        if (!host) {
            app.remove("portDefinitions");
            return;
        }
        ArrayNode definitions = Json.array();
        if (app.path("portDefinitions").isArray()) {
            app.path("portDefinitions")
                    .forEach(
                            given -> {
                                ObjectNode definition =
                                        definitions
                                                .addObject()
                                                .put("port", given.path("port").asInt(0));
                                if (!given.path("labels").isEmpty()) {
                                    definition.set("labels", given.path("labels"));
                                }
                                if (given.hasNonNull("name")) {
                                    definition.set("name", given.path("name"));
                                }
                                definition.put("protocol", given.path("protocol").asText("tcp"));
                            });
        } else {
            definitions.addObject().put("port", 0).put("name", "default").put("protocol", "tcp");
        }
        app.set("portDefinitions", definitions);
    }
}
