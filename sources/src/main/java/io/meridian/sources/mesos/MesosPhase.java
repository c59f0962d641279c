package io.meridian.sources.mesos;

/** Whether the known state of a Mesos cluster is complete. */
public enum MesosPhase {
    /** No master answers; the last known state is kept. */
    DETACHED,
    /** The leader is new: some agents of its registry have not reregistered. */
    AWAITING_AGENTS,
    /**
     * All agents have reregistered or the timeout has passed; the last task reports may be under
     * way.
     */
    SETTLING,
    /** The state is complete: absence from it proves that an agent or framework is gone. */
    COMPLETE
}
