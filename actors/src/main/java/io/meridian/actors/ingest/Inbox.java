package io.meridian.actors.ingest;

import io.meridian.domain.service.Observation;
import io.meridian.domain.service.TaskPhase;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Claims about one service that its entity has not acknowledged, oldest first. Bounded by what
 * there is to know: while the entity can't keep up, a later claim replaces an earlier one about the
 * same thing, but never an end.
 */
final class Inbox {
    private final Map<Object, Observation> waiting = new LinkedHashMap<>();
    private Optional<Observation> underWay = Optional.empty();

    private record Key(Class<?> kind, Object about) {}

    void add(Observation claim) {
        Key key = key(claim);
        if (claim instanceof Observation.TaskSeen
                && waiting.get(key) instanceof Observation.TaskSeen earlier
                && earlier.sighting().phase() == TaskPhase.GONE) {
            return;
        }
        waiting.remove(key);
        waiting.put(key, claim);
    }

    /** The next claim to send; it stays under way until {@link #done} or {@link #failed}. */
    Optional<Observation> take() {
        if (underWay.isPresent() || waiting.isEmpty()) {
            return Optional.empty();
        }
        Map.Entry<Object, Observation> first = waiting.entrySet().iterator().next();
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
        Observation again = underWay.orElseThrow();
        underWay = Optional.empty();
        Map<Object, Observation> later = new LinkedHashMap<>(waiting);
        waiting.clear();
        waiting.put(key(again), again);
        later.values().forEach(this::add);
    }

    boolean isIdle() {
        return underWay.isEmpty() && waiting.isEmpty();
    }

    boolean isReady() {
        return underWay.isEmpty() && !waiting.isEmpty();
    }

    /** Whether a listing waits its turn. */
    boolean holdsListing() {
        return waiting.containsKey(new Key(Observation.Listed.class, ""));
    }

    int size() {
        return waiting.size();
    }

    private static Key key(Observation claim) {
        return switch (claim) {
            case Observation.Defined c ->
                    new Key(Observation.Defined.class, c.definition().version());
            case Observation.TaskSeen c -> new Key(Observation.TaskSeen.class, c.sighting().task());
            case Observation.HealthSeen c -> new Key(Observation.HealthSeen.class, c.instance());
            case Observation.Listed _ -> new Key(Observation.Listed.class, "");
            case Observation.Absent c -> new Key(Observation.Absent.class, c.tasks());
        };
    }
}
