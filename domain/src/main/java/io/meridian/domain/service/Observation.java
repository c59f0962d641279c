package io.meridian.domain.service;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A claim of a source about one service. It may be late, repeated or wrong. */
public sealed interface Observation {
    ServiceId service();

    /** The service's definition. */
    record Defined(ServiceId service, ServiceDefinition definition) implements Observation {}

    /**
     * The state of one task.
     *
     * @param reason reported cause, such as {@code TASK_KILLED}
     */
    record TaskSeen(ServiceId service, TaskSighting sighting, String reason)
            implements Observation {}

    /** The health verdict on every task of one instance; {@link Health#UNKNOWN} changes nothing. */
    record HealthSeen(ServiceId service, String instance, Health health) implements Observation {}

    /**
     * A readable and complete listing of one service.
     *
     * @param current false if events about the service arrived after the source requested this
     *     listing. The service then takes definition, new tasks and phases from it, which cannot be
     *     outdated, but not health and reachability
     * @param fallback whether tasks of a version that no known definition covers may use the newest
     *     definition, because the source cannot read theirs
     */
    record Listed(
            ServiceId service,
            ServiceDefinition definition,
            List<TaskSighting> tasks,
            boolean current,
            boolean fallback)
            implements Listing {
        public Listed {
            tasks = List.copyOf(tasks);
        }

        @Override
        public SortedSet<TaskId> listed() {
            return Listing.ids(tasks, TaskSighting::task);
        }

        @Override
        public Set<String> stayingInstances() {
            return tasks.stream()
                    .filter(task -> task.phase().compareTo(TaskPhase.RUNNING) <= 0)
                    .map(TaskSighting::instance)
                    .collect(Collectors.toSet());
        }
    }

    /**
     * The state of one task as Mesos reports it.
     *
     * @param owned false if another source owns the service: the observation then only adds what
     *     that source has not reported of the task
     * @param reason reported cause, such as {@code TASK_KILLED}
     */
    record MesosTaskSeen(ServiceId service, MesosTask task, boolean owned, String reason)
            implements Observation {}

    /**
     * A complete listing by Mesos of one service that Mesos owns.
     *
     * @param tasks all tasks of the service that have not ended
     * @param current as in {@link Listed}
     */
    record MesosListed(ServiceId service, List<MesosTask> tasks, boolean current)
            implements Listing {
        public MesosListed {
            tasks = List.copyOf(tasks);
        }

        @Override
        public SortedSet<TaskId> listed() {
            return Listing.ids(tasks, MesosTask::id);
        }

        @Override
        public Set<String> stayingInstances() {
            return tasks.stream()
                    .filter(task -> task.phase().compareTo(TaskPhase.RUNNING) <= 0)
                    .map(task -> task.id().toString())
                    .collect(Collectors.toSet());
        }
    }

    /** A complete listing of one service, by the source that owns it. */
    sealed interface Listing extends Observation {
        boolean current();

        /** Ids of all tasks of the listing, in any phase. */
        SortedSet<TaskId> listed();

        /** Instances of those tasks of the listing that have not ended and are not stopping. */
        Set<String> stayingInstances();

        private static <T> SortedSet<TaskId> ids(List<T> tasks, Function<T, TaskId> id) {
            SortedSet<TaskId> ids = new TreeSet<>();
            for (T task : tasks) {
                ids.add(id.apply(task));
            }
            return ids;
        }
    }

    /**
     * Tasks whose end no source reported, and that have ended because complete listings lack them
     * (ADR 0004).
     *
     * @param removed whether the service itself is no longer defined
     */
    record Absent(ServiceId service, SortedSet<TaskId> tasks, boolean removed, String reason)
            implements Observation {}
}
