package io.meridian.actors.ingest;

import static io.meridian.actors.Examples.V1;
import static io.meridian.actors.Examples.definition;
import static io.meridian.actors.Examples.listed;
import static io.meridian.actors.Examples.seen;
import static io.meridian.actors.Examples.service;
import static io.meridian.actors.Examples.task;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.actors.service.ServiceEntity;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How claims travel: order, acknowledgement, reservations, versions, the first listing. */
class IngestTest {
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final ServiceId WEB = service("/web");
    private static final ServiceId DB = service("/db");

    private final IngestFixture fixture = new IngestFixture();

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void claimsOfAServiceArriveInOrder() {
        fixture.start().attach();
        List<Observation> claims = new ArrayList<>();
        claims.add(new Observation.Defined(WEB, definition(V1)));
        for (int i = 0; i < 50; i++) {
            claims.add(seen(WEB, "t" + i, TaskPhase.RUNNING));
        }
        claims.forEach(fixture::observe);
        fixture.settle();

        assertThat(fixture.claims(WEB)).isEqualTo(claims);
    }

    @Test
    void oneClaimOfAServiceIsUnderWayAndOthersGoOn() {
        fixture.start(128, Duration.ofMinutes(1)).attach();
        fixture.shut.add(WEB);
        for (int i = 0; i < 5; i++) {
            fixture.observe(seen(WEB, "t" + i, TaskPhase.RUNNING));
        }
        fixture.observe(listed(DB, "d"));
        IngestStatus status = fixture.await(one -> one.liveTasks() == 1);

        assertThat(fixture.claims(WEB)).hasSize(1);
        assertThat(status.inFlight()).isEqualTo(1);
        assertThat(status.queued()).isEqualTo(4);
    }

    @Test
    void noMoreThanTheBoundIsInFlightInAll() {
        fixture.start(3, Duration.ofMinutes(1));
        List<ServiceId> many = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            many.add(service("/s" + i));
        }
        fixture.shut.addAll(many);
        fixture.attach();
        many.forEach(id -> fixture.observe(listed(id, "t")));

        IngestStatus status = fixture.status();
        assertThat(status.inFlight()).isEqualTo(3);
        assertThat(status.queued()).isEqualTo(7);
    }

    @Test
    void statesOfAbsentServicesAreReadWithinTheSameBound() {
        List<ServiceId> many = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            many.add(service("/s" + i));
        }
        fixture.known = Set.copyOf(many);
        fixture.shut.addAll(many);
        fixture.start(3, Duration.ofMinutes(1)).attach();
        fixture.listAll();

        assertThat(fixture.status().inFlight()).isEqualTo(3);
    }

    @Test
    void aClaimThatIsNotAcknowledgedIsSentAgainInItsPlace() {
        fixture.start(128, SHORT).attach();
        fixture.shut.add(WEB);
        Observation first = listed(WEB, "a");
        Observation second = seen(WEB, "a", TaskPhase.GONE);
        fixture.observe(first);
        fixture.observe(second);
        while (fixture.claims(WEB).size() < 2) {
            Thread.onSpinWait();
        }
        fixture.shut.clear();
        fixture.settle();

        assertThat(fixture.claims(WEB)).startsWith(first, first).endsWith(first, second);
        assertThat(fixture.live(WEB)).isEmpty();
    }

    @Test
    void aVipNameIsReservedOnce() {
        fixture.start().attach();
        fixture.observe(listed(WEB, "a"));
        fixture.await(_ -> !fixture.reserved.isEmpty());
        fixture.settle();
        fixture.observe(listed(WEB, "a", "b"));
        fixture.observe(listed(DB, "d"));
        fixture.settle();
        fixture.await(_ -> fixture.reserved.size() >= 2);

        assertThat(fixture.reserved)
                .extracting(one -> List.copyOf(one.names()))
                .containsExactly(List.of("web.marathon"), List.of("db.marathon"));
    }

    @Test
    void aReservationThatFailedIsAskedForAgain() {
        fixture.poolShut = true;
        fixture.start(128, SHORT).attach();
        fixture.listAll(listed(WEB, "a"));
        fixture.await(_ -> fixture.reserved.size() >= 2);
        assertThat(fixture.settle().firstListing()).isEmpty();
        fixture.poolShut = false;

        assertThat(fixture.await(one -> one.firstListing().isPresent()).vipRefusals()).isEmpty();
    }

    @Test
    void refusalsAreShown() {
        try (IngestFixture narrow = new IngestFixture("11.0.0.0-11.0.0.0")) {
            narrow.start().attach();
            narrow.listAll(listed(WEB, "a"), listed(DB, "d"));

            assertThat(narrow.await(one -> one.firstListing().isPresent()).vipRefusals())
                    .singleElement()
                    .asString()
                    .startsWith("VIP db.marathon gets no address");
        }
    }

    @Test
    void aTaskOfAnUnknownVersionMakesItsServiceReadAgain() {
        fixture.start().attach();
        fixture.observe(seen(WEB, "a", TaskPhase.RUNNING));

        fixture.awaitAsked(new SourceCommand.Reread(WEB));
    }

    @Test
    void aListedTaskOfAnUnknownVersionMakesThatVersionRead() {
        Instant old = V1.minusSeconds(60);
        fixture.start().attach();
        fixture.observe(withTaskOf(old));
        fixture.awaitAsked(new SourceCommand.ReadVersion(WEB, old));
        Observation.Defined answer = new Observation.Defined(WEB, definition(old));
        fixture.signal(new SourceSignal.VersionRead(WEB, old, Optional.of(answer)));
        fixture.awaitAsked(new SourceCommand.Reread(WEB));
        fixture.observe(withTaskOf(old));
        fixture.settle();

        assertThat(fixture.live(WEB)).containsExactly("a");
    }

    @Test
    void theNewestDefinitionStandsInForAVersionThatCannotBeHad() {
        Instant old = V1.minusSeconds(60);
        fixture.start().attach();
        fixture.observe(withTaskOf(old));
        fixture.settle();
        assertThat(fixture.live(WEB)).isEmpty();
        fixture.signal(new SourceSignal.VersionRead(WEB, old, Optional.empty()));
        fixture.awaitAsked(new SourceCommand.Reread(WEB));
        fixture.observe(withTaskOf(old));
        fixture.settle();

        assertThat(fixture.live(WEB)).containsExactly("a");
    }

    @Test
    void anAnswerThatDoesNotCoverItsVersionIsAsGoodAsNone() {
        Instant old = V1.minusSeconds(60);
        fixture.start().attach();
        fixture.observe(withTaskOf(old));
        fixture.settle();
        Observation.Defined wrong = new Observation.Defined(WEB, definition(V1.minusSeconds(59)));
        fixture.signal(new SourceSignal.VersionRead(WEB, old, Optional.of(wrong)));
        fixture.observe(withTaskOf(old));
        fixture.settle();

        assertThat(fixture.live(WEB)).containsExactly("a");
    }

    @Test
    void theFirstListingIsDoneOnceAllIsJournalled() {
        fixture.start(128, Duration.ofSeconds(2)).attach();
        fixture.shut.add(DB);
        fixture.listAll(listed(WEB, "a", "b"), listed(DB, "d"));
        assertThat(fixture.await(one -> one.liveTasks() == 2).firstListing()).isEmpty();
        fixture.shut.clear();

        assertThat(fixture.await(one -> one.firstListing().isPresent()).firstListing().get())
                .containsEntry("service|marathon:/web", 1L)
                .containsEntry("service|marathon:/db", 1L)
                .containsEntry("vip-pool|addresses", 4L)
                .hasSize(3);
    }

    @Test
    void aFirstListingThatASingleReadOvertakesIsDoneToo() {
        fixture.start(128, Duration.ofSeconds(1)).attach();
        fixture.shut.add(WEB);
        fixture.listAll(listed(WEB, "a"));
        fixture.observe(listed(WEB, "a", "b"));
        fixture.await(_ -> !fixture.claims(WEB).isEmpty());
        fixture.shut.clear();

        assertThat(fixture.await(one -> one.firstListing().isPresent()).liveTasks()).isEqualTo(2);
        assertThat(fixture.claims(WEB)).containsExactly(listed(WEB, "a"), listed(WEB, "a", "b"));
    }

    @Test
    void aDetachInTheMiddleOfAListingLeavesTheNextOneToBeTheFirst() {
        fixture.start(128, SHORT).attach();
        fixture.shut.add(WEB);
        fixture.listAll(listed(WEB, "a"));
        fixture.detach();
        fixture.shut.clear();
        assertThat(fixture.settle().firstListing()).isEmpty();
        fixture.attach();
        fixture.listAll(listed(WEB, "a"));

        fixture.await(one -> one.firstListing().isPresent());
    }

    @Test
    void anEntityThatNeverAnswersDoesNotKeepTheRestFromBeingComplete() {
        fixture.start(128, SHORT).attach();
        fixture.shut.add(WEB);
        fixture.listAll(listed(WEB, "a"), listed(DB, "d"));
        int[] i = {0};
        IngestStatus status =
                fixture.await(
                        one -> {
                            fixture.observe(seen(DB, "d" + i[0]++ % 5, TaskPhase.RUNNING));
                            return one.firstListing().isPresent();
                        });

        assertThat(status.stuck()).containsExactly("marathon:/web");
        assertThat(status.firstListing().get()).doesNotContainKey("service|marathon:/web");
        fixture.shut.clear();
        assertThat(fixture.settle().stuck()).isEmpty();
    }

    @Test
    void nothingIsCompleteWhileNoEntityAnswers() {
        fixture.start(128, Duration.ofMillis(100)).attach();
        fixture.shut.addAll(Set.of(WEB, DB));
        fixture.listAll(listed(WEB, "a"), listed(DB, "d"));
        fixture.await(_ -> fixture.claims(WEB).size() > Deliveries.STUCK_AFTER + 1);

        assertThat(fixture.status().stuck()).isEmpty();
        assertThat(fixture.status().firstListing()).isEmpty();
    }

    @Test
    void anUnchangedListingDoesNotReachEntities() {
        fixture.start().attach();
        fixture.listAll(listed(WEB, "a"));
        fixture.settle();
        fixture.listAll(listed(WEB, "a"));
        fixture.settle();

        assertThat(fixture.claims(WEB)).hasSize(1);
    }

    @Test
    void aListingThatEqualsOneBeforeTheLastReachesEntities() {
        fixture.start().attach();
        Observation.Listed both = withHealth(Health.HEALTHY, "a", "b");
        fixture.listAll(both);
        fixture.settle();
        fixture.listAll(withHealth(Health.UNHEALTHY, "a"));
        fixture.settle();
        fixture.listAll(both);
        fixture.settle();

        assertThat(fixture.state(WEB).live().firstEntry().getValue().health())
                .isEqualTo(Health.HEALTHY);
    }

    @Test
    void aSourceThatStopsIsStartedAnewWithTheIngest() {
        fixture.start().attach();
        fixture.listAll(listed(WEB, "a"));
        fixture.settle();
        fixture.signal(new SourceSignal.EndHinted(service("/stop"), Optional.empty(), "x"));
        fixture.awaitSource();

        assertThat(fixture.status().attached()).isFalse();
        fixture.known = Set.of(WEB);
        fixture.attach();
        fixture.listAll(listed(WEB, "a", "b"));
        fixture.await(one -> one.firstListing().isPresent());
        assertThat(fixture.live(WEB)).containsExactly("a", "b");
        assertThat(fixture.starts).isEmpty();
    }

    @Test
    void answersToAnEarlierIncarnationAreIgnored() {
        fixture.start(128, Duration.ofSeconds(1)).attach();
        fixture.shut.add(WEB);
        fixture.observe(listed(WEB, "a"));
        fixture.await(_ -> !fixture.claims(WEB).isEmpty());
        fixture.signal(new SourceSignal.EndHinted(service("/stop"), Optional.empty(), "x"));
        fixture.awaitSource();
        ServiceEntity.Observe late = (ServiceEntity.Observe) fixture.sent.getFirst();
        fixture.shut.clear();
        fixture.entity(WEB).tell(late);
        fixture.attach();
        fixture.listAll(listed(WEB, "a"));
        fixture.await(one -> one.firstListing().isPresent());

        assertThat(fixture.settle().attached()).isTrue();
        assertThat(fixture.starts).isEmpty();
    }

    private static Observation.Listed withTaskOf(Instant version) {
        return new Observation.Listed(
                WEB,
                definition(V1),
                List.of(task("a", version, TaskPhase.RUNNING, false, Health.UNKNOWN)),
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
