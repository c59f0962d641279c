package io.meridian.actors.service;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import akka.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.CommandResultWithReply;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.actors.Entities;
import io.meridian.actors.JournalledEntity;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.Containerizer;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.LabelledVip;
import io.meridian.domain.service.MissingInstance;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.PortDefinition;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceDefinition;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.time.Instant;
import java.util.List;
import java.util.TreeSet;

/**
 * The test kit passes every command, event, reply and state through its serializer and compares the
 * results.
 */
class ServiceEntityTest {
    private static final ServiceId WEB = new ServiceId("marathon", "/web");
    private static final Instant V1 = Instant.parse("2026-11-01T10:00:00Z");
    private static final Config CONFIG =
            ConfigFactory.parseString("akka.actor.allow-java-serialization = off")
                    .withFallback(EventSourcedBehaviorTestKit.config())
                    .withFallback(Entities.akka())
                    .withFallback(ConfigFactory.load())
                    .resolve();

    private final ActorTestKit kit = ActorTestKit.create(CONFIG);
    private final EventSourcedBehaviorTestKit<ServiceEntity.Command, ServiceEventBatch, Service>
            entity =
                    EventSourcedBehaviorTestKit.create(
                            kit.system(),
                            ServiceEntity.create(WEB),
                            EventSourcedBehaviorTestKit.enabledSerializationSettings()
                                    .withVerifyEquality(true));

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @Test
    void aListingIsJournalledAsEvents() {
        CommandResultWithReply<
                        ServiceEntity.Command, ServiceEventBatch, Service, JournalledEntity.Reply>
                result = observe(listed("one", "two"));

        assertThat(result.events()).hasSize(1);
        assertThat(result.event().events())
                .extracting(event -> event.getClass().getSimpleName())
                .containsExactly("DefinitionRevised", "InstanceStarted", "InstanceStarted");
        assertThat(observed(result).sequenceNumber()).isEqualTo(1);
        assertThat(observed(result).report().live()).isEqualTo(2);
    }

    @Test
    void aRepeatedClaimPersistsNothingAndIsAcknowledged() {
        observe(listed("one"));
        var again = observe(listed("one"));

        assertThat(again.hasNoEvents()).isTrue();
        assertThat(observed(again).sequenceNumber()).isEqualTo(1);
    }

    @Test
    void theReplyNamesWhatAListingLacks() {
        observe(listed("one", "two"));

        assertThat(observed(observe(listed("two"))).report().missing())
                .containsExactly(
                        java.util.Map.entry(
                                new TaskId("one"), new MissingInstance("i-one", false, false)));
    }

    @Test
    void theReplyNamesVersionsWithoutPortLayout() {
        Observation claim = new Observation.TaskSeen(WEB, task("one"), "TASK_RUNNING");

        assertThat(observed(observe(claim)).report().uncovered()).containsExactly(V1);
    }

    @Test
    void aRestartRecoversTheSameState() {
        observe(listed("one", "two"));
        Service before = entity.getState();

        assertThat(entity.restart().state()).isEqualTo(before);
    }

    private CommandResultWithReply<
                    ServiceEntity.Command, ServiceEventBatch, Service, JournalledEntity.Reply>
            observe(Observation observation) {
        return entity.runCommand(replyTo -> new ServiceEntity.Observe(observation, replyTo));
    }

    private static ServiceEntity.Observed observed(
            CommandResultWithReply<
                            ServiceEntity.Command,
                            ServiceEventBatch,
                            Service,
                            JournalledEntity.Reply>
                    result) {
        return (ServiceEntity.Observed) result.reply();
    }

    private static Observation listed(String... tasks) {
        PortDefinition http =
                new PortDefinition(
                        "",
                        "http",
                        new TreeSet<>(List.of(Protocol.TCP)),
                        80,
                        true,
                        List.of(LabelledVip.of("web:80")));
        ServiceDefinition definition =
                new ServiceDefinition(
                        V1,
                        V1,
                        NetworkMode.BRIDGE,
                        Containerizer.MESOS,
                        List.of(http),
                        new TreeSet<>(),
                        List.of());
        return new Observation.Listed(
                WEB,
                definition,
                List.of(tasks).stream().map(ServiceEntityTest::task).toList(),
                true,
                false);
    }

    private static TaskSighting task(String id) {
        return new TaskSighting(
                new TaskId(id),
                "i-" + id,
                "",
                V1,
                TaskPhase.RUNNING,
                false,
                new Agent("S1", "10.0.0.1", List.of(IpAddress.literal("10.0.0.1"))),
                List.of(IpAddress.literal("172.17.0.2")),
                List.of(31000),
                Health.UNKNOWN);
    }
}
