package io.meridian.sources.mesos;

/** One record of the operator API's stream (specs: marathon-mesos-api 5.5). */
sealed interface MesosEvent {
    /** As Mesos calls it. */
    String type();

    /**
     * The whole state, once at the start.
     *
     * @param heartbeatSeconds how often the master beats; 0 if not said
     */
    record Subscribed(String type, StateDocument state, double heartbeatSeconds)
            implements MesosEvent {}

    record Heartbeat(String type) implements MesosEvent {}

    /** A new task, or a known one again because its agent has come back; perhaps already ended. */
    record TaskAdded(String type, TaskReport task) implements MesosEvent {}

    /**
     * @param state newest state, which may be ahead of the status; counts for the life cycle
     * @param status counts for addresses, and only if its own state is {@code TASK_RUNNING}; and
     *     for health
     */
    record TaskUpdated(String type, TaskKey key, String state, StatusReport status)
            implements MesosEvent {}

    /** {@code FRAMEWORK_ADDED} and {@code FRAMEWORK_UPDATED}. */
    record FrameworkKnown(String type, FrameworkReport framework) implements MesosEvent {}

    record FrameworkRemoved(String type, String framework) implements MesosEvent {}

    /** Registered, or registered again. */
    record AgentAdded(String type, AgentReport agent) implements MesosEvent {}

    record AgentRemoved(String type, String agent) implements MesosEvent {}

    /** A type that this program does not know. */
    record Unknown(String type) implements MesosEvent {}

    /** A known type with something missing. */
    record Unreadable(String type, String why) implements MesosEvent {}
}
