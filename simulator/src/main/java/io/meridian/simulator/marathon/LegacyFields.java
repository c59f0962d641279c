package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Converts fields of Marathon up to 1.4 to those of 1.5 and later; modern input is returned
 * unchanged.
 */
final class LegacyFields {
    private LegacyFields() {}

    static ObjectNode modernise(ObjectNode input) {
        ObjectNode app = input.deepCopy();
        dockerNetwork(app);
        ipAddress(app);
        if (app.path("ports").isArray() && !app.has("portDefinitions")) {
            ArrayNode definitions = app.putArray("portDefinitions");
            app.path("ports").forEach(port -> definitions.addObject().put("port", port.intValue()));
        }
        app.remove("ports");
        if (app.path("uris").isArray() && !app.has("fetch")) {
            ArrayNode fetch = app.putArray("fetch");
            app.path("uris").forEach(uri -> fetch.addObject().put("uri", uri.asText()));
        }
        app.remove("uris");
        return app;
    }

    private static void dockerNetwork(ObjectNode app) {
        if (!(app.path("container").path("docker") instanceof ObjectNode docker)) {
            return;
        }
        ObjectNode container = (ObjectNode) app.path("container");
        JsonNode mappings = docker.remove("portMappings");
        if (mappings != null && mappings.isArray() && !container.has("portMappings")) {
            container.set("portMappings", mappings);
        }
        JsonNode network = docker.remove("network");
        if (network == null || app.has("networks")) {
            return;
        }
        switch (network.asText()) {
            case "BRIDGE" -> app.putArray("networks").addObject().put("mode", "container/bridge");
            case "HOST" -> app.putArray("networks").addObject().put("mode", "host");
            case "USER" -> {
                ObjectNode entry = app.putArray("networks").addObject();
                if (app.path("ipAddress").hasNonNull("networkName")) {
                    entry.set("name", app.path("ipAddress").path("networkName"));
                }
                entry.put("mode", "container");
                copyLabels(app.path("ipAddress"), entry);
            }
            default ->
                    throw ApiRefusal.invalidJson(
                            "/container/docker/network", "error.unknown.enum.literal");
        }
    }

    private static void ipAddress(ObjectNode app) {
        JsonNode address = app.remove("ipAddress");
        if (address == null || !address.isObject()) {
            return;
        }
        if (!app.has("networks")) {
            ObjectNode entry = app.putArray("networks").addObject();
            if (address.hasNonNull("networkName")) {
                entry.set("name", address.path("networkName"));
            }
            entry.put("mode", "container");
            copyLabels(address, entry);
        }
        JsonNode ports = address.path("discovery").path("ports");
        ObjectNode container = app.withObjectProperty("container");
        if (!container.has("type")) {
            container.put("type", "MESOS");
        }
        if (ports.isArray() && !container.has("portMappings")) {
            ArrayNode mappings = container.putArray("portMappings");
            ports.forEach(
                    port -> {
                        ObjectNode mapping =
                                mappings.addObject()
                                        .put("containerPort", port.path("number").intValue());
                        port.properties().stream()
                                .filter(entry -> !entry.getKey().equals("number"))
                                .forEach(entry -> mapping.set(entry.getKey(), entry.getValue()));
                    });
        }
    }

    private static void copyLabels(JsonNode from, ObjectNode to) {
        if (from.path("labels").isObject() && !from.path("labels").isEmpty()) {
            to.set("labels", from.path("labels"));
        }
    }
}
