package io.meridian.dns.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import org.junit.jupiter.api.Test;

import java.util.Random;

class NotifyStateLawTest {
    /**
     * Time runs in steps. Each step may bring a change. A due NOTIFY is sent; it fails, succeeds or
     * stays outstanding for some steps.
     */
    @Property(tries = 500)
    void everyChangeIsNotifiedAtMostOncePerSecond(
            @ForAll long seed, @ForAll @IntRange(min = 0, max = 9) int failing) {
        Random random = new Random(seed);
        NotifyState state = NotifyState.IDLE;
        long lastChange = -1;
        long lastTold = -1;
        long lastSent = -10_000;
        long now = 0;
        long busyUntil = -1;
        boolean fails = false;
        long end = 30_000;
        while (now < end || state.due() != NotifyState.NEVER || busyUntil >= 0) {
            assertThat(now).isLessThan(end + 3 * NotifyState.LONGEST_WAIT);
            if (now < end && random.nextInt(20) == 0) {
                state = state.changed(now);
                lastChange = now;
            }
            if (busyUntil >= 0 && now >= busyUntil) {
                state = fails ? state.failed(now) : state.acknowledged();
                lastTold = fails ? lastTold : lastSent;
                busyUntil = -1;
            }
            if (busyUntil < 0 && state.due() <= now) {
                assertThat(now - lastSent).isGreaterThanOrEqualTo(NotifyState.INTERVAL);
                state = state.sending(now);
                lastSent = now;
                fails = now < end && random.nextInt(10) < failing;
                busyUntil = now + random.nextInt(3000);
            }
            now += 50;
        }
        assertThat(lastTold).isGreaterThanOrEqualTo(lastChange);
    }

    @Test
    void theFirstChangeIsNotifiedAtOnce() {
        assertThat(NotifyState.IDLE.changed(5).due()).isEqualTo(5);
    }

    @Test
    void retriesBackOffUntilOneSucceeds() {
        NotifyState state = NotifyState.IDLE.changed(0);
        long[] waits = new long[9];
        for (int i = 0; i < waits.length; i++) {
            state = state.sending(0).failed(0);
            waits[i] = state.due();
        }
        assertThat(waits)
                .containsExactly(1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000);
        assertThat(state.sending(0).acknowledged().failures()).isZero();
    }
}
