package io.meridian.domain.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

class BackoffLawTest {
    private static final Backoff SECONDS =
            new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    @Example
    void theBoundDoublesUpToTheMaximum() {
        List<Long> bounds =
                IntStream.rangeClosed(1, 7)
                        .mapToObj(failures -> SECONDS.bound(failures).toSeconds())
                        .toList();
        assertThat(bounds).containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    }

    @Property
    void everyDelayIsBetweenATenthOfItsBoundAndTheBound(
            @ForAll @LongRange(min = 1, max = 100_000) long minMillis,
            @ForAll @LongRange(min = 0, max = 10_000_000) long more,
            @ForAll @IntRange(min = 1) int failures,
            @ForAll Random random) {
        Backoff backoff =
                new Backoff(Duration.ofMillis(minMillis), Duration.ofMillis(minMillis + more));
        Duration bound = backoff.bound(failures);
        assertThat(bound).isBetween(backoff.min(), backoff.max());
        assertThat(backoff.delay(failures, random)).isBetween(bound.dividedBy(10), bound);
    }

    @Property
    void oneMoreFailureNeverShortensTheBound(@ForAll @IntRange(min = 1, max = 100) int failures) {
        assertThat(SECONDS.bound(failures + 1)).isGreaterThanOrEqualTo(SECONDS.bound(failures));
    }

    @Property(tries = 20)
    void delaysAreSpreadOverTheWholeRange(@ForAll Random random) {
        double mean =
                random.longs(500)
                        .mapToObj(Random::new)
                        .mapToLong(each -> SECONDS.delay(7, each).toMillis())
                        .average()
                        .orElseThrow();
        assertThat(mean).isBetween(14_000.0, 19_000.0);
    }

    @Example
    void aMinimumOfZeroOrAboveTheMaximumIsRefused() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(Duration.ZERO, second));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Backoff(second, Duration.ofMillis(999)));
    }
}
