package io.meridian.sources.mesos;

/** Whether the known state of a Mesos cluster is complete. */
public enum MesosPhase {
    /** No master answers; what was known before is kept. */
    DETACHED,
    /** The leader is new: it has not heard again of all agents that it knows of. */
    AWAITING_AGENTS,
    /** All came back, or their time is over; the last of their tasks may be under way. */
    SETTLING,
    /** All is known: what is not listed is gone. */
    COMPLETE
}
