package io.meridian.domain.lb;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Decides which tasks of an app get a server (spec of Marathon-LB, 1.7.5).
 *
 * @param useHealth true if Marathon's health results admit tasks ({@code --health-check})
 * @param memory health of tasks for which Marathon returns no results
 */
public record Admission(boolean useHealth, HealthMemory memory) {
    private static final Set<String> ENDED_OR_NOT_STARTED =
            Stream.of(
                            "STAGING",
                            "STARTING",
                            "KILLING",
                            "FINISHED",
                            "FAILED",
                            "KILLED",
                            "ERROR",
                            "DROPPED",
                            "GONE",
                            "GONE_BY_OPERATOR",
                            "UNKNOWN")
                    .map(name -> "TASK_" + name)
                    .collect(Collectors.toUnmodifiableSet());

    /** Reports whether the task gets a server. */
    public boolean admits(LbApp app, LbTask task) {
        if (task.host().isEmpty()
                || task.state() != null && ENDED_OR_NOT_STARTED.contains(task.state())) {
            return false;
        }
        if (!useHealth || app.healthChecks().isEmpty()) {
            return true;
        }
        if (task.health() == null) {
            return memory.wasAlive(task.id());
        }
        memory.remember(task.id(), task.anyAlive());
        return task.anyAlive();
    }
}
