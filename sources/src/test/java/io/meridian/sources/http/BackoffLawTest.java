package io.meridian.sources.http;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import java.time.Duration;
import java.util.Random;

class BackoffLawTest {
    private final Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));

    @Property
    void waitsStayBelowTheirBoundAndNeverVanish(
            @ForAll @IntRange(min = 1, max = 1_000_000) int failures, @ForAll Random random) {
        long bound =
                failures == 1
                        ? 250
                        : failures > 7 ? 30_000 : Math.min(30_000, 1000L << (failures - 2));
        assertThat(backoff.delay(failures, random))
                .isBetween(Duration.ofMillis(20), Duration.ofMillis(bound));
    }

    @Property(tries = 20)
    void waitsAreSpreadOverTheWholeRange(@ForAll Random random) {
        double mean =
                random.longs(500)
                        .mapToObj(Random::new)
                        .mapToLong(each -> backoff.delay(7, each).toMillis())
                        .average()
                        .orElseThrow();
        assertThat(mean).isBetween(10_000.0, 20_000.0);
    }
}
