package io.meridian.actors.ingest;

import static io.meridian.actors.Examples.listed;
import static io.meridian.actors.Examples.seen;
import static io.meridian.actors.Examples.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.sources.SourceSignal;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * A source with false data, failures or outages withdraws nothing. Each case repeats every second,
 * as long as the rules allow, and then one true change must take effect.
 */
class LyingSourceTest {
    private static final List<ServiceId> SERVICES =
            List.of(service("/a"), service("/b"), service("/c"), service("/d"));
    private static final List<String> TASKS = List.of("1", "2", "3");

    private final CoreWorld world = new CoreWorld();

    /**
     * A case of false data: its signals for each second, and the time for which it must end no
     * task.
     */
    enum Lie {
        EMPTY_LISTING_AFTER_A_LOST_STREAM(
                CoreWorld.WHILE_ATTACHED,
                (world, second) -> {
                    if (second == 0) {
                        gap(world);
                    }
                    world.listAll();
                }),
        EMPTY_LISTING_ON_AN_OPEN_STREAM(CoreWorld.WHILE_ATTACHED, (world, _) -> world.listAll()),
        PARTIAL_LISTING_AFTER_A_LOST_STREAM(
                CoreWorld.AFTER_GAP,
                (world, second) -> {
                    if (second == 0) {
                        gap(world);
                    }
                    world.listAll(partial());
                }),
        PARTIAL_LISTING_ON_AN_OPEN_STREAM(
                CoreWorld.WHILE_ATTACHED, (world, _) -> world.listAll(partial())),
        LISTINGS_WITHOUT_TASKS_AFTER_A_LOST_STREAM(
                CoreWorld.WHILE_ATTACHED,
                (world, second) -> {
                    if (second == 0) {
                        gap(world);
                    }
                    world.listAll(
                            SERVICES.stream().<Observation.Listing>map(id -> listed(id)).toList());
                }),
        NOT_DEFINED_AFTER_A_LOST_STREAM(
                Duration.ofHours(1),
                (world, second) -> {
                    if (second == 0) {
                        gap(world);
                    }
                    world.signal(new SourceSignal.NotDefined(SERVICES.get(2)));
                }),
        TRUNCATED_LISTING(
                Duration.ofHours(1),
                (world, _) -> world.signal(new SourceSignal.ListingFailed("cut short"))),
        REFUSALS(
                Duration.ofHours(1),
                (world, second) ->
                        world.signal(
                                new SourceSignal.Detached("503", Math.toIntExact(second) + 1))),
        A_NEW_LEADER_EVERY_SECOND_THAT_LISTS_NOTHING(
                Duration.ofHours(1),
                (world, _) -> {
                    gap(world);
                    world.listAll();
                }),
        DROPPED_STREAMS(Duration.ofHours(1), (world, _) -> gap(world)),
        A_SILENT_STREAM(
                Duration.ofHours(1),
                (world, second) -> {
                    if (second % 45 == 44) {
                        gap(world);
                    }
                });

        private final Duration harmless;
        private final BiConsumer<CoreWorld, Long> tell;

        Lie(Duration harmless, BiConsumer<CoreWorld, Long> tell) {
            this.harmless = harmless;
            this.tell = tell;
        }

        /** Whether listings lack tasks, so that the rules end these tasks at last. */
        boolean isBelievedInTheEnd() {
            return harmless.compareTo(Duration.ofHours(1)) < 0;
        }
    }

    @ParameterizedTest
    @EnumSource(Lie.class)
    void aLieWithdrawsNothingWhileTheRulesAllowIt(Lie lie) {
        listTruth();
        for (long second = 0; second < lie.harmless.toSeconds(); second++) {
            tell(lie, second);
            assertAllServe(second);
        }
        gap(world);
        listTruth();
        world.observe(seen(SERVICES.getFirst(), "4", TaskPhase.RUNNING));
        world.settle();

        assertThat(world.live(SERVICES.getFirst())).containsExactly("1", "2", "3", "4");
        assertAllServe(lie.harmless.toSeconds());
    }

    @ParameterizedTest
    @EnumSource(Lie.class)
    void onlyCompleteListingsEndTasks(Lie lie) {
        listTruth();
        for (long second = 0; second <= lie.harmless.toSeconds() + 1; second++) {
            tell(lie, second);
        }

        long lost = SERVICES.stream().filter(id -> !world.live(id).containsAll(TASKS)).count();
        assertThat(lost > 0).isEqualTo(lie.isBelievedInTheEnd());
    }

    private void tell(Lie lie, long second) {
        lie.tell.accept(world, second);
        world.settle();
        if (second % 5 == 4) {
            world.checkAbsences();
        }
        world.pass(Duration.ofSeconds(1));
    }

    private void assertAllServe(long second) {
        for (ServiceId id : SERVICES) {
            assertThat(world.live(id)).as("%s after %d s", id, second).containsAll(TASKS);
        }
    }

    private void listTruth() {
        if (!world.status().attached()) {
            world.attach();
        }
        world.listAll(SERVICES.stream().<Observation.Listing>map(id -> listed(id, TASKS)).toList());
        world.settle();
    }

    private static void gap(CoreWorld world) {
        world.detach();
        world.attach();
    }

    /**
     * A listing without one whole service and without a task of another: below the mass-removal
     * threshold.
     */
    private static List<Observation.Listing> partial() {
        return List.of(
                listed(SERVICES.get(0), TASKS),
                listed(SERVICES.get(1), TASKS),
                listed(SERVICES.get(3), List.of("1", "2")));
    }
}
