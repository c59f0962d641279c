package io.meridian.actors.ingest;

import static io.meridian.actors.Examples.listed;
import static io.meridian.actors.Examples.seen;
import static io.meridian.actors.Examples.service;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;

import io.meridian.actors.mesos.MesosClusterEntity;
import io.meridian.actors.service.ServiceEntity;
import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The actor around the core: asks, timeouts, timers, the source, restarts. */
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
    void refusalsAreShown() {
        try (IngestFixture narrow = new IngestFixture("11.0.0.0-11.0.0.0")) {
            narrow.start().attach();
            narrow.listAll(listed(WEB, "a"), listed(DB, "d"));

            assertThat(narrow.await(one -> one.firstListing().isPresent()).vipRefusals())
                    .singleElement()
                    .asString()
                    .startsWith("VIP web.marathon gets no address");
        }
    }

    @Test
    void anObservationThatIsNotAcknowledgedInTimeIsSentAgain() {
        fixture.start(128, SHORT).attach();
        fixture.shut.add(WEB);
        Observation first = listed(WEB, "a");
        Observation second = seen(WEB, "a", TaskPhase.GONE);
        fixture.observe(first);
        fixture.observe(second);
        fixture.await(_ -> fixture.claims(WEB).size() >= 2);
        fixture.shut.clear();
        fixture.settle();

        assertThat(fixture.claims(WEB)).startsWith(first, first).endsWith(first, second);
        assertThat(fixture.live(WEB)).isEmpty();
    }

    @Test
    void aFailedReservationIsRepeated() {
        fixture.poolShut = true;
        fixture.start(128, SHORT).attach();
        fixture.listAll(listed(WEB, "a"));
        fixture.await(_ -> fixture.reserved.size() >= 2);
        assertThat(fixture.settle().firstListing()).isEmpty();
        fixture.poolShut = false;

        assertThat(fixture.await(one -> one.firstListing().isPresent()).vipRefusals()).isEmpty();
    }

    @Test
    void theFirstListingIsDoneWhenAllIsJournalled() {
        fixture.start(128, Duration.ofSeconds(2)).attach();
        fixture.shut.add(DB);
        fixture.listAll(listed(WEB, "a", "b"), listed(DB, "d"));
        assertThat(fixture.await(one -> one.liveTasks() == 2).firstListing()).isEmpty();
        fixture.shut.clear();
        fixture.await(one -> one.inFlight() == 0);
        fixture.pass(IngestCore.RETRY);

        assertThat(fixture.await(one -> one.firstListing().isPresent()).firstListing().get())
                .containsEntry("service|marathon:/web", 1L)
                .containsEntry("service|marathon:/db", 1L)
                .containsKey("vip-pool|addresses")
                .hasSize(3);
    }

    @Test
    void anotherIngestAndSourceReplaceASourceThatStops() {
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
    void aReplyToAnEarlierIngestDoesNotReachTheNext() {
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

    @Test
    void theJournalsServicesAreReadAgainAfterAFailure() {
        fixture.failuresToReadKnown.set(1);
        fixture.known = Set.of(DB);
        fixture.start().attach();
        fixture.listAll();

        assertThat(fixture.await(one -> one.firstListing().isPresent()).attached()).isTrue();
    }

    @Test
    void theStateOfAnAbsentServiceIsReadFromItsEntity() {
        fixture.known = Set.of(DB);
        fixture.start().attach();
        fixture.listAll(listed(WEB, "a"));
        fixture.await(one -> one.firstListing().isPresent());

        assertThat(fixture.sent).filteredOn(ServiceEntity.Get.class::isInstance).hasSize(1);
        assertThat(fixture.status().services()).isEqualTo(1);
    }

    @Test
    void observationsOfTheClusterReachItsEntityAndAreSentAgain() {
        ActorRef<MesosClusterEntity.Command> cluster = fixture.withCluster();
        fixture.clusterShut = true;
        fixture.start(128, SHORT).attach();
        fixture.signal(
                new SourceSignal.ClusterObserved(
                        new ClusterClaim.ClusterListed(
                                List.of(new ClusterClaim.AgentSeen("S0", "p", "h", List.of())),
                                List.of())));
        fixture.listAll();
        assertThat(fixture.await(one -> one.queued() > 0).firstListing()).isEmpty();
        fixture.clusterShut = false;

        assertThat(fixture.await(one -> one.firstListing().isPresent()).firstListing().get())
                .containsEntry("mesos-cluster|cluster", 1L);
        TestProbe<MesosClusterEntity.Current> probe = fixture.kit.createTestProbe();
        cluster.tell(new MesosClusterEntity.Get(probe.getRef()));
        assertThat(probe.receiveMessage().cluster().agents()).containsOnlyKeys("S0");
    }

    @Test
    void theAbsenceCheckRunsOnATimer() {
        fixture.start().attach();
        fixture.listAll(listed(WEB, "a", "b"), listed(DB, "d"));
        fixture.settle();
        fixture.detach();
        fixture.attach();
        fixture.listAll(listed(WEB, "a"), listed(DB, "d"));

        fixture.awaitAsked(new SourceCommand.ListAll());
    }
}
