package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;

/**
 * App definitions in Marathon 1.11's canonical form: defaults filled in, fields in its order, empty
 * ones left out, as recorded in {@code marathon-captures}. Pure.
 */
public final class AppDefinitions {
    private static final List<String> ORDER =
            List.of(
                    "id",
                    "acceptedResourceRoles",
                    "args",
                    "backoffFactor",
                    "backoffSeconds",
                    "check",
                    "cmd",
                    "constraints",
                    "container",
                    "cpus",
                    "dependencies",
                    "disk",
                    "env",
                    "executor",
                    "executorResources",
                    "fetch",
                    "healthChecks",
                    "readinessChecks",
                    "instances",
                    "labels",
                    "maxLaunchDelaySeconds",
                    "mem",
                    "gpus",
                    "networks",
                    "portDefinitions",
                    "requirePorts",
                    "secrets",
                    "taskKillGracePeriodSeconds",
                    "upgradeStrategy",
                    "user",
                    "version",
                    "versionInfo",
                    "killSelection",
                    "unreachableStrategy",
                    "tty",
                    "role");
    private static final List<String> OMITTED_IF_EMPTY =
            List.of(
                    "acceptedResourceRoles",
                    "args",
                    "constraints",
                    "dependencies",
                    "env",
                    "fetch",
                    "healthChecks",
                    "readinessChecks",
                    "secrets");

    private AppDefinitions() {}

    /**
     * The canonical form of what a user sent, without version; service ports of 0 stay 0.
     *
     * @param input with an absolute or relative id, legacy fields allowed
     * @throws ApiRefusal 422 when it breaks a rule
     */
    public static ObjectNode canonical(ObjectNode input) {
        requireTypes(input);
        ObjectNode app = LegacyFields.modernise(input);
        app.put("id", SpecPath.checked(app.path("id").asText()));
        app.remove(List.of("version", "versionInfo", "residency", "tasks", "deployments"));
        AppNetworking.networks(app);
        boolean host = app.path("networks").path(0).path("mode").asText().equals("host");
        AppNetworking.container(app, host);
        AppNetworking.portDefinitions(app, host);
        scalars(app);
        healthChecks(app);
        OMITTED_IF_EMPTY.stream().filter(field -> app.path(field).isEmpty()).forEach(app::remove);
        requireRunnable(app);
        return ordered(app);
    }

    /** The same definition with its version, and its times of change if it is stored. */
    static ObjectNode versioned(ObjectNode canonical, String version) {
        ObjectNode app = canonical.deepCopy();
        app.remove("versionInfo");
        app.put("version", version);
        return ordered(app);
    }

    static ObjectNode stored(
            ObjectNode canonical, String version, String lastScaling, String lastConfigChange) {
        ObjectNode app = canonical.deepCopy();
        app.put("version", version);
        app.putObject("versionInfo")
                .put("lastScalingAt", lastScaling)
                .put("lastConfigChangeAt", lastConfigChange);
        return ordered(app);
    }

    /**
     * Whether {@code after} requires a restart of the instances of {@code before}: any change but
     * the count.
     */
    static boolean isConfigChange(ObjectNode before, ObjectNode after) {
        List<String> counted = List.of("instances", "version", "versionInfo");
        ObjectNode left = before.deepCopy();
        ObjectNode right = after.deepCopy();
        left.remove(counted);
        right.remove(counted);
        return !left.equals(right);
    }

    private static void requireTypes(ObjectNode app) {
        if (!app.has("id")) {
            throw ApiRefusal.invalidJson("/id", "error.path.missing");
        }
        requireType(app, "id", "error.expected.jsstring", app.path("id").isTextual());
        for (String number :
                List.of("instances", "cpus", "mem", "disk", "gpus", "backoffSeconds")) {
            requireType(
                    app,
                    number,
                    "error.expected.jsnumber",
                    !app.has(number) || app.path(number).isNumber());
        }
        for (String object : List.of("labels", "container", "upgradeStrategy", "env")) {
            requireType(
                    app,
                    object,
                    "error.expected.jsobject",
                    !app.has(object) || app.path(object).isObject());
        }
        for (String array : List.of("networks", "portDefinitions", "healthChecks", "ports")) {
            requireType(
                    app,
                    array,
                    "error.expected.jsarray",
                    !app.has(array) || app.path(array).isArray());
        }
        if (app.path("instances").asInt(1) < 0) {
            throw ApiRefusal.invalidObject("/instances", "error.min");
        }
    }

    private static void requireType(ObjectNode app, String field, String error, boolean right) {
        if (!right && !app.path(field).isNull()) {
            throw ApiRefusal.invalidJson("/" + field, error);
        }
    }

    private static void requireRunnable(ObjectNode app) {
        boolean image = app.path("container").path("docker").hasNonNull("image");
        if (!app.has("cmd") && !app.has("args") && !image) {
            throw ApiRefusal.invalidObject(
                    "/",
                    "AppDefinition must either contain one of 'cmd' or 'args', and/or a"
                            + " 'container'.");
        }
    }

    private static void scalars(ObjectNode app) {
        decimal(app, "backoffFactor", 1.15);
        whole(app, "backoffSeconds", 1);
        decimal(app, "cpus", 1.0);
        decimal(app, "disk", 0.0);
        text(app, "executor", "");
        whole(app, "instances", 1);
        if (!app.path("labels").isObject()) {
            app.putObject("labels");
        }
        whole(app, "maxLaunchDelaySeconds", 300);
        decimal(app, "mem", 128.0);
        whole(app, "gpus", 0);
        app.put("requirePorts", app.path("requirePorts").asBoolean(false));
        JsonNode upgrade = app.path("upgradeStrategy");
        app.putObject("upgradeStrategy")
                .put("maximumOverCapacity", upgrade.path("maximumOverCapacity").asDouble(1.0))
                .put("minimumHealthCapacity", upgrade.path("minimumHealthCapacity").asDouble(1.0));
        text(app, "killSelection", "YOUNGEST_FIRST");
        text(app, "role", "*");
        if (!app.path("unreachableStrategy").isTextual()) {
            JsonNode unreachable = app.path("unreachableStrategy");
            app.putObject("unreachableStrategy")
                    .put("inactiveAfterSeconds", unreachable.path("inactiveAfterSeconds").asInt(0))
                    .put("expungeAfterSeconds", unreachable.path("expungeAfterSeconds").asInt(0));
        }
    }

    private static void healthChecks(ObjectNode app) {
        if (!app.path("healthChecks").isArray()) {
            return;
        }
        ArrayNode checks = Json.array();
        app.path("healthChecks").forEach(given -> checks.add(healthCheck(given)));
        app.set("healthChecks", checks);
    }

    private static ObjectNode healthCheck(JsonNode given) {
        String protocol = given.path("protocol").asText("HTTP");
        ObjectNode check = Json.object();
        copy(given, check, "command");
        check.put("gracePeriodSeconds", given.path("gracePeriodSeconds").asInt(300));
        if (protocol.equals("HTTP") || protocol.equals("HTTPS")) {
            check.put("ignoreHttp1xx", given.path("ignoreHttp1xx").asBoolean(false));
        }
        check.put("intervalSeconds", given.path("intervalSeconds").asInt(60));
        check.put("maxConsecutiveFailures", given.path("maxConsecutiveFailures").asInt(3));
        copy(given, check, "path");
        copy(given, check, "port");
        copy(given, check, "portIndex");
        if (!check.has("port") && !check.has("portIndex") && !protocol.equals("COMMAND")) {
            check.put("portIndex", 0);
        }
        check.put("protocol", protocol);
        check.put("ipProtocol", given.path("ipProtocol").asText("IPv4"));
        check.put("timeoutSeconds", given.path("timeoutSeconds").asInt(20));
        check.put("delaySeconds", given.path("delaySeconds").asInt(15));
        return check;
    }

    private static void copy(JsonNode from, ObjectNode to, String field) {
        if (from.hasNonNull(field)) {
            to.set(field, from.path(field));
        }
    }

    private static void decimal(ObjectNode app, String field, double byDefault) {
        app.put(field, app.path(field).asDouble(byDefault));
    }

    private static void whole(ObjectNode app, String field, int byDefault) {
        app.put(field, app.path(field).asInt(byDefault));
    }

    private static void text(ObjectNode app, String field, String byDefault) {
        app.put(field, app.path(field).asText(byDefault));
    }

    private static ObjectNode ordered(ObjectNode app) {
        ObjectNode ordered = Json.object();
        ORDER.stream()
                .filter(app::hasNonNull)
                .forEach(field -> ordered.set(field, app.path(field)));
        return ordered;
    }
}
