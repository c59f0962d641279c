package io.meridian.domain.service;

/**
 * Phases of a task, in their only possible order. An observation never lowers a phase, so
 * Marathon's unordered events are safe to apply. Unreachable is not a phase, because a task can
 * become reachable again.
 */
public enum TaskPhase {
    /** Accepted by an agent, not started. */
    STAGING,
    /** The executor has the task; the process may run, but no status reports it as running. */
    STARTING,
    /** Runs. */
    RUNNING,
    /** The executor stops the task; existing connections may continue. */
    KILLING,
    /** The task has ended, for any reason. */
    GONE
}
