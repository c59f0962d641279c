package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The API's changes to apps and tasks. Only the simulation thread. */
final class AppChanges {
    private final Simulation simulation;

    AppChanges(Simulation simulation) {
        this.simulation = simulation;
    }

    /** The answer to a change. */
    record Accepted(String deploymentId, String version) {
        ObjectNode json() {
            return Json.object().put("deploymentId", deploymentId).put("version", version);
        }
    }

    /** A new app and the 201 body. */
    record Created(Accepted accepted, ObjectNode body) {}

    /**
     * @throws ApiRefusal 409 if there is one already, 422 if the definition breaks a rule
     */
    Created create(ObjectNode input, String uri) {
        ObjectNode canonical = AppDefinitions.canonical(input);
        String id = canonical.path("id").asText();
        refuseTaken(id);
        String version = simulation.identities.version();
        ObjectNode echoed = AppDefinitions.versioned(canonical, version);
        ObjectNode numbered = ServicePorts.assigned(canonical, Json.object(), simulation.all());
        Service service =
                new Service(
                        RunSpec.app(
                                AppDefinitions.stored(numbered, version, version, version),
                                version));
        simulation.add(service);
        Deployment deployment =
                deployment(
                        service,
                        version,
                        List.of(Deployment.Action.START, Deployment.Action.SCALE));
        ObjectNode body = echoed.deepCopy();
        body.put("tasksStaged", 0)
                .put("tasksRunning", 0)
                .put("tasksHealthy", 0)
                .put("tasksUnhealthy", 0);
        body.putArray("deployments").addObject().put("id", deployment.id);
        simulation.deployments.create(
                deployment, groupChange(service, version), simulation.events.apiPost(uri, echoed));
        return new Created(new Accepted(deployment.id, version), body);
    }

    /**
     * Merges the given fields into the app, or restores an old version if only {@code version} is
     * given.
     */
    Accepted update(String id, ObjectNode input, boolean force, String uri) {
        Service service = simulation.app(id);
        ObjectNode wished = service.current.definition().deepCopy();
        if (input.hasNonNull("version")) {
            wished = version(service, input.path("version").asText()).definition().deepCopy();
        } else {
            wished.setAll(input);
        }
        wished.put("id", id);
        ObjectNode canonical = AppDefinitions.canonical(wished);
        simulation.deployments.claim(service, force);
        ObjectNode before = service.current.definition();
        ObjectNode numbered = ServicePorts.assigned(canonical, before, simulation.all());
        boolean config = AppDefinitions.isConfigChange(before, numbered);
        boolean count =
                before.path("instances").intValue() != numbered.path("instances").intValue();
        String version = simulation.identities.version();
        String configChange = config ? version : service.current.lastConfigChange();
        ObjectNode stored = AppDefinitions.stored(numbered, version, version, configChange);
        List<EventFrame> echo =
                List.of(simulation.events.apiPost(uri, stored), groupChange(service, version));
        if (!config && !count) {
            Deployment nothing = deployment(service, version, List.of());
            simulation.deployments.nothing(nothing, echo);
            return new Accepted(nothing.id, version);
        }
        service.change(RunSpec.app(stored, configChange));
        Deployment deployment =
                deployment(
                        service,
                        version,
                        List.of(config ? Deployment.Action.RESTART : Deployment.Action.SCALE));
        simulation.deployments.change(deployment, echo);
        return new Accepted(deployment.id, version);
    }

    Accepted restart(String id, boolean force) {
        Service service = simulation.app(id);
        simulation.deployments.claim(service, force);
        String version = simulation.identities.version();
        service.change(
                RunSpec.app(
                        AppDefinitions.stored(
                                service.current.definition(), version, version, version),
                        version));
        Deployment deployment = deployment(service, version, List.of(Deployment.Action.RESTART));
        simulation.deployments.change(deployment, List.of(groupChange(service, version)));
        return new Accepted(deployment.id, version);
    }

    Accepted delete(String id, boolean force) {
        Service service = simulation.app(id);
        simulation.deployments.claim(service, force);
        String version = simulation.identities.version();
        Deployment deployment = deployment(service, version, List.of(Deployment.Action.STOP));
        simulation.deployments.stop(deployment, List.of(groupChange(service, version)));
        return new Accepted(deployment.id, version);
    }

    /** Kills tasks; their instances start again. */
    void kill(List<Simulation.Found> found, boolean wipe) {
        for (Simulation.Found each : found) {
            if (wipe) {
                simulation.life.wipe(each.service(), each.instance());
            } else {
                simulation.life.kill(each.service(), each.instance());
            }
        }
    }

    /** Kills tasks of one app and reduces its instance count by as many. */
    Accepted killAndScale(Service service, List<Simulation.Found> found, boolean force) {
        simulation.deployments.claim(service, force);
        String version = simulation.identities.version();
        ObjectNode smaller = service.current.definition().deepCopy();
        smaller.put("instances", Math.max(0, service.current.instances() - found.size()));
        String configChange = service.current.lastConfigChange();
        service.change(
                RunSpec.app(
                        AppDefinitions.stored(smaller, version, version, configChange),
                        configChange));
        Deployment deployment = deployment(service, version, List.of(Deployment.Action.SCALE));
        List<Simulation.Found> chosen = new ArrayList<>(found);
        chosen.sort(Comparator.comparingLong(each -> each.instance().number));
        simulation.deployments.change(
                deployment,
                List.of(groupChange(service, version)),
                () ->
                        chosen.forEach(
                                each -> simulation.life.decommission(service, each.instance())));
        return new Accepted(deployment.id, version);
    }

    /**
     * @throws ApiRefusal 404
     */
    RunSpec version(Service service, String version) {
        if (!service.versions.containsKey(version)) {
            throw ApiRefusal.message(
                    404, "App '" + service.id + "' does not exist in version " + version);
        }
        return service.versions.get(version);
    }

    /**
     * @throws ApiRefusal 400 if it is no JSON, 422 if it is no object
     */
    static ObjectNode object(String body) {
        try {
            JsonNode node = Json.read(body);
            if (node instanceof ObjectNode object) {
                return object;
            }
            throw ApiRefusal.invalidJson("/", "error.expected.jsobject");
        } catch (com.fasterxml.jackson.core.JsonProcessingException unreadable) {
            throw ApiRefusal.unreadable(unreadable.getOriginalMessage());
        }
    }

    Deployment deployment(Service service, String version, List<Deployment.Action> steps) {
        return new Deployment(simulation.identities.deployment(), version, service, steps);
    }

    EventFrame groupChange(Service service, String version) {
        return simulation.events.groupChangeSuccess(SpecPath.parent(service.id), version);
    }

    void refuseTaken(String id) {
        if (simulation.has(id)) {
            if (simulation.get(id).stopping) {
                simulation.deployments.claim(simulation.get(id), false);
            }
            throw ApiRefusal.exists(simulation.get(id).pod ? "pod" : "app", id);
        }
    }
}
