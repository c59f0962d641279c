package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

class ConditionsLawTest {
    private static final Duration FIVE = Duration.ofSeconds(5);

    /** Figures are numbers by name; a condition holds above 10. */
    private static final List<Conditions.Rule<Map<String, Integer>>> RULES =
            List.of(rule("a"), rule("b"), rule("c"));

    private static Conditions.Rule<Map<String, Integer>> rule(String name) {
        return new Conditions.Rule<>(
                name,
                figures ->
                        figures.get(name) > 10
                                ? Optional.of(name + " is " + figures.get(name))
                                : Optional.empty());
    }

    @Test
    void aConditionIsToldOnceWhenItBeginsAndOnceWhenItEnds() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            Conditions conditions = Conditions.NONE;
            Map<String, List<Boolean>> told = new HashMap<>();
            Map<String, List<Boolean>> expected = new HashMap<>();
            Map<String, Boolean> held = new HashMap<>();
            for (int step = 0; step < 30; step++) {
                Map<String, Integer> figures = new HashMap<>();
                for (String name : List.of("a", "b", "c")) {
                    figures.put(name, random.nextInt(21));
                    boolean holds = figures.get(name) > 10;
                    if (holds != held.getOrDefault(name, false)) {
                        expected.computeIfAbsent(name, _ -> new ArrayList<>()).add(holds);
                    }
                    held.put(name, holds);
                }
                Conditions next = Conditions.of(RULES, figures);
                for (Conditions.Transition change : next.since(conditions)) {
                    told.computeIfAbsent(change.name(), _ -> new ArrayList<>())
                            .add(change.begins());
                }
                conditions = next;
            }

            assertThat(told).as("seed %d", seed).isEqualTo(expected);
        }
    }

    @Test
    void aConditionWithABreakDoesNotLast() {
        Map<String, Instant> since = new HashMap<>();
        Instant start = Instant.EPOCH;
        Conditions holds = Conditions.of(RULES, Map.of("a", 11, "b", 0, "c", 0));
        assertThat(holds.lasting(since, start, FIVE).active()).isEmpty();
        assertThat(Conditions.NONE.lasting(since, start.plusSeconds(3), FIVE).active()).isEmpty();
        assertThat(holds.lasting(since, start.plusSeconds(4), FIVE).active()).isEmpty();
        assertThat(holds.lasting(since, start.plusSeconds(8), FIVE).active()).isEmpty();
        assertThat(holds.lasting(since, start.plusSeconds(9), FIVE)).isEqualTo(holds);
    }

    @Test
    void otherFiguresOfAConditionAreNoChange() {
        Conditions before = new Conditions(new TreeMap<>(Map.of("a", "a is 11")));
        Conditions after = new Conditions(new TreeMap<>(Map.of("a", "a is 12")));

        assertThat(after.since(before)).isEmpty();
    }

    @Test
    void theEndOfAConditionHasItsLastSentence() {
        Conditions before = new Conditions(new TreeMap<>(Map.of("a", "a is 11")));

        assertThat(Conditions.NONE.since(before))
                .containsExactly(new Conditions.Transition("a", false, "a is 11"));
    }
}
