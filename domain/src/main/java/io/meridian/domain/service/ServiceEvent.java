package io.meridian.domain.service;

/**
 * A fact about one service. Carries all that projections need. The journal holds it as part of a
 * {@link ServiceEventBatch}.
 */
public sealed interface ServiceEvent {
    /** Entity type in the journal; part of every persistence id, never changed. */
    String ENTITY_TYPE = "service";

    ServiceId service();

    /** The definition is new or has changed. */
    record DefinitionRevised(ServiceId service, ServiceDefinition definition)
            implements ServiceEvent {}

    /** A task was first observed running, or stopping if no earlier observation came. */
    record InstanceStarted(ServiceId service, Instance instance) implements ServiceEvent {}

    /** Phase, health, reachability or addresses of a live instance have changed. */
    record InstanceChanged(ServiceId service, Instance instance) implements ServiceEvent {}

    /**
     * A task has ended. A task whose only source is Mesos may run again under the same id.
     *
     * @param reason one phrase for the operator: the Mesos state, or the proof of the absence
     */
    record InstanceEnded(ServiceId service, TaskId task, String reason) implements ServiceEvent {}

    /** Mesos has reported a task that the service's owner has not reported yet. */
    record MesosSupplementRecorded(ServiceId service, MesosSupplement supplement)
            implements ServiceEvent {}

    /** The service is no longer defined. Its instances have ended by events of their own. */
    record ServiceRemoved(ServiceId service, String reason) implements ServiceEvent {}
}
