package io.meridian.domain.service;

import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

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
     * One task is in this condition, says Mesos.
     *
     * @param owned false if the service is another source's: then this adds what that source has
     *     not told of the task, and starts, ends and changes nothing else
     * @param reason what was said, such as {@code TASK_KILLED}
     */
    record MesosTaskSeen(ServiceId service, MesosTask task, boolean owned, String reason)
            implements Observation {}

    /**
     * A good listing by Mesos of one service that no other source tells of.
     *
     * @param tasks those that have not ended
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
                    .map(task -> task.id().value())
                    .collect(Collectors.toSet());
        }
    }

    /** A good listing of one service, by whichever source. */
    sealed interface Listing extends Observation {
        boolean current();

        /** Tasks that it has, in whatever phase. */
        SortedSet<TaskId> listed();

        /** Instances of its tasks that have not ended and are not stopping. */
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
     * These tasks have ended, though nobody said so at the time: good listings lack them.
     *
     * @param removed whether the service itself is no longer defined
     */
    record Absent(ServiceId service, SortedSet<TaskId> tasks, boolean removed, String reason)
            implements Observation {}
}
