package io.meridian.domain.service;

/**
 * A live task that a listing lacks, as the ingest needs it to judge the absence.
 *
 * @param instance Marathon's instance id
 * @param unreachable whether Mesos has lost contact with the task's agent
 * @param stopping whether the task is being killed and its agent is reachable, so that its end is
 *     expected
 */
public record MissingInstance(String instance, boolean unreachable, boolean stopping) {
    public static MissingInstance of(Instance live) {
        return new MissingInstance(
                live.instance(),
                live.unreachable(),
                live.phase() == TaskPhase.KILLING && !live.unreachable());
    }
}
