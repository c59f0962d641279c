package io.meridian.sources.marathon;

import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.TaskSighting;

import java.util.List;

/**
 * One app or pod as a REST response describes it. Agents have a host and no addresses.
 *
 * @param path absolute id
 * @param definition with a refusal for each fault, so that the service shows it
 * @param tasks sightings of all tasks that could be read
 * @param gaps tasks that could not
 * @param faults one sentence for each of these, the first few
 * @param healthChecks number of the app's health checks, or of the pod's containers with a health
 *     check
 */
record Reading(
        String path,
        ServiceKind kind,
        ServiceDefinition definition,
        List<TaskSighting> tasks,
        Observation.Gaps gaps,
        List<String> faults,
        int healthChecks) {
    Reading {
        tasks = List.copyOf(tasks);
        faults = List.copyOf(faults);
    }

    static Reading of(
            String path,
            ServiceKind kind,
            ServiceDefinition definition,
            TaskReadings tasks,
            int healthChecks) {
        return new Reading(
                path,
                kind,
                definition.refusing(tasks.faults()),
                tasks.tasks(),
                tasks.gaps(),
                tasks.faults(),
                healthChecks);
    }
}
