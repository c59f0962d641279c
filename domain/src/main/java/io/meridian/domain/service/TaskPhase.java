package io.meridian.domain.service;

/**
 * Phases of a task, in the only order in which they can happen. A claim never lowers a phase: that
 * is what makes Marathon's unordered event stream safe to read. Unreachable is no phase: a task can
 * come back from it.
 */
public enum TaskPhase {
    /** Accepted by an agent, not started. */
    STAGING,
    /** The executor has it; the process may run, is not reported to. */
    STARTING,
    /** Runs. */
    RUNNING,
    /** Told to stop; existing connections may go on. */
    KILLING,
    /** Ended, whatever the reason. */
    GONE
}
