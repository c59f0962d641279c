package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

class SeedOrderTest {
    private static final List<String> SEEDS = List.of("a:1", "b:1", "c:1");

    private static List<String> order(String self, int attempt, boolean chance, String... running) {
        Predicate<String> runs = Set.of(running)::contains;
        return SeedOrder.of(SEEDS, self, attempt, runs, chance);
    }

    @Test
    void theFirstReachableMasterGoesFirst() {
        assertThat(order("b:1", 0, true)).isEqualTo(SEEDS);
        assertThat(order("b:1", 1, false, "c:1")).containsExactly("b:1", "a:1", "c:1");
        assertThat(order("c:1", 1, true, "b:1")).isEqualTo(SEEDS);
        assertThat(order("c:1", 1, false)).containsExactly("c:1", "a:1", "b:1");
        assertThat(order("a:1", 1, true)).isEqualTo(SEEDS);
    }

    @Test
    void aSeedThatAcceptsButNeverAnswersIsPassedOverByChance() {
        assertThat(order("c:1", 2, false, "a:1")).isEqualTo(SEEDS);
        assertThat(order("c:1", 2, true, "a:1")).containsExactly("c:1", "a:1", "b:1");
    }

    @Test
    void anAgentAsksInTheConfiguredOrder() {
        assertThat(order("agent:1", 1, true)).isEqualTo(SEEDS);
        assertThat(order("agent:1", 2, true, "a:1")).isEqualTo(SEEDS);
    }
}
