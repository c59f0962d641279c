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

    /** A task was first seen to run (or to be stopping, if that was heard first). */
    record InstanceStarted(ServiceId service, Instance instance) implements ServiceEvent {}

    /** Phase, health, reachability or addresses of a live instance are now these. */
    record InstanceChanged(ServiceId service, Instance instance) implements ServiceEvent {}

    /**
     * A task has ended.
     *
     * @param reason one phrase for people: the Mesos state, or how the absence was proven
     */
    record InstanceEnded(ServiceId service, TaskId task, String reason) implements ServiceEvent {}

    /**
     * Good listings lack a task that only Mesos tells of. It has no records any more, but may come
     * back: an agent can register again long after its leader has given it up.
     *
     * @param reason how the absence was proven, for people
     */
    record InstanceMissed(ServiceId service, TaskId task, String reason) implements ServiceEvent {}

    /** What Mesos adds to a task that the service's own source has not told of yet. */
    record MesosSupplementRecorded(ServiceId service, MesosSupplement supplement)
            implements ServiceEvent {}

    /** The service is no longer defined. Its instances have ended by events of their own. */
    record ServiceRemoved(ServiceId service, String reason) implements ServiceEvent {}
}
