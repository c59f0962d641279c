package io.meridian.domain.mesos;

/** A fact about the Mesos cluster itself, as journalled. */
public sealed interface ClusterEvent {
    /** Entity type in the journal; part of the persistence id, never changed. */
    String ENTITY_TYPE = "mesos-cluster";

    /** The list of masters or their leader has changed. */
    record MastersChanged(MesosCluster.Masters masters) implements ClusterEvent {}

    /** An agent is new, or its addresses or hostname have changed. */
    record AgentChanged(MesosCluster.Agent agent) implements ClusterEvent {}

    record AgentRemoved(String id) implements ClusterEvent {}

    /** A framework is new, or its name or scheduler's addresses have changed. */
    record FrameworkChanged(MesosCluster.Framework framework) implements ClusterEvent {}

    record FrameworkRemoved(String id) implements ClusterEvent {}
}
