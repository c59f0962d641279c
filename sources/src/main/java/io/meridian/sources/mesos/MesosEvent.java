package io.meridian.sources.mesos;

/** One record of the operator API's stream (specs: marathon-mesos-api 5.5). */
sealed interface MesosEvent {
    /** Name of the event's type in the API. */
    String type();

    /**
     * The state of the whole cluster; the first event of a stream.
     *
     * @param heartbeatSeconds interval of heartbeats; 0 if the event has none
     */
    record Subscribed(String type, StateDocument state, double heartbeatSeconds)
            implements MesosEvent {}

    record Heartbeat(String type) implements MesosEvent {}

    /** A new task, or a known task whose agent has reregistered; the task may have ended. */
    record TaskAdded(String type, TaskReport task) implements MesosEvent {}

    /**
     * @param state newest state of the task, which may be newer than the status; decides the task's
     *     phase
     * @param status source of the task's health, and of its addresses if the status's own state is
     *     {@code TASK_RUNNING}
     */
    record TaskUpdated(String type, TaskKey key, String state, StatusReport status)
            implements MesosEvent {}

    /** {@code FRAMEWORK_ADDED} and {@code FRAMEWORK_UPDATED}. */
    record FrameworkKnown(String type, FrameworkReport framework) implements MesosEvent {}

    record FrameworkRemoved(String type, String framework) implements MesosEvent {}

    /** An agent has registered or reregistered. */
    record AgentAdded(String type, AgentReport agent) implements MesosEvent {}

    record AgentRemoved(String type, String agent) implements MesosEvent {}

    /** A type that this program does not know. */
    record Unknown(String type) implements MesosEvent {}

    /** An event of a known type that lacks a required field. */
    record Unreadable(String type, String why) implements MesosEvent {}
}
