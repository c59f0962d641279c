package io.meridian.controlplane.log;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

class LineBudgetTest {
    private static final int MOST = 3;
    private final LineBudget budget = new LineBudget(1000, MOST, 10);

    @Test
    void afterTheFirstLinesOnlyThe2nd4thAnd8thOfTheRestPass() {
        List<Integer> passed = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            if (budget.onLine("kind", 0) >= 0) {
                passed.add(i);
            }
        }
        assertThat(passed).containsExactly(1, 2, 3, 5, 7, 11, 19);
    }

    @Test
    void aNewWindowBeginsFromTheStartAndSaysWhatWasLeftOut() {
        for (int i = 0; i < 4; i++) {
            budget.onLine("kind", 0);
        }
        assertThat(budget.onLine("kind", 1000)).isOne();
        assertThat(budget.onLine("kind", 1001)).isZero();
    }

    @Test
    void kindsDoNotTakeEachOthersPlace() {
        for (int i = 0; i < 100; i++) {
            budget.onLine("noisy", 0);
        }
        assertThat(budget.onLine("quiet", 0)).isZero();
    }

    /** Every line has passed, or is counted by a line that passes later. */
    @Property
    void noLineIsLeftOutWithoutBeingCounted(
            @ForAll @Size(max = 200) List<@IntRange(max = 400) Integer> steps) {
        LineBudget counted = new LineBudget(1000, MOST, 10);
        long now = 0;
        long lines = 0;
        long passed = 0;
        long told = 0;
        for (int step : steps) {
            now += step;
            lines++;
            long result = counted.onLine("kind", now);
            if (result >= 0) {
                passed++;
                told += result;
                assertThat(passed + told).isEqualTo(lines);
            }
        }
    }
}
