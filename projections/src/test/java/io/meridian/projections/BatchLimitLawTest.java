package io.meridian.projections;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

class BatchLimitLawTest {
    /** Runs a queue whose bad events make their batches fail, until the queue is empty. */
    @Property(tries = 300)
    void badEventsAreFoundOneByOneAndAllOthersSucceed(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 2000) int events,
            @ForAll @IntRange(min = 1, max = 600) int max,
            @ForAll @IntRange(max = 5) int bad) {
        Random random = new Random(seed);
        Set<Integer> refused = new HashSet<>();
        for (int i = 0; i < bad; i++) {
            refused.add(random.nextInt(events));
        }
        List<Integer> projected = new ArrayList<>();
        Set<Integer> setAside = new HashSet<>();
        BatchLimit limit = BatchLimit.of(max);
        int attempts = 0;
        for (int head = 0; head < events; attempts++) {
            int end = Math.min(events, head + limit.events());
            boolean fails = refused.stream().anyMatch(range(head, end)::contains);
            if (!fails) {
                projected.addAll(range(head, end));
                head = end;
                limit = limit.afterSuccess();
            } else if (end - head == 1) {
                setAside.add(head++);
            } else {
                limit = limit.afterFailure(end - head);
            }
            assertThat(limit.events()).isBetween(1, max);
        }
        assertThat(setAside).isEqualTo(refused);
        assertThat(projected).hasSize(events - refused.size()).doesNotHaveDuplicates();
        int logarithm = 33 - Integer.numberOfLeadingZeros(max);
        assertThat(attempts)
                .isLessThanOrEqualTo(
                        events / max + 1 + (refused.size() + 1) * logarithm * (logarithm + 2));
    }

    private static List<Integer> range(int from, int to) {
        return java.util.stream.IntStream.range(from, to).boxed().toList();
    }
}
