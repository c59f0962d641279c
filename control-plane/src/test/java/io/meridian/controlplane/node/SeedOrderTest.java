package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class SeedOrderTest {
    private static final List<String> SEEDS = List.of("a:1", "b:1", "c:1");

    @Test
    void aMasterThatGotNowhereMayBeFirst() {
        assertThat(SeedOrder.of(SEEDS, "c:1", 0, true)).isEqualTo(SEEDS);
        assertThat(SeedOrder.of(SEEDS, "c:1", 1, true)).containsExactly("c:1", "a:1", "b:1");
        assertThat(SeedOrder.of(SEEDS, "c:1", 2, false)).isEqualTo(SEEDS);
        assertThat(SeedOrder.of(SEEDS, "a:1", 1, true)).isEqualTo(SEEDS);
    }

    @Test
    void anAgentAsksInTheOrderThatIsSet() {
        assertThat(SeedOrder.of(SEEDS, "agent:1", 1, true)).isEqualTo(SEEDS);
    }
}
