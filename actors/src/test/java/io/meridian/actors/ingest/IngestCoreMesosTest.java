package io.meridian.actors.ingest;

import static io.meridian.actors.Examples.V1;
import static io.meridian.actors.Examples.definition;
import static io.meridian.actors.Examples.mesosTask;
import static io.meridian.actors.Examples.seen;
import static io.meridian.actors.Examples.service;
import static io.meridian.actors.Examples.task;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;

import io.meridian.domain.mesos.ClusterClaim;
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

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** The ingest of Mesos beside one of Marathon: each ends tasks of its own services only. */
class IngestCoreMesosTest {
    private static final ServiceId BROKER = new ServiceId("kafka", "broker");
    private static final ServiceId WEB = service("/web");

    private static final Predicate<ServiceId> OWNED =
            IngestSettings.ofMesos(ConfigFactory.load(), Optional.of("marathon")).owned();

    private final CoreWorld world = new CoreWorld(OWNED, 128, true, Set.of());

    @BeforeEach
    void attach() {
        world.attach();
    }

    @Test
    void atMostOneSourceOwnsAService() {
        var marathon = IngestSettings.ofMarathon(ConfigFactory.load(), "marathon").owned();
        var alone = IngestSettings.ofMesos(ConfigFactory.load(), Optional.empty()).owned();
        List<ServiceId> all =
                List.of(WEB, BROKER, service("web.shop"), new ServiceId("kafka", "/slash"));

        assertThat(all).filteredOn(marathon).containsExactly(WEB);
        assertThat(all).filteredOn(OWNED).isNotEmpty().doesNotContain(WEB);
        assertThat(all).allMatch(id -> marathon.test(id) != OWNED.test(id));
        assertThat(all).allMatch(alone);
    }

    @Test
    void aTaskThatListingsLackEndsAndItsServiceWithIt() {
        world.listAll(broker("a", "b"));
        world.settle();
        assertThat(world.live(BROKER)).containsExactly("a", "b");

        world.detach();
        world.attach();
        ServiceId other = new ServiceId("spark", "driver");
        Observation.MesosListed others =
                new Observation.MesosListed(
                        other,
                        IntStream.range(0, 9).mapToObj(i -> mesosTask("s" + i)).toList(),
                        true);
        world.listAll(broker("a"), others);
        world.settle();
        world.pass(CoreWorld.AFTER_GAP);
        world.listAll(broker("a"), others);
        world.settle();
        assertThat(world.live(BROKER)).containsExactly("a");

        world.observe(
                new Observation.MesosTaskSeen(
                        BROKER, mesosTask("a", TaskPhase.GONE), true, "TASK_FAILED"));
        world.settle();
        assertThat(world.state(BROKER).exists()).isFalse();
    }

    @Test
    void aListingOfMesosEndsNoTaskOfMarathon() {
        tellMarathon(seen(WEB, "w", TaskPhase.RUNNING));
        world.observe(new Observation.MesosTaskSeen(WEB, mesosTask("w"), false, "TASK_RUNNING"));
        world.listAll(broker("a"));
        world.settle();
        world.pass(Duration.ofHours(1));
        world.listAll(broker("a"));
        world.observe(
                new Observation.MesosTaskSeen(
                        WEB, mesosTask("w", TaskPhase.GONE), false, "TASK_FAILED"));
        IngestStatus status = world.settle();

        assertThat(world.live(WEB)).containsExactly("w");
        assertThat(status.services()).isEqualTo(1);
        assertThat(status.liveTasks()).isEqualTo(1);
        assertThat(status.absences()).isZero();
    }

    @Test
    void anEarlierReportOfMesosIsAddedToMarathonsTask() {
        MesosTask told = mesosTask("w");
        world.observe(new Observation.MesosTaskSeen(WEB, told, false, "TASK_RUNNING"));
        world.settle();
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

        Instance instance = world.state(WEB).live().firstEntry().getValue();
        assertThat(instance.agent()).isEqualTo(told.agent());
        assertThat(instance.addresses()).isEqualTo(told.addresses());
        assertThat(instance.mesosOnly()).isEmpty();
    }

    @Test
    void aVipOfATaskIsReserved() {
        world.listAll(broker("a"));
        world.settle();

        assertThat(world.reserved)
                .anySatisfy(one -> assertThat(one.names()).containsExactly("broker.kafka"));
    }

    @Test
    void theFirstListingIsDoneWhenTheClusterIsListedToo() {
        world.listAll(broker("a"));
        world.settle();
        assertThat(world.status().firstListing()).isEmpty();

        world.signal(new SourceSignal.ClusterObserved(listing(450)));
        IngestStatus status = world.settle();

        assertThat(status.firstListing().orElseThrow())
                .containsEntry("mesos-cluster|cluster", 450L)
                .containsKey("service|kafka:broker");
        assertThat(world.cluster.agents()).hasSize(450);
    }

    @Test
    void observationsOfTheClusterAreSentAgainAndTheNewestWins() {
        world.clusterShut = true;
        world.signal(new SourceSignal.ClusterObserved(listing(2)));
        world.signal(new SourceSignal.ClusterObserved(new ClusterClaim.AgentGone("S1")));
        world.signal(
                new SourceSignal.ClusterObserved(
                        new ClusterClaim.Masters("m@10.0.0.9:5050", List.of())));
        assertThat(world.settle().queued()).isGreaterThan(2);
        world.recover();

        assertThat(world.cluster.agents()).containsOnlyKeys("S0");
        assertThat(world.cluster.masters().leader()).isEqualTo("m@10.0.0.9:5050");
    }

    /** Applies an observation as the ingest of Marathon does, which has a core of its own. */
    private void tellMarathon(Observation observation) {
        world.journal(new Observation.Defined(WEB, definition(V1, "web:80")));
        world.journal(observation);
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
