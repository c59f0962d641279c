package io.meridian.sources;

import io.meridian.domain.service.TaskPhase;

import java.util.Optional;

/**
 * Mesos task states with their {@link TaskPhase}. An unreachable, unknown or lost task may still
 * run: it keeps the last possible phase and gets no new traffic.
 */
public enum MesosState {
    TASK_STAGING(TaskPhase.STAGING, false),
    TASK_STARTING(TaskPhase.STARTING, false),
    TASK_RUNNING(TaskPhase.RUNNING, false),
    TASK_KILLING(TaskPhase.KILLING, false),
    TASK_FINISHED(TaskPhase.GONE, false),
    TASK_FAILED(TaskPhase.GONE, false),
    TASK_KILLED(TaskPhase.GONE, false),
    TASK_ERROR(TaskPhase.GONE, false),
    TASK_DROPPED(TaskPhase.GONE, false),
    TASK_GONE(TaskPhase.GONE, false),
    TASK_GONE_BY_OPERATOR(TaskPhase.GONE, false),
    TASK_LOST(TaskPhase.RUNNING, true),
    TASK_UNREACHABLE(TaskPhase.RUNNING, true),
    TASK_UNKNOWN(TaskPhase.RUNNING, true);

    private final TaskPhase phase;
    private final boolean unreachable;

    MesosState(TaskPhase phase, boolean unreachable) {
        this.phase = phase;
        this.unreachable = unreachable;
    }

    /** The state of that name; empty for an unknown name. */
    public static Optional<MesosState> of(String name) {
        for (MesosState state : values()) {
            if (state.name().equals(name)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }

    public TaskPhase phase() {
        return phase;
    }

    public boolean unreachable() {
        return unreachable;
    }

    /**
     * Whether a status of this state has the task's own addresses. A status of an earlier state may
     * have the agent's.
     */
    public boolean tellsAddresses() {
        return this == TASK_RUNNING;
    }
}
