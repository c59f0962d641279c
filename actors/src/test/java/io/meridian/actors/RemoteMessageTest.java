package io.meridian.actors;

import static io.meridian.actors.Examples.V1;
import static io.meridian.actors.Examples.definition;
import static io.meridian.actors.Examples.listed;
import static io.meridian.actors.Examples.mesosTask;
import static io.meridian.actors.Examples.seen;
import static io.meridian.actors.Examples.service;
import static io.meridian.actors.Examples.task;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.SerializationTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.typesafe.config.ConfigFactory;

import io.meridian.actors.ingest.Ingest;
import io.meridian.actors.ingest.IngestStatus;
import io.meridian.actors.mesos.MesosClusterEntity;
import io.meridian.actors.service.ServiceEntity;
import io.meridian.actors.vip.VipPoolEntity;
import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.mesos.MesosCluster;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.MissingInstance;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ObservationReport;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Every message between masters survives its serializer. */
class RemoteMessageTest {
    private static final ServiceId WEB = service("/web");

    private final ActorTestKit kit =
            ActorTestKit.create(
                    ConfigFactory.parseString("akka.actor.allow-java-serialization = off")
                            .withFallback(Entities.akka())
                            .withFallback(ConfigFactory.load())
                            .resolve());

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    private List<RemoteMessage> messages() {
        TestProbe<Object> probe = kit.createTestProbe();
        Service empty = Service.empty(WEB);
        Observation.Listed listing = listed(WEB, "a", "b");
        Service some = empty.apply(empty.decide(listing));
        List<RemoteMessage> all = new ArrayList<>();
        for (Observation claim :
                List.of(
                        listing,
                        new Observation.Defined(WEB, definition(V1, "web:80")),
                        seen(WEB, "a", TaskPhase.KILLING),
                        new Observation.HealthSeen(WEB, "i-a", Health.HEALTHY),
                        new Observation.MesosTaskSeen(WEB, mesosTask("a"), false, "TASK_RUNNING"),
                        new Observation.MesosListed(WEB, List.of(mesosTask("a")), true),
                        new Observation.Absent(
                                WEB, new TreeSet<>(Set.of(new TaskId("a"))), true, "x"))) {
            all.add(new ServiceEntity.Observe(claim, probe.getRef().narrow()));
        }
        all.add(new ServiceEntity.Get(probe.getRef().narrow()));
        all.add(ServiceEntity.Stop.NOW);
        all.add(
                new ServiceEntity.Observed(
                        3,
                        new ObservationReport(
                                2,
                                new TreeMap<>(
                                        Map.of(
                                                new TaskId("a"),
                                                new MissingInstance("i-a", false, true))),
                                new TreeSet<>(Set.of(V1)))));
        all.add(new ServiceEntity.Current(some, 3));
        Service noted =
                empty.apply(
                        empty.decide(
                                new Observation.MesosTaskSeen(WEB, mesosTask("a"), false, "x")));
        all.add(new ServiceEntity.Current(noted, 1));
        Service kafka =
                empty.apply(
                        empty.decide(
                                new Observation.MesosListed(WEB, List.of(mesosTask("a")), true)));
        all.add(new ServiceEntity.Current(kafka, 1));
        List<ClusterClaim.AgentSeen> agents =
                List.of(
                        new ClusterClaim.AgentSeen(
                                "s0",
                                "slave(1)@10.0.0.1:5051",
                                "host",
                                List.of(IpAddress.literal("10.0.0.1"))));
        List<ClusterClaim.FrameworkSeen> frameworks =
                List.of(new ClusterClaim.FrameworkSeen("f0", "kafka", "", "host", List.of()));
        List<ClusterClaim> cluster =
                List.of(
                        new ClusterClaim.Masters("m@10.0.0.9:5050", List.of("10.0.0.9:5050")),
                        agents.getFirst(),
                        new ClusterClaim.AgentGone("s1"),
                        frameworks.getFirst(),
                        new ClusterClaim.FrameworkGone("f1"),
                        new ClusterClaim.ClusterListed(agents, frameworks),
                        ClusterClaim.Present.of(
                                new ClusterClaim.ClusterListed(agents, frameworks)));
        all.add(new MesosClusterEntity.Observe(cluster, probe.getRef().narrow()));
        all.add(new MesosClusterEntity.Observed(7));
        all.add(new MesosClusterEntity.Get(probe.getRef().narrow()));
        MesosCluster known = MesosCluster.empty();
        all.add(new MesosClusterEntity.Current(known.apply(known.decide(cluster)), 7));
        all.add(MesosClusterEntity.Stop.NOW);
        all.add(
                new VipPoolEntity.Reserve(
                        new TreeSet<>(Set.of("web.marathon")),
                        new TreeSet<>(Set.of(IpAddress.literal("10.0.0.1"))),
                        probe.getRef().narrow()));
        all.add(new VipPoolEntity.Reserved(2, new TreeMap<>(Map.of("web.marathon", "no"))));
        all.add(new JournalledEntity.NotJournalled("no text", true));
        all.add(
                new VipPoolEntity.Release(
                        new TreeSet<>(Set.of("web.marathon")), probe.getRef().narrow()));
        all.add(
                new VipPoolEntity.Released(
                        new TreeSet<>(Set.of("web.marathon")), new TreeMap<>(Map.of("b", "no"))));
        all.add(VipPoolEntity.Stop.NOW);
        all.add(new Ingest.GetStatus(probe.getRef().narrow()));
        IngestStatus status =
                new IngestStatus(
                        "marathon",
                        true,
                        "leader:8080",
                        V1,
                        Optional.of(V1),
                        1,
                        2,
                        3,
                        4,
                        5,
                        List.of("an entry without id"),
                        List.of("marathon:/gone"),
                        List.of("refused"),
                        Duration.ofSeconds(6),
                        List.of("marathon:/web"),
                        List.of("marathon:/bad: no text"),
                        Optional.of(new TreeMap<>(Map.of("service|marathon:/web", 3L))));
        all.add(status);
        return all;
    }

    @Test
    void everyMessageSurvivesSerialization() {
        SerializationTestKit serialization = kit.serializationTestKit();
        for (RemoteMessage message : messages()) {
            assertThat(serialization.verifySerialization(message, true)).isEqualTo(message);
        }
    }

    @Test
    void everyMessageUsesOurSerializer() {
        Serialization serialization = SerializationExtension.get(kit.system());
        for (RemoteMessage message : messages()) {
            assertThat(serialization.findSerializerFor(message).getClass().getSimpleName())
                    .as("%s", message)
                    .isEqualTo("JacksonCborSerializer");
        }
    }

    @Test
    void theseExamplesCoverAllMessageTypes() {
        Set<String> all =
                new ClassFileImporter()
                                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                                .importPackages("io.meridian.actors")
                                .stream()
                                .filter(type -> type.isAssignableTo(RemoteMessage.class))
                                .filter(type -> !type.isInterface())
                                .filter(
                                        type ->
                                                !type.getModifiers()
                                                        .contains(JavaModifier.ABSTRACT))
                                .map(JavaClass::getName)
                                .collect(Collectors.toSet());

        assertThat(messages()).extracting(one -> one.getClass().getName()).containsAll(all);
    }

    @Test
    void aListingOfManyTasksFitsInOneFrame() throws Exception {
        Observation.Listed big =
                new Observation.Listed(
                        WEB,
                        definition(V1, "web:80"),
                        IntStream.range(0, 5_000)
                                .mapToObj(
                                        i ->
                                                task(
                                                        "shop_web.instance-6b0cf0a1-b07d-11ea-9c11-"
                                                                + i
                                                                + "._app.1",
                                                        TaskPhase.RUNNING))
                                .toList(),
                        true,
                        false);
        TestProbe<JournalledEntity.Reply> probe = kit.createTestProbe();
        byte[] bytes =
                SerializationExtension.get(kit.system())
                        .serialize(new ServiceEntity.Observe(big, probe.getRef()))
                        .get();

        // akka.remote.artery.advanced.maximum-frame-size of Akka itself, with room for envelopes
        assertThat(bytes.length).isLessThan(250 * 1024);
    }
}
