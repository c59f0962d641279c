package io.meridian.projections;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.SingletonActor;
import akka.persistence.r2dbc.ConnectionFactoryProvider;
import akka.serialization.SerializationExtension;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.domain.mesos.ClusterEvent;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.vip.VipPoolEvent;
import io.meridian.domain.vip.VipRules;
import io.meridian.domain.zone.NamingRules;
import io.meridian.projections.ProjectionActor.Steps;
import io.r2dbc.spi.Connection;

import reactor.core.publisher.Mono;

import java.util.List;
import java.util.function.BiFunction;

/**
 * Runs the projections: each is a cluster singleton on a {@code master} that projects the events of
 * one entity type, because there is one revision to count.
 */
public final class Projections {
    private static final String ROLE = "master";

    private final ActorSystem<?> system;
    private final ProjectionSettings settings;
    private final NamingRules rules;
    private final Transactions transactions;

    private Projections(ActorSystem<?> system, ProjectionSettings settings, NamingRules rules) {
        this.system = system;
        this.settings = settings;
        this.rules = rules;
        this.transactions =
                new Transactions(
                        ConnectionFactoryProvider.get(system)
                                .connectionFactoryFor(TableStores.CONNECTIONS));
    }

    /**
     * Settings of Akka's connections that this room needs. The caller puts them before {@code
     * reference.conf}.
     */
    public static Config akka() {
        return ConfigFactory.parseResources(Projections.class, "akka.conf");
    }

    /**
     * Starts all projections. While the database is unreachable, each retries with backoff (200 ms
     * to 5 s).
     */
    public static void init(ActorSystem<?> system, ProjectionSettings settings, NamingRules rules) {
        Projections projections = new Projections(system, settings, rules);
        projections.start("tables", Progress.SERVICE, projections.tables());
        projections.start("vip-addresses", Progress.VIP_POOL, projections.vipAddresses());
        projections.start("mesos-cluster", Progress.MESOS_CLUSTER, projections.mesosCluster());
    }

    private Steps tables() {
        ServiceTablesProjection projection = new ServiceTablesProjection(rules, settings);
        ProjectionRebuild rebuild =
                new ProjectionRebuild(
                        transactions,
                        projection,
                        new ClusterProjection(rules.cluster(), settings),
                        fingerprint(rules),
                        settings.batchSize());
        return steps(
                Progress.SERVICE,
                ServiceEventBatch.class,
                projection::apply,
                rebuild.start(),
                rebuild::close);
    }

    private Steps vipAddresses() {
        VipPoolProjection projection = new VipPoolProjection(settings);
        return steps(Progress.VIP_POOL, VipPoolEvent.class, projection::apply);
    }

    private Steps mesosCluster() {
        ClusterProjection projection = new ClusterProjection(rules.cluster(), settings);
        return steps(Progress.MESOS_CLUSTER, ClusterEvent.class, projection::apply);
    }

    /** Fingerprint that differs whenever an instance's rows differ. */
    static String fingerprint(NamingRules rules) {
        return "vip %d, %s".formatted(VipRules.VERSION, rules.fingerprint());
    }

    private <E> Steps steps(
            Progress progress,
            Class<E> type,
            BiFunction<Connection, List<SequencedEvent<E>>, Mono<Void>> projection) {
        return steps(progress, type, projection, Mono.empty(), () -> {});
    }

    private <E> Steps steps(
            Progress progress,
            Class<E> type,
            BiFunction<Connection, List<SequencedEvent<E>>, Mono<Void>> projection,
            Mono<Void> prepare,
            Runnable stop) {
        ProjectionRunner<E> runner =
                new ProjectionRunner<>(
                        SerializationExtension.get(system),
                        transactions,
                        progress,
                        type,
                        settings.batchSize(),
                        projection);
        return new Steps(
                prepare, Mono.defer(runner::retrySetAside), Mono.defer(runner::next), stop);
    }

    private void start(String name, Progress progress, Steps steps) {
        Behavior<ProjectionActor.Message> behavior =
                ProjectionActor.create(name, progress.entityType(), settings.batchWindow(), steps);
        ClusterSingleton.get(system)
                .init(
                        SingletonActor.of(behavior, "projection-" + name)
                                .withSettings(
                                        ClusterSingletonSettings.create(system).withRole(ROLE)));
    }
}
