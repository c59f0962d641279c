package io.meridian.projections;

import akka.Done;
import akka.actor.typed.ActorSystem;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.SingletonActor;
import akka.persistence.Persistence;
import akka.persistence.query.Offset;
import akka.persistence.query.typed.EventEnvelope;
import akka.persistence.r2dbc.ConnectionFactoryProvider;
import akka.persistence.r2dbc.query.javadsl.R2dbcReadJournal;
import akka.projection.ProjectionBehavior;
import akka.projection.ProjectionId;
import akka.projection.eventsourced.javadsl.EventSourcedProvider;
import akka.projection.javadsl.GroupedProjection;
import akka.projection.r2dbc.javadsl.R2dbcHandler;
import akka.projection.r2dbc.javadsl.R2dbcProjection;
import akka.projection.r2dbc.javadsl.R2dbcSession;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.domain.mesos.ClusterEvent;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.vip.VipPoolEvent;
import io.meridian.domain.vip.VipRules;
import io.meridian.domain.zone.NamingRules;
import io.r2dbc.spi.Connection;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;

/**
 * Runs the projections: each is a cluster singleton on a {@code master} that reads all slices,
 * because there is one revision to count. A sharded daemon process would be started again only by
 * its keep-alive (10 s) after its node left.
 */
public final class Projections {
    private static final Logger LOG = LoggerFactory.getLogger(Projections.class);
    private static final String ROLE = "master";
    private static final Duration MIN_PAUSE = Duration.ofMillis(200);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(5);

    private Projections() {}

    /**
     * Settings of Akka's journal and projections that this room needs. The caller puts them before
     * {@code reference.conf}.
     */
    public static Config akka() {
        return ConfigFactory.parseResources(Projections.class, "akka.conf");
    }

    /**
     * Starts all projections. While the database is unreachable, each restarts with backoff (200 ms
     * to 5 s) and resumes at its stored offset.
     */
    public static void init(ActorSystem<?> system, ProjectionSettings settings, NamingRules rules) {
        start(system, "tables", tables(system, settings, rules));
        start(system, "vip-addresses", vipAddresses(system, settings));
        start(system, "mesos-cluster", mesosCluster(system, settings, rules));
    }

    static GroupedProjection<Offset, EventEnvelope<ServiceEventBatch>> tables(
            ActorSystem<?> system, ProjectionSettings settings, NamingRules rules) {
        ServiceTablesProjection projection = new ServiceTablesProjection(rules, settings);
        ProjectionRebuild rebuild =
                new ProjectionRebuild(
                        ConnectionFactoryProvider.get(system)
                                .connectionFactoryFor(TableStores.CONNECTIONS),
                        projection,
                        new ClusterProjection(rules.cluster(), settings),
                        fingerprint(rules),
                        settings.batchSize());
        return projection(
                system,
                settings,
                "tables",
                ServiceEvent.ENTITY_TYPE,
                Optional.of(rebuild),
                projection::apply);
    }

    static GroupedProjection<Offset, EventEnvelope<VipPoolEvent>> vipAddresses(
            ActorSystem<?> system, ProjectionSettings settings) {
        VipPoolProjection projection = new VipPoolProjection(settings);
        return projection(
                system,
                settings,
                "vip-addresses",
                VipPoolEvent.ENTITY_TYPE,
                Optional.empty(),
                projection::apply);
    }

    static GroupedProjection<Offset, EventEnvelope<ClusterEvent>> mesosCluster(
            ActorSystem<?> system, ProjectionSettings settings, NamingRules rules) {
        ClusterProjection projection = new ClusterProjection(rules.cluster(), settings);
        return projection(
                system,
                settings,
                "mesos-cluster",
                ClusterEvent.ENTITY_TYPE,
                Optional.empty(),
                projection::apply);
    }

    /** Fingerprint that differs whenever an instance's rows differ. */
    static String fingerprint(NamingRules rules) {
        return "vip %d, %s".formatted(VipRules.VERSION, rules.fingerprint());
    }

    private static <E> GroupedProjection<Offset, EventEnvelope<E>> projection(
            ActorSystem<?> system,
            ProjectionSettings settings,
            String name,
            String entityType,
            Optional<ProjectionRebuild> rebuild,
            BiFunction<Connection, List<SequencedEvent<E>>, Mono<Void>> work) {
        int slices = Persistence.get(system).numberOfSlices();
        return R2dbcProjection.groupedWithin(
                        ProjectionId.of(name, "0-" + (slices - 1)),
                        Optional.empty(),
                        EventSourcedProvider.<E>eventsBySlices(
                                system, R2dbcReadJournal.Identifier(), entityType, 0, slices - 1),
                        () -> new BatchHandler<>(rebuild, work),
                        system)
                .withGroup(settings.batchSize(), settings.batchWindow())
                .withRestartBackoff(MIN_PAUSE, MAX_PAUSE, 0.2);
    }

    private static <E> void start(
            ActorSystem<?> system,
            String name,
            GroupedProjection<Offset, EventEnvelope<E>> projection) {
        ClusterSingleton.get(system)
                .init(
                        SingletonActor.of(
                                        ProjectionBehavior.create(projection), "projection-" + name)
                                .withStopMessage(ProjectionBehavior.stopMessage())
                                .withSettings(
                                        ClusterSingletonSettings.create(system).withRole(ROLE)));
    }

    private static final class BatchHandler<E> extends R2dbcHandler<List<EventEnvelope<E>>> {
        private final Optional<ProjectionRebuild> rebuild;
        private final BiFunction<Connection, List<SequencedEvent<E>>, Mono<Void>> work;
        private final Disposable.Swap running = Disposables.swap();

        private BatchHandler(
                Optional<ProjectionRebuild> rebuild,
                BiFunction<Connection, List<SequencedEvent<E>>, Mono<Void>> work) {
            this.rebuild = rebuild;
            this.work = work;
        }

        /**
         * Delays events until a needed rebuild is marked in the database, but not until it ends.
         */
        @Override
        public CompletionStage<Done> start() {
            return Mono.justOrEmpty(rebuild)
                    .flatMap(
                            one ->
                                    one.begin()
                                            .doOnNext(
                                                    needed -> {
                                                        if (needed) {
                                                            running.update(start(one));
                                                        }
                                                    }))
                    .then(Mono.just(Done.getInstance()))
                    .toFuture();
        }

        private static Disposable start(ProjectionRebuild rebuild) {
            return rebuild.run().subscribe(_ -> {}, e -> LOG.error("cannot rebuild rows", e));
        }

        @Override
        public CompletionStage<Done> stop() {
            running.dispose();
            return CompletableFuture.completedFuture(Done.getInstance());
        }

        private static <E> SequencedEvent<E> entry(EventEnvelope<E> envelope) {
            return new SequencedEvent<>(
                    ServiceQueries.entityId(envelope.persistenceId()),
                    envelope.sequenceNr(),
                    envelope.event());
        }

        @Override
        public CompletionStage<Done> process(R2dbcSession session, List<EventEnvelope<E>> batch) {
            return work.apply(
                            session.connection(), batch.stream().map(BatchHandler::entry).toList())
                    .thenReturn(Done.getInstance())
                    .toFuture();
        }
    }
}
