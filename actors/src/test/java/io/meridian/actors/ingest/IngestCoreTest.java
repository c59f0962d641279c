package io.meridian.actors.ingest;

import static io.meridian.actors.Examples.V1;
import static io.meridian.actors.Examples.definition;
import static io.meridian.actors.Examples.listed;
import static io.meridian.actors.Examples.seen;
import static io.meridian.actors.Examples.service;
import static io.meridian.actors.Examples.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.domain.service.Health;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/** Routing of the core: order, bounds, reservations, versions, the first listing. */
class IngestCoreTest {
    private static final ServiceId WEB = service("/web");
    private static final ServiceId DB = service("/db");
    private static final Instant OLD = V1.minusSeconds(60);

    private final CoreWorld world = new CoreWorld().attach();

    @Test
    void observationsOfAServiceArriveInOrder() {
        List<Observation> observations = new ArrayList<>();
        observations.add(new Observation.Defined(WEB, definition(V1)));
        for (int i = 0; i < 50; i++) {
            observations.add(seen(WEB, "t" + i, TaskPhase.RUNNING));
        }
        observations.forEach(world::observe);
        world.settle();

        assertThat(world.sent(WEB)).isEqualTo(observations);
    }

    @Test
    void oneObservationOfAServiceIsInFlightAndOtherServicesGoOn() {
        world.shut.add(WEB);
        for (int i = 0; i < 5; i++) {
            world.observe(seen(WEB, "t" + i, TaskPhase.RUNNING));
        }
        world.observe(listed(DB, "d"));
        IngestStatus status = world.settle();

        assertThat(status.liveTasks()).isEqualTo(1);
        assertThat(world.sent(WEB)).hasSize(1);
        assertThat(status.inFlight()).isEqualTo(1);
        assertThat(status.queued()).isEqualTo(4);
    }

    @Test
    void theNumberInFlightIsBoundedOverAllServices() {
        CoreWorld bounded = new CoreWorld(3).attach();
        for (int i = 0; i < 10; i++) {
            bounded.observe(listed(service("/s" + i), "t"));
        }

        assertThat(bounded.status().inFlight()).isEqualTo(3);
        assertThat(bounded.status().queued()).isEqualTo(7);
    }

    @Test
    void statesOfAbsentServicesAreReadWithinTheSameBound() {
        CoreWorld bounded = new CoreWorld(3);
        bounded.known(
                IntStream.range(0, 10).mapToObj(i -> service("/s" + i)).toArray(ServiceId[]::new));
        bounded.attach();
        bounded.listAll();

        assertThat(bounded.status().inFlight()).isEqualTo(3);
        bounded.settle();
        assertThat(bounded.mostInFlight).isEqualTo(3);
    }

    @Test
    void anObservationThatIsNotAcknowledgedIsSentAgainInItsPlace() {
        world.shut.add(WEB);
        Observation first = listed(WEB, "a");
        Observation second = seen(WEB, "a", TaskPhase.GONE);
        world.observe(first);
        world.observe(second);
        world.recover();

        assertThat(world.sent(WEB)).containsExactly(first, first, second);
        assertThat(world.live(WEB)).isEmpty();
    }

    @Test
    void failuresInARowAreLoggedOnceAndTheRecoveryToo() {
        world.shut.addAll(Set.of(WEB, DB));
        world.logged.clear();
        world.observe(listed(WEB, "a"));
        world.observe(listed(DB, "d"));
        world.timeOut();
        world.retry();
        world.recover();

        assertThat(world.logged)
                .extracting(Effect.Log::line)
                .containsExactly(
                        "cannot deliver observations: service=marathon:/web and perhaps others:"
                                + " timeout; sends each again every 1 s",
                        "entities acknowledge again: source=marathon");
    }

    @Test
    void aVipNameIsReservedOnce() {
        world.observe(listed(WEB, "a"));
        world.settle();
        world.observe(listed(WEB, "a", "b"));
        world.observe(listed(DB, "d"));
        world.settle();

        assertThat(world.reserved)
                .extracting(one -> List.copyOf(one.names()))
                .containsExactly(List.of("web.marathon"), List.of("db.marathon"));
    }

    @Test
    void aFailedReservationIsRepeated() {
        world.poolShut = true;
        world.listAll(listed(WEB, "a"));
        assertThat(world.settle().firstListing()).isEmpty();
        world.timeOut();
        world.observe(seen(WEB, "a", TaskPhase.RUNNING));
        assertThat(world.reserved).as("it waits for the retry").hasSize(1);

        assertThat(world.recover().firstListing()).isPresent();
        assertThat(world.reserved).hasSize(2);
    }

    @Test
    void refusedVipsAreShownAndLoggedOnce() {
        CoreWorld narrow = new CoreWorld(_ -> true, 128, false, Set.of("web.marathon"));
        narrow.attach();
        narrow.listAll(listed(WEB, "a"), listed(DB, "d"));
        IngestStatus status = narrow.settle();

        assertThat(status.firstListing()).isPresent();
        assertThat(status.vipRefusals()).containsExactly("VIP web.marathon gets no address");
        assertThat(narrow.logged)
                .extracting(Effect.Log::line)
                .containsOnlyOnce("VIP web.marathon gets no address");
    }

    @Test
    void aRefusedVipIsRequestedAgainAtEachListingAndForgottenWithItsService() {
        CoreWorld narrow = new CoreWorld(_ -> true, 128, false, Set.of("web.marathon"));
        narrow.attach();
        narrow.listAll(listed(WEB, "a"), listed(DB, "d"));
        narrow.settle();
        narrow.listAll(listed(WEB, "a"), listed(DB, "d"));

        assertThat(narrow.settle().vipRefusals()).hasSize(1);
        assertThat(narrow.reserved).hasSize(2);
        assertThat(narrow.logged)
                .extracting(Effect.Log::line)
                .containsOnlyOnce("VIP web.marathon gets no address");

        narrow.listAll(listed(DB, "d"));
        assertThat(narrow.settle().vipRefusals()).isEmpty();
    }

    @Test
    void aTaskOfAnUnknownVersionMakesItsServiceReadAgain() {
        world.observe(seen(WEB, "a", TaskPhase.RUNNING));
        world.settle();

        assertThat(world.asked).containsExactly(new SourceCommand.Reread(WEB));
    }

    @Test
    void aListedTaskOfAnUnknownVersionMakesThatVersionRead() {
        world.observe(withTaskOfOldVersion());
        world.settle();
        assertThat(world.takeAsked()).containsExactly(new SourceCommand.ReadVersion(WEB, OLD));
        Observation.Defined answer = new Observation.Defined(WEB, definition(OLD));
        world.signal(new SourceSignal.VersionRead(WEB, OLD, Optional.of(answer)));
        assertThat(world.takeAsked()).containsExactly(new SourceCommand.Reread(WEB));
        world.observe(withTaskOfOldVersion());
        world.settle();

        assertThat(world.live(WEB)).containsExactly("a");
    }

    @Test
    void theNewestDefinitionReplacesAVersionThatCannotBeRead() {
        world.observe(withTaskOfOldVersion());
        world.settle();
        assertThat(world.live(WEB)).isEmpty();
        world.signal(new SourceSignal.VersionRead(WEB, OLD, Optional.empty()));
        world.observe(withTaskOfOldVersion());
        world.settle();

        assertThat(world.live(WEB)).containsExactly("a");
    }

    @Test
    void anAnswerThatDoesNotCoverItsVersionIsIgnored() {
        world.observe(withTaskOfOldVersion());
        world.settle();
        Observation.Defined wrong = new Observation.Defined(WEB, definition(V1.minusSeconds(59)));
        world.signal(new SourceSignal.VersionRead(WEB, OLD, Optional.of(wrong)));
        world.observe(withTaskOfOldVersion());
        world.settle();

        assertThat(world.live(WEB)).containsExactly("a");
    }

    /** Ten tasks with U+0000 in their names once stopped every new task of the cluster. */
    @Test
    void anObservationThatTheJournalRefusesIsGivenUpAndTakesNoPlace() {
        ServiceId bad = new ServiceId("marathon", "/bad");
        world.shut.add(bad);
        world.listAll(listed(bad, "b"), listed(WEB, "a"));
        world.settle();
        assertThat(world.status().oldestClaim()).isZero();
        world.pass(Duration.ofSeconds(7));
        assertThat(world.status().oldestClaim()).isEqualTo(Duration.ofSeconds(7));

        world.refuse(bad, "the journal cannot hold it");
        IngestStatus status = world.settle();

        assertThat(status.inFlight()).isZero();
        assertThat(status.queued()).isZero();
        assertThat(status.oldestClaim()).isZero();
        assertThat(status.refused()).containsExactly(bad + ": the journal cannot hold it");
        assertThat(status.firstListing()).as("the listing completes without it").isPresent();
        assertThat(world.live(WEB)).containsExactly("a");

        world.shut.clear();
        world.observe(listed(bad, "b"));
        assertThat(world.settle().refused()).isEmpty();
        assertThat(world.live(bad)).containsExactly("b");
    }

    /** A hundred services that fail leave the others their places, and wait longer each time. */
    @Test
    void servicesThatFailShareAnEighthOfThePlacesAndWaitWithBackoff() {
        CoreWorld bounded = new CoreWorld(8);
        bounded.attach();
        for (int i = 0; i < 100; i++) {
            ServiceId bad = new ServiceId("marathon", "/bad" + i);
            bounded.shut.add(bad);
            bounded.observe(listed(bad, "b"));
        }
        ServiceId good = new ServiceId("marathon", "/good");
        for (int round = 0; round < 120; round++) {
            bounded.observe(listed(good, "a" + round));
            bounded.settle();
            if (round >= 100) {
                assertThat(bounded.live(good)).contains("a" + round);
                assertThat(bounded.status().inFlight()).isLessThanOrEqualTo(1);
            }
            bounded.timeOut();
            bounded.pass(IngestCore.RETRY);
            bounded.retry();
        }
    }

    @Test
    void theFirstListingIsDoneWhenAllIsJournalled() {
        world.shut.add(DB);
        world.listAll(listed(WEB, "a", "b"), listed(DB, "d"));
        assertThat(world.settle().firstListing()).isEmpty();

        assertThat(world.recover().firstListing().orElseThrow())
                .containsEntry("service|marathon:/web", 3L)
                .containsEntry("service|marathon:/db", 2L)
                .containsEntry("vip-pool|addresses", 2L)
                .hasSize(3);
    }

    @Test
    void aFirstListingThatASingleReadOvertakesIsDoneToo() {
        world.shut.add(WEB);
        world.listAll(listed(WEB, "a"));
        world.observe(listed(WEB, "a", "b"));
        world.shut.clear();

        IngestStatus status = world.settle();
        assertThat(status.firstListing()).isPresent();
        assertThat(status.liveTasks()).isEqualTo(2);
        assertThat(world.sent(WEB)).containsExactly(listed(WEB, "a"), listed(WEB, "a", "b"));
    }

    @Test
    void aDetachDuringAListingMakesTheNextListingTheFirst() {
        world.shut.add(WEB);
        world.listAll(listed(WEB, "a"));
        world.detach();
        assertThat(world.recover().firstListing()).isEmpty();
        world.attach();
        world.listAll(listed(WEB, "a"));

        assertThat(world.settle().firstListing()).isPresent();
    }

    @Test
    void aListingCompletesWithoutAnEntityThatNeverAcknowledges() {
        world.shut.add(WEB);
        world.listAll(listed(WEB, "a"), listed(DB, "d"));
        for (int i = 0; i < Deliveries.STUCK_AFTER; i++) {
            world.observe(seen(DB, "d" + i, TaskPhase.RUNNING));
            assertThat(world.settle().firstListing()).isEmpty();
            world.timeOut();
            world.pass(IngestCore.RETRY.multipliedBy(8));
            world.retry();
        }
        IngestStatus status = world.settle();

        assertThat(status.stuck()).containsExactly("marathon:/web");
        assertThat(status.firstListing().orElseThrow()).doesNotContainKey("service|marathon:/web");
        assertThat(world.recover().stuck()).isEmpty();
    }

    @Test
    void nothingIsCompleteWhileNoEntityAcknowledges() {
        world.shut.addAll(Set.of(WEB, DB));
        world.listAll(listed(WEB, "a"), listed(DB, "d"));
        for (int i = 0; i < Deliveries.STUCK_AFTER + 2; i++) {
            world.settle();
            world.timeOut();
            world.retry();
        }

        assertThat(world.status().stuck()).isEmpty();
        assertThat(world.status().firstListing()).isEmpty();
    }

    @Test
    void anUnchangedListingDoesNotReachEntities() {
        world.listAll(listed(WEB, "a"));
        world.settle();
        world.listAll(listed(WEB, "a"));
        world.settle();

        assertThat(world.sent(WEB)).hasSize(1);
    }

    @Test
    void aListingThatEqualsTheOneBeforeTheLastReachesEntities() {
        Observation.Listed both = withHealth(Health.HEALTHY, "a", "b");
        world.listAll(both);
        world.settle();
        world.listAll(withHealth(Health.UNHEALTHY, "a"));
        world.settle();
        world.listAll(both);
        world.settle();

        assertThat(world.state(WEB).live().firstEntry().getValue().health())
                .isEqualTo(Health.HEALTHY);
    }

    @Test
    void aFirstListingOfThousandsOfServicesIsSentWithinTheBoundAndLeavesNothingQueued() {
        List<Observation.Listing> listings = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            listings.add(listed(service("/s" + i), "s" + i + "-1", "s" + i + "-2"));
        }
        world.listAll(listings);
        assertThat(world.inFlight).hasSize(128 + 1); // and one reservation
        IngestStatus status = world.settle();

        assertThat(status.firstListing()).isPresent();
        assertThat(status.liveTasks()).isEqualTo(10_000);
        assertThat(world.sent).as("one message a service").hasSize(5_000);
        assertThat(world.mostInFlight).isEqualTo(129);
        assertThat(world.reserved).hasSize(10).allMatch(one -> one.names().size() <= 500);
        assertThat(status.queued() + status.inFlight() + status.absences()).isZero();
        world.listAll(listings);
        assertThat(world.inFlight)
                .as("nothing has changed, so the pool alone hears which names are in use")
                .singleElement()
                .isInstanceOf(Effect.Reserve.class);
    }

    private static Observation.Listed withTaskOfOldVersion() {
        return new Observation.Listed(
                WEB,
                definition(V1),
                List.of(task("a", OLD, TaskPhase.RUNNING, false, Health.UNKNOWN)),
                true,
                false);
    }

    private static Observation.Listed withHealth(Health health, String... tasks) {
        return new Observation.Listed(
                WEB,
                definition(V1),
                List.of(tasks).stream()
                        .map(id -> task(id, V1, TaskPhase.RUNNING, false, health))
                        .toList(),
                true,
                false);
    }
}
