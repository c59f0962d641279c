package io.meridian.actors;

import akka.NotUsed;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.SingletonActor;
import akka.persistence.query.PersistenceQuery;
import akka.persistence.r2dbc.query.javadsl.R2dbcReadJournal;
import akka.persistence.typed.PersistenceId;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.actors.ingest.Ingest;
import io.meridian.actors.ingest.IngestSettings;
import io.meridian.actors.mesos.MesosClusterEntity;
import io.meridian.actors.service.ServiceEntity;
import io.meridian.actors.vip.VipPoolEntity;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.time.SteadyClock;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Starts the entities and the ingests; once per master. */
public final class Entities {
    public static final String SHARDS = "meridian.services.shards";
    private static final String RELEASE_AFTER = "meridian.vip.release-after";

    private static final int MAX_SHARDS = 1000;

    private final ClusterSharding sharding;
    private final ActorSystem<?> system;
    private final String role;

    private Entities(ActorSystem<?> system, String role) {
        this.system = system;
        this.role = role;
        this.sharding = ClusterSharding.get(system);
    }

    /** Akka's settings for this room; they take precedence over reference.conf. */
    public static Config akka() {
        return ConfigFactory.parseResources(Entities.class, "akka.conf");
    }

    /**
     * Starts sharding of all entities on members with that role.
     *
     * @param range4 range of the IPv4 addresses of VIP names
     * @param range6 range of the IPv6 addresses of VIP names
     */
    public static Entities init(
            ActorSystem<?> system, String role, AddressRange range4, AddressRange range6) {
        Config config = system.settings().config();
        Entities entities = new Entities(system, role);
        ServiceEntity.init(entities.sharding, role, shards(config));
        VipPoolEntity.init(entities.sharding, role, range4, range6, releaseAfter(config));
        MesosClusterEntity.init(entities.sharding, role);
        return entities;
    }

    /**
     * The setting {@value #SHARDS}. All masters of a database must have the same: {@code
     * Schema.ensure} compares it.
     */
    public static int shards(Config config) {
        int shards = config.getInt(SHARDS);
        if (shards < 1 || shards > MAX_SHARDS) {
            throw new IllegalArgumentException(
                    "setting "
                            + SHARDS
                            + " must be between 1 and "
                            + MAX_SHARDS
                            + ": was "
                            + shards);
        }
        return shards;
    }

    /** The setting {@value #RELEASE_AFTER}. */
    public static Duration releaseAfter(Config config) {
        Duration time = config.getDuration(RELEASE_AFTER);
        if (time.compareTo(Duration.ofMinutes(15)) < 0
                || time.compareTo(Duration.ofDays(365)) > 0) {
            throw new IllegalArgumentException(
                    "setting "
                            + RELEASE_AFTER
                            + " must be between 15 m and 365 d: was "
                            + config.getString(RELEASE_AFTER));
        }
        return time;
    }

    /**
     * Takes back the addresses of VIP names that no service in the tables requests; fails after
     * {@code timeout} without a reply.
     */
    public CompletionStage<VipPoolEntity.Released> release(
            SortedSet<String> names, Duration timeout) {
        CompletionStage<JournalledEntity.Reply> reply =
                VipPoolEntity.ref(sharding)
                        .ask(replyTo -> new VipPoolEntity.Release(names, replyTo), timeout);
        return reply.thenApply(
                answer -> {
                    if (answer instanceof VipPoolEntity.Released released) {
                        return released;
                    }
                    throw new IllegalStateException("the release is not journalled: " + answer);
                });
    }

    /**
     * Starts a source and its ingest as a cluster singleton.
     *
     * @param source creates the source's behaviour, given the receiver of its signals
     * @return proxy to the ingest on the master that runs it
     */
    public ActorRef<Ingest.Command> ingest(
            IngestSettings settings,
            Function<ActorRef<SourceSignal>, Behavior<SourceCommand>> source) {
        return ingest("ingest-" + settings.source(), settings, null, source);
    }

    /** As {@link #ingest}, for the source that also describes the Mesos cluster. */
    public ActorRef<Ingest.Command> mesosIngest(
            IngestSettings settings,
            Function<ActorRef<SourceSignal>, Behavior<SourceCommand>> source) {
        return ingest("mesos-ingest", settings, MesosClusterEntity.ref(sharding), source);
    }

    private ActorRef<Ingest.Command> ingest(
            String name,
            IngestSettings settings,
            @Nullable RecipientRef<MesosClusterEntity.Command> cluster,
            Function<ActorRef<SourceSignal>, Behavior<SourceCommand>> source) {
        Ingest.Ports ports =
                new Ingest.Ports(
                        id -> sharding.entityRefFor(ServiceEntity.KEY, id.toString()),
                        VipPoolEntity.ref(sharding),
                        cluster,
                        this::known,
                        source);
        Behavior<Ingest.Command> ingest =
                supervised(Ingest.create(settings, ports, SteadyClock.INSTANCE));
        return ClusterSingleton.get(system)
                .init(
                        SingletonActor.of(ingest, name)
                                .withSettings(
                                        ClusterSingletonSettings.create(system).withRole(role)));
    }

    /**
     * Runs an ingest as a child, and another one with backoff when it stops or fails. A new child
     * has a new address, so no reply to an earlier one reaches it.
     */
    public static Behavior<Ingest.Command> supervised(Behavior<Ingest.Command> ingest) {
        Behavior<Ingest.Command> parent =
                Behaviors.setup(
                        context -> {
                            ActorRef<Ingest.Command> child = context.spawnAnonymous(ingest);
                            context.watch(child); // the death of the child fails this actor, which
                            // restarts
                            return Behaviors.receiveMessage(
                                    command -> {
                                        child.tell(command);
                                        return Behaviors.same();
                                    });
                        });
        return Behaviors.supervise(parent)
                .onFailure(
                        SupervisorStrategy.restartWithBackoff(
                                Duration.ofMillis(500), Duration.ofSeconds(10), 0.2));
    }

    /** Asks a service's entity for its state; fails after {@code timeout} without a reply. */
    public CompletionStage<ServiceEntity.Current> service(ServiceId id, Duration timeout) {
        return sharding.entityRefFor(ServiceEntity.KEY, id.toString())
                .ask(ServiceEntity.Get::new, timeout);
    }

    /** All services with an event in the journal, removed ones included. */
    CompletionStage<Set<ServiceId>> known() {
        R2dbcReadJournal journal =
                PersistenceQuery.get(system)
                        .getReadJournalFor(R2dbcReadJournal.class, R2dbcReadJournal.Identifier());
        Source<String, NotUsed> ids =
                journal.currentPersistenceIds(
                        ServiceEvent.ENTITY_TYPE, scala.Option.empty(), Long.MAX_VALUE);
        return ids.map(id -> ServiceId.parse(PersistenceId.extractEntityId(id)))
                .runWith(
                        Sink.fold(
                                (Set<ServiceId>) new HashSet<ServiceId>(),
                                (set, id) -> {
                                    set.add(id);
                                    return set;
                                }),
                        system);
    }
}
