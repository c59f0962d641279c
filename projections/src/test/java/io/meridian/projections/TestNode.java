package io.meridian.projections;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.actors.Entities;
import io.meridian.database.PostgresSettings;
import io.meridian.database.R2dbcConfig;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.zone.NamingRules;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * A cluster of one master with the real journal. Its entities persist the events that a test
 * passes.
 */
final class TestNode implements AutoCloseable {
    /** Timeout of one ask: an ask to an entity that restarts is lost, and callers ask again. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    final ActorSystem<Spawn> system;
    private final Map<String, ActorRef<Persist>> entities = new HashMap<>();

    private TestNode(ActorSystem<Spawn> system) {
        this.system = system;
    }

    record Spawn(String entityType, String entityId, ActorRef<ActorRef<Persist>> replyTo) {}

    record Persist(List<Object> events, ActorRef<Done> replyTo) {}

    static TestNode start(PostgresSettings settings) {
        return start(settings, Examples.RULES, "");
    }

    /**
     * @param more settings that override all others
     */
    static TestNode start(PostgresSettings settings, NamingRules rules, String more) {
        Config config =
                ConfigFactory.parseString(
                                more
                                        + """

                                        akka.actor.provider = cluster
                                        akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                                        akka.cluster.roles = [master]
                                        akka.cluster.jmx.enabled = off
                                        """)
                        .withFallback(R2dbcConfig.of(settings))
                        .withFallback(Projections.akka())
                        .withFallback(Entities.akka())
                        .withFallback(ConfigFactory.load())
                        .resolve();
        ActorSystem<Spawn> system = ActorSystem.create(guardian(), "test", config);
        Cluster cluster = Cluster.get(system);
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        TestDatabase.get(Completeness.create(system).declare());
        Projections.init(system, ProjectionSettings.from(config), rules);
        return new TestNode(system);
    }

    /**
     * Persists events in one write, each as an entry; the stage completes with the acknowledgement.
     * Only one thread may call this.
     */
    CompletionStage<Done> persist(String entityType, String entityId, List<Object> events) {
        return persist(entityType, entityId, events, PATIENCE);
    }

    CompletionStage<Done> persist(
            String entityType, String entityId, List<Object> events, Duration timeout) {
        List<Object> entries = events.stream().map(TestNode::entry).toList();
        ActorRef<Persist> entity =
                entities.computeIfAbsent(
                        entityId,
                        _ ->
                                TestDatabase.get(
                                        AskPattern.<Spawn, ActorRef<Persist>>ask(
                                                system,
                                                replyTo -> new Spawn(entityType, entityId, replyTo),
                                                PATIENCE,
                                                system.scheduler())));
        return AskPattern.ask(
                entity, replyTo -> new Persist(entries, replyTo), timeout, system.scheduler());
    }

    private static Object entry(Object event) {
        return event instanceof ServiceEvent one ? new ServiceEventBatch(List.of(one)) : event;
    }

    /** Stops all entities; new ones recover their sequence numbers from the journal. */
    void forgetEntities() {
        entities.clear();
    }

    @Override
    public void close() {
        system.terminate();
        TestDatabase.get(system.getWhenTerminated());
    }

    private static Behavior<Spawn> guardian() {
        return Behaviors.receive(
                (context, spawn) -> {
                    PersistenceId id = PersistenceId.of(spawn.entityType(), spawn.entityId());
                    spawn.replyTo().tell(context.spawnAnonymous(new Recorder(id)));
                    return Behaviors.same();
                });
    }

    private static final class Recorder extends EventSourcedBehavior<Persist, Object, Done> {
        private Recorder(PersistenceId id) {
            super(
                    id,
                    akka.actor.typed.SupervisorStrategy.restartWithBackoff(
                            Duration.ofMillis(100), Duration.ofSeconds(1), 0.1));
        }

        @Override
        public Done emptyState() {
            return Done.getInstance();
        }

        @Override
        public CommandHandler<Persist, Object, Done> commandHandler() {
            return newCommandHandlerBuilder()
                    .forAnyState()
                    .onCommand(
                            Persist.class,
                            command ->
                                    Effect()
                                            .persist(command.events())
                                            .thenRun(
                                                    () ->
                                                            command.replyTo()
                                                                    .tell(Done.getInstance())))
                    .build();
        }

        @Override
        public EventHandler<Done, Object> eventHandler() {
            return (state, _) -> state;
        }
    }
}
