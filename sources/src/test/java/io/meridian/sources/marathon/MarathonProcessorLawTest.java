package io.meridian.sources.marathon;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

import java.time.Duration;
import java.util.Random;

/**
 * Laws of {@link MarathonProcessor} over random schedules; {@link MarathonWorld} checks most of
 * them at each signal and read: no service is withdrawn that Marathon has, reads older than an
 * event are not current, no read runs twice at once, single reads are limited, reads and listings
 * happen only while attached, and a wake that is due makes progress.
 */
class MarathonProcessorLawTest {
    private static final int TRIES = Integer.getInteger("meridian.law.tries", 1000);

    @Property(tries = 1000)
    void everyChangeIsKnownOnceFaultsEnd(
            @ForAll Random random, @ForAll @IntRange(min = 1, max = 120) int steps) {
        run(random, steps);
    }

    /**
     * The same law with a number of schedules from outside: {@code -Dmeridian.law.tries=100000}.
     */
    @Property(tries = 1)
    void everyChangeIsKnownOnceFaultsEndInManySchedules(@ForAll Random random) {
        for (int i = 0; i < TRIES; i++) {
            long seed = random.nextLong();
            try {
                run(new Random(seed), 60);
            } catch (AssertionError e) {
                throw new AssertionError("seed=" + seed, e);
            }
        }
    }

    @Property(tries = 20)
    void aQuietStreamIsListedOnceAnInterval(@ForAll Random random) {
        MarathonWorld world = new MarathonWorld(random, false);
        world.calm();
        assertThat(world.listings).isLessThanOrEqualTo(2); // the lookup of their agent outdates all
        world.pass(Duration.ofDays(10));
        assertThat(world.listings).isBetween(9, 14);
        world.assertSettled();
    }

    private static void run(Random random, int steps) {
        MarathonWorld world = new MarathonWorld(random, true);
        try {
            for (int i = 0; i < steps; i++) {
                world.step();
            }
            world.calm();
            world.assertSettled();
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + world.trace(), e);
        }
    }
}
