package io.meridian.actors.ingest;

import io.meridian.domain.service.Health;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Claims about one service that its entity has not acknowledged, oldest first. Bounded by what
 * there is to know: while the entity can't keep up, a later claim replaces an earlier one that says
 * no more than it, but never an end that somebody told of. An end that only absence proved is
 * dropped when a sign of life comes after it.
 */
final class Inbox {
    private final Map<Key, Claim> waiting = new LinkedHashMap<>();
    private Optional<Claim> underWay = Optional.empty();

    private record Key(Class<?> kind, Object about) {}

    private record MesosKey(TaskId task, TaskPhase phase, boolean unreachable) {}

    void add(Claim claim) {
        contradict(claim.observation());
        switch (claim.observation()) {
            case Observation.TaskSeen seen -> {
                if (waiting.containsKey(ended(seen.sighting().task()))) {
                    return;
                }
                if (seen.sighting().phase() == TaskPhase.GONE) {
                    waiting.values()
                            .removeIf(
                                    earlier ->
                                            earlier.observation()
                                                            instanceof Observation.TaskSeen before
                                                    && before.sighting()
                                                            .task()
                                                            .equals(seen.sighting().task()));
                }
            }
            case Observation.HealthSeen seen -> {
                if (seen.health() == Health.UNKNOWN) {
                    return; // changes nothing, and must not replace a verdict
                }
            }
            case Observation.MesosTaskSeen seen when seen.owned() -> {
                if (waiting.containsKey(endedByMesos(seen.task().id()))) {
                    return;
                }
                if (seen.task().phase() == TaskPhase.GONE) {
                    waiting.keySet().removeIf(earlier -> tellsOf(earlier, seen.task().id()));
                }
            }
            case Observation.Listed listing -> keepEnds(listing);
            case Observation.MesosListed listing when listing.current() && !waiting.isEmpty() -> {
                SortedSet<TaskId> listed = listing.listed();
                waiting.keySet().removeIf(earlier -> isIn(listed, earlier));
            }
            case Observation.Defined _,
                    Observation.MesosTaskSeen _,
                    Observation.MesosListed _,
                    Observation.Absent _ -> {}
        }
        Key key = key(claim.observation());
        waiting.remove(key);
        waiting.put(key, claim);
    }

    /** The next claim to send; it stays under way until {@link #done} or {@link #failed}. */
    Optional<Claim> take() {
        if (underWay.isPresent() || waiting.isEmpty()) {
            return Optional.empty();
        }
        Map.Entry<Key, Claim> first = waiting.entrySet().iterator().next();
        waiting.remove(first.getKey());
        underWay = Optional.of(first.getValue());
        return underWay;
    }

    void done() {
        underWay = Optional.empty();
    }

    /**
     * The claim under way goes back to the head, unless a newer one has come that says the same.
     */
    void failed() {
        Claim again = underWay.orElseThrow();
        underWay = Optional.empty();
        List<Claim> later = List.copyOf(waiting.values());
        waiting.clear();
        waiting.put(key(again.observation()), again);
        later.forEach(this::add);
    }

    boolean isIdle() {
        return underWay.isEmpty() && waiting.isEmpty();
    }

    boolean isReady() {
        return underWay.isEmpty() && !waiting.isEmpty();
    }

    int size() {
        return waiting.size();
    }

    /** Ends that only the listing about to be replaced tells of. */
    private void keepEnds(Observation.Listed newer) {
        Claim older = waiting.get(key(newer));
        if (older != null && older.observation() instanceof Observation.Listed listing) {
            for (TaskSighting task : listing.tasks()) {
                if (task.phase() == TaskPhase.GONE) {
                    add(
                            older.with(
                                    new Observation.TaskSeen(
                                            listing.service(), task, "listed as ended")));
                }
            }
        }
    }

    /** What ended is never raised again, so an end by absence must not overtake a sign of life. */
    private void contradict(Observation sign) {
        if (waiting.isEmpty()) {
            return;
        }
        SortedSet<TaskId> alive = new TreeSet<>();
        switch (sign) {
            case Observation.TaskSeen seen -> alive(seen.sighting(), alive);
            case Observation.MesosTaskSeen seen -> alive(seen.task(), alive);
            case Observation.Listed listing -> listing.tasks().forEach(task -> alive(task, alive));
            case Observation.MesosListed listing ->
                    listing.tasks().forEach(task -> alive(task, alive));
            case Observation.Defined _ -> {}
            case Observation.HealthSeen _, Observation.Absent _ -> {
                return;
            }
        }
        boolean defined =
                sign instanceof Observation.Defined
                        || sign instanceof Observation.Listed
                        || !alive.isEmpty();
        for (Claim claim : List.copyOf(waiting.values())) {
            if (claim.observation() instanceof Observation.Absent absent) {
                SortedSet<TaskId> left = new TreeSet<>(absent.tasks());
                left.removeAll(alive);
                boolean removed = absent.removed() && !defined;
                waiting.remove(key(absent));
                if (removed || !left.isEmpty()) {
                    Observation rest =
                            new Observation.Absent(
                                    absent.service(), left, removed, absent.reason());
                    waiting.put(key(rest), claim.with(rest));
                }
            }
        }
    }

    private static void alive(TaskSighting task, SortedSet<TaskId> alive) {
        if (task.phase() != TaskPhase.GONE) {
            alive.add(task.task());
        }
    }

    private static void alive(MesosTask task, SortedSet<TaskId> alive) {
        if (task.phase() != TaskPhase.GONE) {
            alive.add(task.id());
        }
    }

    /** What Mesos says of a task is always all that it knows, so the later word is enough. */
    private static boolean isIn(SortedSet<TaskId> listed, Key key) {
        return key.kind() == Observation.MesosTaskSeen.class
                && key.about() instanceof MesosKey about
                && about.phase() != TaskPhase.GONE
                && listed.contains(about.task());
    }

    private static boolean tellsOf(Key key, TaskId task) {
        return key.kind() == Observation.MesosTaskSeen.class
                && key.about() instanceof MesosKey about
                && about.task().equals(task);
    }

    private static Key endedByMesos(TaskId task) {
        return new Key(Observation.MesosTaskSeen.class, new MesosKey(task, TaskPhase.GONE, false));
    }

    private static Key ended(TaskId task) {
        return new Key(Observation.TaskSeen.class, List.of(task, TaskPhase.GONE, false));
    }

    private static Key key(Observation claim) {
        return switch (claim) {
            case Observation.Defined c ->
                    new Key(Observation.Defined.class, c.definition().version());
            case Observation.TaskSeen c ->
                    c.sighting().phase() == TaskPhase.GONE
                            ? ended(c.sighting().task())
                            // An unreachable or stopping task is told of without its addresses.
                            : new Key(
                                    Observation.TaskSeen.class,
                                    List.of(
                                            c.sighting().task(),
                                            c.sighting().phase(),
                                            c.sighting().unreachable()));
            case Observation.HealthSeen c -> new Key(Observation.HealthSeen.class, c.instance());
            case Observation.MesosTaskSeen c -> {
                MesosTask task = c.task();
                boolean ended = task.phase() == TaskPhase.GONE;
                yield new Key(
                        Observation.MesosTaskSeen.class,
                        new MesosKey(task.id(), task.phase(), !ended && task.unreachable()));
            }
            case Observation.Listed _ -> new Key(Observation.Listed.class, "");
            case Observation.MesosListed _ -> new Key(Observation.MesosListed.class, "");
            case Observation.Absent c -> new Key(Observation.Absent.class, c.tasks());
        };
    }
}
