package io.meridian.actors.ingest;

import static io.meridian.actors.Examples.V1;
import static io.meridian.actors.Examples.definition;
import static io.meridian.actors.Examples.mesosTask;
import static io.meridian.actors.Examples.seen;
import static io.meridian.actors.Examples.service;
import static io.meridian.actors.Examples.task;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;

import com.typesafe.config.ConfigFactory;

import io.meridian.actors.mesos.MesosClusterEntity;
import io.meridian.actors.service.ServiceEntity;
import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.mesos.MesosCluster;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;
import io.meridian.sources.SourceSignal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The ingest of Mesos beside one of Marathon: whose word ends what. */
class IngestMesosTest {
    private static final ServiceId BROKER = new ServiceId("kafka", "broker");
    private static final ServiceId WEB = service("/web");

    private final IngestFixture fixture = new IngestFixture();
    private ActorRef<MesosClusterEntity.Command> cluster;

    @BeforeEach
    void start() {
        fixture.owned =
                IngestSettings.ofMesos(ConfigFactory.load(), Optional.of("marathon")).owned();
        cluster = fixture.withCluster();
        fixture.start().attach();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    @Test
    void noServiceIsTwoSources() {
        var marathon = IngestSettings.ofMarathon(ConfigFactory.load(), "marathon").owned();
        var alone = IngestSettings.ofMesos(ConfigFactory.load(), Optional.empty()).owned();
        List<ServiceId> all =
                List.of(WEB, BROKER, service("web.shop"), new ServiceId("kafka", "/slash"));

        assertThat(all).filteredOn(marathon).containsExactly(WEB);
        assertThat(all).filteredOn(fixture.owned).isNotEmpty().doesNotContain(WEB);
        assertThat(all).allMatch(id -> marathon.test(id) != fixture.owned.test(id));
        assertThat(all).allMatch(alone);
    }

    @Test
    void aTaskThatListingsLackEndsAndItsServiceWithIt() {
        fixture.listAll(broker("a", "b"));
        fixture.settle();
        assertThat(fixture.live(BROKER)).containsExactly("a", "b");

        fixture.detach();
        fixture.attach();
        ServiceId other = new ServiceId("spark", "driver");
        Observation.MesosListed others =
                new Observation.MesosListed(
                        other,
                        IntStream.range(0, 9).mapToObj(i -> mesosTask("s" + i)).toList(),
                        true);
        fixture.listAll(broker("a"), others);
        fixture.settle();
        fixture.pass(IngestFixture.CONFIRM);
        fixture.listAll(broker("a"), others);
        fixture.settle();
        assertThat(fixture.live(BROKER)).containsExactly("a");

        fixture.observe(
                new Observation.MesosTaskSeen(
                        BROKER, mesosTask("a", TaskPhase.GONE), true, "TASK_FAILED"));
        fixture.settle();
        assertThat(fixture.state(BROKER).exists()).isFalse();
    }

    @Test
    void whatOfMarathonIsMissingHereIsNotEnded() {
        tellMarathon(seen(WEB, "w", TaskPhase.RUNNING));
        fixture.observe(new Observation.MesosTaskSeen(WEB, mesosTask("w"), false, "TASK_RUNNING"));
        fixture.listAll(broker("a"));
        fixture.settle();
        fixture.pass(Duration.ofHours(1));
        fixture.listAll(broker("a"));
        fixture.observe(
                new Observation.MesosTaskSeen(
                        WEB, mesosTask("w", TaskPhase.GONE), false, "TASK_FAILED"));
        IngestStatus status = fixture.settle();

        assertThat(fixture.live(WEB)).containsExactly("w");
        assertThat(status.services()).isEqualTo(1);
        assertThat(status.liveTasks()).isEqualTo(1);
        assertThat(status.absences()).isZero();
    }

    @Test
    void whatMesosToldFirstIsThereWhenMarathonTellsOfTheTask() {
        MesosTask told = mesosTask("w");
        fixture.observe(new Observation.MesosTaskSeen(WEB, told, false, "TASK_RUNNING"));
        fixture.settle();
        tellMarathon(
                new Observation.TaskSeen(
                        WEB,
                        new TaskSighting(
                                new TaskId("w"),
                                "i-w",
                                "",
                                V1,
                                TaskPhase.RUNNING,
                                false,
                                new Agent("", "10.0.0.1", List.of()),
                                List.of(),
                                task("w", TaskPhase.RUNNING).hostPorts(),
                                Health.UNKNOWN),
                        "TASK_RUNNING"));

        Instance instance = fixture.state(WEB).live().get(new TaskId("w"));
        assertThat(instance.agent()).isEqualTo(told.agent());
        assertThat(instance.addresses()).isEqualTo(told.addresses());
        assertThat(instance.mesosOnly()).isEmpty();
    }

    @Test
    void aVipOfATaskIsReserved() {
        fixture.listAll(broker("a"));
        fixture.settle();

        assertThat(fixture.reserved)
                .anySatisfy(one -> assertThat(one.names()).containsExactly("broker.kafka"));
    }

    @Test
    void theFirstListingIsDoneWhenTheClusterIsListedToo() {
        fixture.listAll(broker("a"));
        fixture.settle();
        assertThat(fixture.status().firstListing()).isEmpty();

        fixture.signal(new SourceSignal.ClusterObserved(listing(450)));
        IngestStatus status = fixture.await(one -> one.firstListing().isPresent());

        assertThat(status.firstListing().orElseThrow())
                .containsEntry("mesos-cluster|cluster", 450L)
                .containsKey("service|kafka:broker");
        assertThat(clusterState().agents()).hasSize(450);
    }

    @Test
    void claimsAboutTheClusterAreSentAgainAndTheNewestWins() {
        fixture.clusterShut = true;
        fixture.signal(new SourceSignal.ClusterObserved(listing(2)));
        fixture.signal(new SourceSignal.ClusterObserved(new ClusterClaim.AgentGone("S1")));
        fixture.signal(
                new SourceSignal.ClusterObserved(
                        new ClusterClaim.Masters("m@10.0.0.9:5050", List.of())));
        fixture.await(one -> one.queued() > 2);
        fixture.clusterShut = false;
        fixture.settle();

        assertThat(clusterState().agents()).containsOnlyKeys("S0");
        assertThat(clusterState().masters().leader()).isEqualTo("m@10.0.0.9:5050");
    }

    private MesosCluster clusterState() {
        TestProbe<MesosClusterEntity.Current> probe = fixture.kit.createTestProbe();
        cluster.tell(new MesosClusterEntity.Get(probe.getRef()));
        return probe.receiveMessage(Duration.ofSeconds(20)).cluster();
    }

    /** As Marathon's own ingest would. */
    private void tellMarathon(Observation claim) {
        TestProbe<ServiceEntity.Observed> probe = fixture.kit.createTestProbe();
        for (Observation one :
                List.of(new Observation.Defined(WEB, definition(V1, "web:80")), claim)) {
            fixture.entity(WEB).tell(new ServiceEntity.Observe(one, probe.getRef()));
            probe.receiveMessage(Duration.ofSeconds(20));
        }
    }

    private static Observation.MesosListed broker(String... tasks) {
        return new Observation.MesosListed(
                BROKER, List.of(tasks).stream().map(id -> mesosTask(id)).toList(), true);
    }

    private static ClusterClaim.ClusterListed listing(int agents) {
        return new ClusterClaim.ClusterListed(
                IntStream.range(0, agents)
                        .mapToObj(
                                i ->
                                        new ClusterClaim.AgentSeen(
                                                "S" + i,
                                                "slave(1)@10.0.0.1:5051",
                                                "host" + i,
                                                List.of(IpAddress.literal("10.0.0.1"))))
                        .toList(),
                List.of());
    }
}
