package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.TaskSighting;

import java.util.List;

/**
 * One app or pod as a REST answer describes it. Every task that has an id is in it, so a task that
 * is not has no entry in the answer; agents carry their host only, no addresses.
 *
 * @param path absolute id
 * @param tasks a task whose entry could not be read is there as a bare claim that it exists
 * @param healthChecks how many checks the app declares, or how many containers of the pod have one
 * @param faults what could not be read of the tasks; if there is any, health and reachability in it
 *     count for nothing
 */
record Reading(
        String path,
        ServiceKind kind,
        ServiceDefinition definition,
        List<TaskSighting> tasks,
        int healthChecks,
        List<String> faults) {
    Reading {
        tasks = List.copyOf(tasks);
        faults = List.copyOf(faults);
    }
}
