package io.meridian.domain.service;

import java.util.Collections;
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
     * A listing of one service.
     *
     * @param gaps tasks of the listing that could not be read
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
            Gaps gaps,
            boolean current,
            boolean fallback)
            implements Listing {
        public Listed {
            tasks = List.copyOf(tasks);
        }

        /** A listing without gaps. */
        public Listed(
                ServiceId service,
                ServiceDefinition definition,
                List<TaskSighting> tasks,
                boolean current,
                boolean fallback) {
            this(service, definition, tasks, Gaps.NONE, current, fallback);
        }

        /** The same listing with {@code fallback}. */
        public Listed withFallback() {
            return new Listed(service, definition, tasks, gaps, current, true);
        }

        @Override
        public boolean provesAbsence() {
            return current && !gaps.nameless();
        }

        @Override
        public SortedSet<TaskId> listed() {
            SortedSet<TaskId> ids = Listing.ids(tasks, TaskSighting::task);
            ids.addAll(gaps.unread());
            return ids;
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
     * Tasks of a listing that could not be read. The service keeps them as they are.
     *
     * @param unread ids of those whose id could be read: they exist, and no more is known
     * @param nameless whether there is one whose id is not known: no task of the service is then
     *     known to be absent
     */
    record Gaps(SortedSet<TaskId> unread, boolean nameless) {
        public static final Gaps NONE = new Gaps(new TreeSet<>(), false);

        public Gaps {
            unread = Collections.unmodifiableSortedSet(new TreeSet<>(unread));
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
        public boolean provesAbsence() {
            return current;
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

        /** Whether a task that the listing lacks did not exist when the source requested it. */
        boolean provesAbsence();

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
