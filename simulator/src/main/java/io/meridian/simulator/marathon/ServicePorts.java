package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Assigns a unique number from 10000 up to every service port of 0; an app keeps its earlier
 * numbers. Pure.
 */
final class ServicePorts {
    private static final int FIRST = 10_000;
    private static final int LAST = 20_000;

    private ServicePorts() {}

    /**
     * @param before the replaced definition; an empty object for a new app
     * @throws ApiRefusal 500 if none is left, as in Marathon
     */
    static ObjectNode assigned(ObjectNode app, ObjectNode before, Collection<Service> others) {
        ObjectNode result = app.deepCopy();
        List<ObjectNode> ports = ports(result);
        if (ports.stream().noneMatch(port -> numberOf(port) == 0)) {
            return result; // without a scan of all services, of which there may be thousands
        }
        Set<Integer> used = new HashSet<>();
        others.stream()
                .filter(other -> !other.id.equals(app.path("id").asText()))
                .forEach(other -> used.addAll(other.current.servicePorts()));
        List<ObjectNode> earlier = ports(before);
        ports.forEach(port -> used.add(numberOf(port)));
        for (int i = 0; i < ports.size(); i++) {
            ObjectNode port = ports.get(i);
            if (numberOf(port) == 0) {
                int kept = i < earlier.size() ? numberOf(earlier.get(i)) : 0;
                int number = kept != 0 && !used.contains(kept) ? kept : next(used);
                port.put(port.has("containerPort") ? "servicePort" : "port", number);
                used.add(number);
            }
        }
        return result;
    }

    private static int next(Set<Integer> used) {
        for (int port = FIRST; port <= LAST; port++) {
            if (!used.contains(port)) {
                return port;
            }
        }
        throw ApiRefusal.message(
                500, "All ports in the range [" + FIRST + "-" + LAST + ") are already in use");
    }

    private static List<ObjectNode> ports(ObjectNode app) {
        List<ObjectNode> ports = new ArrayList<>();
        for (JsonNode list :
                List.of(app.path("portDefinitions"), app.path("container").path("portMappings"))) {
            if (list instanceof ArrayNode array) {
                array.forEach(port -> ports.add((ObjectNode) port));
            }
        }
        return ports;
    }

    private static int numberOf(ObjectNode port) {
        return port.has("containerPort")
                ? port.path("servicePort").intValue()
                : port.path("port").intValue();
    }
}
