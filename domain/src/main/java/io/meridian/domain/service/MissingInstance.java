package io.meridian.domain.service;

/**
 * What an ingest needs to know of a live task that a listing lacks.
 *
 * @param instance Marathon's instance id
 * @param unreachable whether Mesos has lost contact with the task's agent
 * @param stopping whether the task is being killed and its agent is reachable, so that its end was
 *     to be expected
 */
public record MissingInstance(String instance, boolean unreachable, boolean stopping) {
    public static MissingInstance of(Instance live) {
        return new MissingInstance(
                live.instance(),
                live.unreachable(),
                live.phase() == TaskPhase.KILLING && !live.unreachable());
    }
}
