package io.meridian.domain.service;

import java.util.List;
import java.util.SortedSet;

/** A claim by the outside about one service; may be late, repeated or wrong. */
public sealed interface Observation {
    ServiceId service();

    /** The definition is this. */
    record Defined(ServiceId service, ServiceDefinition definition) implements Observation {}

    /**
     * One task is in this condition.
     *
     * @param reason what was said, such as {@code TASK_KILLED}
     */
    record TaskSeen(ServiceId service, TaskSighting sighting, String reason)
            implements Observation {}

    /** The health verdict on every task of one instance; {@link Health#UNKNOWN} changes nothing. */
    record HealthSeen(ServiceId service, String instance, Health health) implements Observation {}

    /**
     * A good listing of one service.
     *
     * @param current false if events about the service arrived after this listing was asked for:
     *     then only what cannot be outdated is taken from it (definition, new tasks, phases), not
     *     health and reachability
     * @param fallback whether tasks of a version that no known definition covers may use the newest
     *     definition, because the right one can't be had
     */
    record Listed(
            ServiceId service,
            ServiceDefinition definition,
            List<TaskSighting> tasks,
            boolean current,
            boolean fallback)
            implements Observation {
        public Listed {
            tasks = List.copyOf(tasks);
        }
    }

    /**
     * These tasks have ended, though nobody said so at the time: good listings lack them.
     *
     * @param removed whether the service itself is no longer defined
     */
    record Absent(ServiceId service, SortedSet<TaskId> tasks, boolean removed, String reason)
            implements Observation {}
}
