package io.meridian.dns.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.util.List;

class HealthLawTest {
    private static final long HALF_LIFE = 1000;

    @Property
    void failuresHalveEachHalfLife(
            @ForAll @IntRange(min = 1, max = 600) int failures,
            @ForAll @LongRange(min = -9_000_000_000_000_000_000L, max = 9_000_000_000_000_000_000L)
                    long now,
            @ForAll @IntRange(max = 12) int halfLives) {
        Health health = Health.GOOD;
        for (int i = 0; i < failures; i++) {
            health = health.failed(now, HALF_LIFE);
        }
        double count = Math.min(failures, Health.MOST);
        assertThat(health.failures(now, HALF_LIFE)).isEqualTo(count);
        assertThat(health.failures(now + halfLives * HALF_LIFE, HALF_LIFE))
                .isCloseTo(count / (1 << halfLives), within(1e-9));
    }

    @Property
    void afterElevenHalfLivesWithoutFailureTheRankIsZero(
            @ForAll @Size(max = 50) List<Boolean> history) {
        Health health = Health.GOOD;
        long now = 0;
        for (boolean failed : history) {
            health = failed ? health.failed(now, HALF_LIFE) : health.answered(now, HALF_LIFE);
            now += 7;
        }
        assertThat(health.rank(now + 11 * HALF_LIFE, HALF_LIFE)).isZero();
    }

    @Property
    void aFailureNeverLowersTheRankAndAnAnswerNeverRaisesIt(
            @ForAll @IntRange(max = 600) int failures) {
        Health health = new Health(Math.min(failures, Health.MOST), 0);
        int rank = health.rank(5, HALF_LIFE);
        assertThat(health.failed(5, HALF_LIFE).rank(5, HALF_LIFE)).isGreaterThanOrEqualTo(rank);
        assertThat(health.answered(5, HALF_LIFE).rank(5, HALF_LIFE)).isLessThanOrEqualTo(rank);
    }

    @Test
    void oneFailureIsForgottenAfterALittleMoreThanAHalfLife() {
        Health once = Health.GOOD.failed(0, HALF_LIFE);
        assertThat(once.rank(0, HALF_LIFE)).isEqualTo(1);
        assertThat(once.rank(HALF_LIFE + 1, HALF_LIFE)).isZero();
    }
}
