package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * REST listings of apps and tasks: field sets, order and omissions as recorded. Only the simulation
 * thread.
 */
final class Listings {
    private Listings() {}

    /** An app's definition with counts and deployments; tasks and last failure on request. */
    static ObjectNode app(
            Service service, Optional<Deployment> deployment, boolean tasks, boolean lastFailure) {
        ObjectNode app = service.current.definition().deepCopy();
        counts(service, deployment, app);
        if (tasks) {
            ArrayNode list = app.putArray("tasks");
            listed(service).forEach(instance -> list.add(task(instance, List.of())));
        }
        if (lastFailure && !service.lastTaskFailure.isEmpty()) {
            app.set("lastTaskFailure", service.lastTaskFailure);
        }
        return app;
    }

    /** Adds the counters and the deployments in progress. */
    static void counts(Service service, Optional<Deployment> deployment, ObjectNode app) {
        List<Instance> instances = listed(service);
        app.put("tasksStaged", instances.stream().filter(Listings::isStaged).count());
        app.put("tasksRunning", instances.stream().filter(Instance::isRunning).count());
        app.put(
                "tasksHealthy",
                instances.stream().filter(i -> i.health.known && i.health.alive).count());
        app.put(
                "tasksUnhealthy",
                instances.stream().filter(i -> i.health.known && !i.health.alive).count());
        ArrayNode deployments = app.putArray("deployments");
        deployment.ifPresent(running -> deployments.addObject().put("id", running.id));
    }

    /** Instances that have a task; an instance that waits for an offer is not listed. */
    static List<Instance> listed(Service service) {
        return service.instances.stream().filter(instance -> !instance.tasks.isEmpty()).toList();
    }

    private static boolean isStaged(Instance instance) {
        return instance.condition.equals("Provisioned")
                || instance.condition.equals("Starting")
                || instance.condition.equals("Staging");
    }

    /**
     * @param servicePorts of the app for {@code /v2/tasks}; empty inside an app, as Marathon leaves
     *     them out there
     */
    static ObjectNode task(Instance instance, List<Integer> servicePorts) {
        Task task = instance.tasks.getFirst();
        boolean active = !task.isTerminal();
        ObjectNode node = Json.object().put("appId", instance.spec.id());
        node.set("healthCheckResults", health(instance));
        node.put("host", instance.agent.host()).put("id", task.id);
        node.set("ipAddresses", addresses(task));
        node.set("ports", active ? numbers(task.ports) : Json.array());
        node.set("servicePorts", numbers(servicePorts));
        node.put("slaveId", instance.agent.id()).put("state", task.state);
        if (active) {
            node.put("stagedAt", instance.stagedAt);
            if (!task.startedAt.isEmpty()) {
                node.put("startedAt", task.startedAt);
            }
            node.put("version", instance.spec.version());
        }
        node.putArray("localVolumes");
        node.put("region", instance.agent.region()).put("zone", instance.agent.zone());
        return node.put("role", instance.spec.definition().path("role").asText("*"));
    }

    private static ArrayNode health(Instance instance) {
        ArrayNode results = Json.array();
        Instance.HealthRecord health = instance.health;
        if (!health.known || instance.spec.checks() == RunSpec.Checks.NONE) {
            return results;
        }
        ObjectNode result =
                results.addObject()
                        .put("alive", health.alive)
                        .put("consecutiveFailures", health.consecutiveFailures);
        if (!health.firstSuccess.isEmpty()) {
            result.put("firstSuccess", health.firstSuccess);
        }
        result.put("instanceId", "instance [" + instance.id + "]");
        if (!health.lastSuccess.isEmpty()) {
            result.put("lastSuccess", health.lastSuccess);
        }
        if (!health.lastFailure.isEmpty()) {
            result.put("lastFailure", health.lastFailure).put("lastFailureCause", "");
        }
        return results;
    }

    static ArrayNode addresses(Task task) {
        ArrayNode list = Json.array();
        task.addresses.forEach(
                address ->
                        list.addObject()
                                .put("ipAddress", address.text())
                                .put("protocol", address.protocol()));
        return list;
    }

    static ArrayNode numbers(Collection<Integer> values) {
        ArrayNode list = Json.array();
        values.forEach(list::add);
        return list;
    }

    /** The group tree with all apps and pods, as {@code GET /v2/groups} gives it. */
    static ObjectNode group(String id, Collection<Service> services, String version) {
        ObjectNode group = Json.object().put("id", id);
        ArrayNode apps = group.putArray("apps");
        ArrayNode pods = group.putArray("pods");
        ArrayNode groups = group.putArray("groups");
        String prefix = id.equals("/") ? "/" : id + "/";
        services.stream()
                .filter(service -> SpecPath.parent(service.id).equals(id))
                .forEach(service -> (service.pod ? pods : apps).add(service.current.definition()));
        services.stream()
                .map(service -> SpecPath.parent(service.id))
                .filter(parent -> !parent.equals(id) && parent.startsWith(prefix))
                .map(parent -> prefix + parent.substring(prefix.length()).split("/")[0])
                .distinct()
                .forEach(child -> groups.add(group(child, services, version)));
        group.putArray("dependencies");
        return group.put("version", version);
    }
}
