package io.meridian.domain.mesos;

/** A fact about the Mesos cluster itself, as journalled. */
public sealed interface ClusterEvent {
    /** Entity type in the journal; part of the persistence id, never changed. */
    String ENTITY_TYPE = "mesos-cluster";

    /** The masters are now these. */
    record MastersChanged(MesosCluster.Masters masters) implements ClusterEvent {}

    /** An agent is new, or is found elsewhere. */
    record AgentChanged(MesosCluster.Agent agent) implements ClusterEvent {}

    record AgentRemoved(String id) implements ClusterEvent {}

    /** A framework is new, or its scheduler is found elsewhere. */
    record FrameworkChanged(MesosCluster.Framework framework) implements ClusterEvent {}

    record FrameworkRemoved(String id) implements ClusterEvent {}
}
