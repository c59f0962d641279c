package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.TaskSighting;

import java.util.List;

/**
 * One app or pod as a REST response describes it. A reading has every task of the response; an
 * unreadable task entry becomes a bare sighting. Agents have a host and no addresses.
 *
 * @param path absolute id
 * @param tasks sightings of all tasks; that of an unreadable entry proves only the task's existence
 * @param healthChecks number of the app's health checks, or of the pod's containers with a health
 *     check
 * @param faults one sentence for each unreadable task entry; if not empty, health and reachability
 *     in this reading are ignored
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
