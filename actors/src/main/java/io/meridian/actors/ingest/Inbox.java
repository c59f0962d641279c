package io.meridian.actors.ingest;

import io.meridian.domain.service.Health;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.MissingInstance;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;

import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Coalescing queue of the observations of one service that its entity has not acknowledged, oldest
 * first. A newer observation replaces a queued one with the same key, so the queue is bounded by
 * the number of tasks. A reported end is never replaced, and after one of Mesos the id may have a
 * new life; an end that only absence proves is dropped when a sign of life follows.
 */
final class Inbox {
    private final SequencedMap<Key, Entry> queued = new LinkedHashMap<>();

    /** Number of the last sign of life of each task and instance, while others wait before it. */
    private final Map<Object, Long> lastSigns = new HashMap<>();

    private @Nullable Entry inFlight;
    private long arrivals;

    /** A delivery, and which arrival of the inbox it was. */
    private record Entry(Delivery delivery, long number) {
        Entry with(Observation other) {
            return new Entry(delivery.with(other), number);
        }
    }

    /** Of observations with equal keys only the newest counts. */
    private record Key(Class<?> kind, Object subject) {}

    private record TaskKey(TaskId task, TaskPhase phase, boolean unreachable) {}

    void add(Delivery delivery) {
        Entry entry = new Entry(delivery, ++arrivals);
        if (!isIdle()) {
            noteSigns(entry);
        }
        enqueue(entry);
    }

    private void enqueue(Entry entry) {
        Observation observation = entry.delivery().observation();
        dropRefutedAbsences(observation);
        if (isSuperseded(observation)) {
            return;
        }
        replaceOlder(observation);
        putLast(entry);
    }

    /**
     * The next delivery to send; it is then in flight until {@link #acknowledged} or {@link
     * #notAcknowledged}. Empty while another is in flight, or if none is queued.
     */
    Optional<Delivery> take() {
        if (inFlight != null || queued.isEmpty()) {
            return Optional.empty();
        }
        inFlight = queued.pollFirstEntry().getValue();
        return Optional.of(inFlight.delivery());
    }

    /**
     * The delivery in flight is acknowledged.
     *
     * @param missing live tasks that the delivery lacks, if the delivery is a listing
     * @return those of them without a sign of life since the delivery was queued
     */
    SortedMap<TaskId, MissingInstance> acknowledged(SortedMap<TaskId, MissingInstance> missing) {
        long number = entryInFlight().number();
        inFlight = null;
        SortedMap<TaskId, MissingInstance> silent = new TreeMap<>(missing);
        silent.entrySet()
                .removeIf(
                        one ->
                                lastSign(one.getKey()) > number
                                        || lastSign(one.getValue().instance()) > number);
        return silent;
    }

    /** The delivery in flight is given up. */
    void dropped() {
        entryInFlight();
        inFlight = null;
    }

    /** When the oldest delivery arrived that is not acknowledged; null if there is none. */
    @Nullable Instant oldest() {
        return Stream.concat(Stream.ofNullable(inFlight), queued.values().stream())
                .map(entry -> entry.delivery().received())
                .min(Instant::compareTo)
                .orElse(null);
    }

    /** Puts the delivery in flight back at the head, unless a queued one replaces it. */
    void notAcknowledged() {
        Entry again = entryInFlight();
        inFlight = null;
        List<Entry> newer = List.copyOf(queued.values());
        queued.clear();
        putLast(again);
        newer.forEach(this::enqueue);
    }

    boolean isIdle() {
        return inFlight == null && queued.isEmpty();
    }

    boolean isReady() {
        return inFlight == null && !queued.isEmpty();
    }

    int size() {
        return queued.size();
    }

    private Entry entryInFlight() {
        if (inFlight == null) {
            throw new IllegalStateException("no delivery is in flight");
        }
        return inFlight;
    }

    private long lastSign(Object subject) {
        return lastSigns.getOrDefault(subject, 0L);
    }

    private void noteSigns(Entry entry) {
        Observation sign = entry.delivery().observation();
        alive(sign).forEach(task -> lastSigns.put(task, entry.number()));
        if (sign instanceof Observation.HealthSeen seen && seen.health() != Health.UNKNOWN) {
            lastSigns.put(seen.instance(), entry.number());
        }
    }

    /** Whether the queue already has all data of the observation. */
    private boolean isSuperseded(Observation observation) {
        return switch (observation) {
            case Observation.TaskSeen seen -> queued.containsKey(end(seen.sighting().task()));
            case Observation.HealthSeen seen -> seen.health() == Health.UNKNOWN; // keeps a verdict
            case Observation.Defined _,
                    Observation.MesosTaskSeen _, // after an end the id has a new life
                    Observation.Listed _,
                    Observation.MesosListed _,
                    Observation.Absent _ ->
                    false;
        };
    }

    /** Removes queued observations that the new one replaces although their keys differ. */
    private void replaceOlder(Observation observation) {
        switch (observation) {
            case Observation.TaskSeen seen when seen.sighting().phase() == TaskPhase.GONE ->
                    removeSightings(Observation.TaskSeen.class, seen.sighting().task());
            case Observation.MesosTaskSeen seen
                    when seen.owned() && seen.task().phase() == TaskPhase.GONE ->
                    removeSightings(Observation.MesosTaskSeen.class, seen.task().id());
            case Observation.Listed listing -> keepEnds(listing);
            case Observation.MesosListed listing when listing.current() && !queued.isEmpty() ->
                    removeListed(listing.listed());
            case Observation.TaskSeen _,
                    Observation.MesosTaskSeen _,
                    Observation.MesosListed _,
                    Observation.Defined _,
                    Observation.HealthSeen _,
                    Observation.Absent _ -> {}
        }
    }

    private void putLast(Entry entry) {
        Key key = key(entry.delivery().observation());
        queued.remove(key);
        queued.put(key, entry);
    }

    private void removeSightings(Class<?> kind, TaskId task) {
        queued.keySet()
                .removeIf(
                        key ->
                                key.kind() == kind
                                        && key.subject() instanceof TaskKey of
                                        && of.task().equals(task));
    }

    /** A listing of Mesos has all that Mesos knows of its tasks. */
    private void removeListed(SortedSet<TaskId> listed) {
        queued.keySet()
                .removeIf(
                        key ->
                                key.kind() == Observation.MesosTaskSeen.class
                                        && key.subject() instanceof TaskKey of
                                        && of.phase() != TaskPhase.GONE
                                        && listed.contains(of.task()));
    }

    /** Queues the ends that only the listing about to be replaced reports. */
    private void keepEnds(Observation.Listed newer) {
        Entry older = queued.get(key(newer));
        if (older != null && older.delivery().observation() instanceof Observation.Listed listing) {
            for (TaskSighting task : listing.tasks()) {
                if (task.phase() == TaskPhase.GONE) {
                    enqueue(
                            older.with(
                                    new Observation.TaskSeen(
                                            listing.service(), task, "listed as ended")));
                }
            }
        }
    }

    /** An entity never revives an ended task, so a proven end must not overtake a sign of life. */
    private void dropRefutedAbsences(Observation sign) {
        if (queued.isEmpty()
                || sign instanceof Observation.HealthSeen
                || sign instanceof Observation.Absent) {
            return;
        }
        SortedSet<TaskId> alive = alive(sign);
        boolean defined =
                sign instanceof Observation.Defined
                        || sign instanceof Observation.Listed
                        || !alive.isEmpty();
        for (Entry entry : List.copyOf(queued.values())) {
            if (entry.delivery().observation() instanceof Observation.Absent absent) {
                SortedSet<TaskId> left = new TreeSet<>(absent.tasks());
                left.removeAll(alive);
                boolean removed = absent.removed() && !defined;
                queued.remove(key(absent));
                if (removed || !left.isEmpty()) {
                    putLast(
                            entry.with(
                                    new Observation.Absent(
                                            absent.service(), left, removed, absent.reason())));
                }
            }
        }
    }

    /** Tasks that the observation shows to exist. */
    private static SortedSet<TaskId> alive(Observation sign) {
        SortedSet<TaskId> alive = new TreeSet<>();
        switch (sign) {
            case Observation.TaskSeen seen -> addAlive(seen.sighting(), alive);
            case Observation.MesosTaskSeen seen -> addAlive(seen.task(), alive);
            case Observation.Listed listing ->
                    listing.tasks().forEach(task -> addAlive(task, alive));
            case Observation.MesosListed listing ->
                    listing.tasks().forEach(task -> addAlive(task, alive));
            case Observation.Defined _, Observation.HealthSeen _, Observation.Absent _ -> {}
        }
        return alive;
    }

    private static void addAlive(TaskSighting task, SortedSet<TaskId> alive) {
        if (task.phase() != TaskPhase.GONE) {
            alive.add(task.task());
        }
    }

    private static void addAlive(MesosTask task, SortedSet<TaskId> alive) {
        if (task.phase() != TaskPhase.GONE) {
            alive.add(task.id());
        }
    }

    private static Key end(TaskId task) {
        return new Key(Observation.TaskSeen.class, new TaskKey(task, TaskPhase.GONE, false));
    }

    private static Key key(Observation observation) {
        return switch (observation) {
            case Observation.Defined one ->
                    new Key(Observation.Defined.class, one.definition().version());
            case Observation.TaskSeen one -> {
                TaskSighting task = one.sighting();
                // A sighting as unreachable or stopping has no addresses: it replaces no other.
                yield taskKey(
                        Observation.TaskSeen.class, task.task(), task.phase(), task.unreachable());
            }
            case Observation.HealthSeen one ->
                    new Key(Observation.HealthSeen.class, one.instance());
            case Observation.MesosTaskSeen one -> {
                MesosTask task = one.task();
                yield taskKey(
                        Observation.MesosTaskSeen.class,
                        task.id(),
                        task.phase(),
                        task.unreachable());
            }
            case Observation.Listed _ -> new Key(Observation.Listed.class, "");
            case Observation.MesosListed _ -> new Key(Observation.MesosListed.class, "");
            case Observation.Absent one -> new Key(Observation.Absent.class, one.tasks());
        };
    }

    private static Key taskKey(Class<?> kind, TaskId task, TaskPhase phase, boolean unreachable) {
        return new Key(kind, new TaskKey(task, phase, phase != TaskPhase.GONE && unreachable));
    }
}
