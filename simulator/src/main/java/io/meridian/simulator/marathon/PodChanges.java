package io.meridian.simulator.marathon;

import com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.List;

/** The API's changes to pods. Only the simulation thread. */
final class PodChanges {
    private final Simulation simulation;
    private final AppChanges apps;

    PodChanges(Simulation simulation, AppChanges apps) {
        this.simulation = simulation;
        this.apps = apps;
    }

    /** The stored pod, and the id of its deployment. */
    record Changed(String deploymentId, ObjectNode definition) {}

    Changed create(ObjectNode input) {
        ObjectNode canonical = PodDefinitions.canonical(input);
        apps.refuseTaken(canonical.path("id").asText());
        String version = simulation.identities.version();
        Service service =
                new Service(RunSpec.pod(PodDefinitions.versioned(canonical, version), version));
        simulation.add(service);
        Deployment deployment =
                apps.deployment(
                        service,
                        version,
                        List.of(Deployment.Action.START, Deployment.Action.SCALE));
        simulation.deployments.create(
                deployment,
                apps.groupChange(service, version),
                simulation.events.podChanged("pod_created_event", "/v2/pods"));
        return new Changed(deployment.id, service.current.definition());
    }

    Changed update(String id, ObjectNode input, boolean force, String uri) {
        Service service = simulation.pod(id);
        ObjectNode canonical = PodDefinitions.canonical(input.deepCopy().put("id", id));
        simulation.deployments.claim(service, force);
        boolean config = PodDefinitions.isConfigChange(service.current.definition(), canonical);
        String version = simulation.identities.version();
        String configChange = config ? version : service.current.lastConfigChange();
        service.change(RunSpec.pod(PodDefinitions.versioned(canonical, version), configChange));
        Deployment deployment =
                apps.deployment(
                        service,
                        version,
                        List.of(config ? Deployment.Action.RESTART : Deployment.Action.SCALE));
        simulation.deployments.change(
                deployment,
                List.of(
                        simulation.events.podChanged("pod_updated_event", uri),
                        apps.groupChange(service, version)));
        return new Changed(deployment.id, service.current.definition());
    }

    String delete(String id, boolean force, String uri) {
        Service service = simulation.pod(id);
        simulation.deployments.claim(service, force);
        String version = simulation.identities.version();
        Deployment deployment = apps.deployment(service, version, List.of(Deployment.Action.STOP));
        simulation.deployments.stop(
                deployment,
                List.of(
                        apps.groupChange(service, version),
                        simulation.events.podChanged("pod_deleted_event", uri)));
        return deployment.id;
    }
}
