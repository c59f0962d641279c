package io.meridian.lb;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import io.meridian.domain.lb.Admission;
import io.meridian.domain.lb.HealthMemory;
import io.meridian.domain.lb.LbRules;
import io.meridian.domain.lb.RefusedException;
import io.meridian.lb.render.LbOptions;
import io.meridian.lb.render.Templates;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * A load balancer of group {@code external} with apps that have one host-network task on Mesos
 * agent {@code agent1} (10.0.0.1).
 */
final class Balancer {
    private static final JsonMapper MAPPER = new JsonMapper();

    private final ArrayNode apps = MAPPER.createArrayNode();
    private boolean maps;
    private boolean validates;
    private boolean strict;
    private Map<String, String> environment = Map.of();

    Balancer withMaps() {
        maps = true;
        return this;
    }

    Balancer validating() {
        validates = true;
        return this;
    }

    Balancer strict() {
        strict = true;
        return this;
    }

    Balancer environment(Map<String, String> variables) {
        environment = variables;
        return this;
    }

    /** Adds an app with one service port and the labels beside its group. */
    Balancer app(String id, int servicePort, Map<String, String> labels) {
        ObjectNode app = apps.addObject().put("id", id).put("instances", 1);
        app.putObject("labels").put("HAPROXY_GROUP", "external");
        labels.forEach(((ObjectNode) app.path("labels"))::put);
        app.putArray("portDefinitions").addObject().put("port", servicePort);
        app.putArray("tasks")
                .addObject()
                .put("id", id.substring(1) + ".1")
                .put("host", "agent1")
                .put("state", "TASK_RUNNING")
                .putArray("ports")
                .add(31000);
        return this;
    }

    /** The app that was added last, as JSON. */
    ObjectNode last() {
        return (ObjectNode) apps.path(apps.size() - 1);
    }

    MarathonLb.Result render() throws RefusedException {
        LbRules rules =
                new LbRules(
                        List.of("external"),
                        strict,
                        null,
                        null,
                        new Admission(false, new HealthMemory(10)),
                        host -> host.equals("agent1") ? "10.0.0.1" : null);
        LbOptions options =
                new LbOptions(maps, true, false, List.of("/etc/ssl/cert.pem"), "/etc/haproxy");
        ObjectNode document = MAPPER.createObjectNode();
        document.set("apps", apps);
        return new MarathonLb(rules, options, Templates.of(environment, Map.of(), false), validates)
                .render(document.toString().getBytes(StandardCharsets.UTF_8));
    }
}
