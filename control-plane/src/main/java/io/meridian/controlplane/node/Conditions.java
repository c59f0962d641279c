package io.meridian.controlplane.node;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Conditions under which a node serves and yet something stands still. Immutable.
 *
 * @param active a sentence for the operator by name of the condition; empty if none holds
 */
record Conditions(SortedMap<String, String> active) {
    static final Conditions NONE = new Conditions(Collections.emptySortedMap());

    Conditions {
        active = Collections.unmodifiableSortedMap(new TreeMap<>(active));
    }

    /**
     * A condition that began or ended.
     *
     * @param sentence describes the condition as it is now, or as it last was
     */
    record Transition(String name, boolean begins, String sentence) {}

    /**
     * Judges whether one condition holds.
     *
     * @param judge the sentence while the condition holds, else empty
     */
    record Rule<F>(String name, Function<F, Optional<String>> judge) {}

    static <F> Conditions of(List<Rule<F>> rules, F figures) {
        SortedMap<String, String> active = new TreeMap<>();
        for (Rule<F> rule : rules) {
            rule.judge().apply(figures).ifPresent(sentence -> active.put(rule.name(), sentence));
        }
        return new Conditions(active);
    }

    /**
     * The conditions of these that began at least {@code time} ago and have held since.
     *
     * @param since the time at which each condition began; updated to these conditions
     * @param now not before any time in {@code since}
     */
    Conditions lasting(Map<String, Instant> since, Instant now, Duration time) {
        since.keySet().retainAll(active.keySet());
        active.keySet().forEach(name -> since.putIfAbsent(name, now));
        SortedMap<String, String> old = new TreeMap<>(active);
        old.keySet().removeIf(name -> since.getOrDefault(name, now).plus(time).isAfter(now));
        return new Conditions(old);
    }

    /**
     * What changed since then, by name; a condition that only has other figures has not changed.
     */
    List<Transition> since(Conditions before) {
        SortedSet<String> changed = new TreeSet<>(before.active.keySet());
        changed.addAll(active.keySet());
        changed.removeIf(name -> active.containsKey(name) && before.active.containsKey(name));
        return changed.stream()
                .map(
                        name ->
                                new Transition(
                                        name,
                                        active.containsKey(name),
                                        active.getOrDefault(
                                                name, before.active.getOrDefault(name, ""))))
                .toList();
    }
}
