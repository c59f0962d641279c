package io.meridian.actors.service;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.HashCodeMessageExtractor;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.RetentionCriteria;

import io.meridian.actors.JournalledEntity;
import io.meridian.actors.RemoteMessage;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ObservationReport;
import io.meridian.domain.service.Service;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.service.ServiceId;

/**
 * Persists one {@link Service}: decides, persists, applies, replies. All commands are idempotent: a
 * sender that gets no reply sends again.
 */
public final class ServiceEntity
        extends JournalledEntity<ServiceEntity.Command, ServiceEventBatch, Service> {
    public static final EntityTypeKey<Command> KEY =
            EntityTypeKey.create(Command.class, ServiceEvent.ENTITY_TYPE);

    /**
     * Number of events between snapshots. Housekeeping removes events before a snapshot once the
     * tables include them, so the journal keeps at most this many for each service.
     */
    private static final int SNAPSHOT_EVERY = 50;

    private final ActorContext<Command> context;
    private final ServiceId id;

    /** Commands of the entity. */
    public sealed interface Command extends RemoteMessage {}

    /**
     * Applies an observation; {@link Observed} follows once its events are journalled, {@link
     * NotJournalled} if they are not.
     */
    public record Observe(Observation observation, ActorRef<Reply> replyTo) implements Command {}

    /** Asks for {@link Current}. */
    public record Get(ActorRef<Current> replyTo) implements Command {}

    /** Sharding's stop message. */
    public enum Stop implements Command {
        NOW
    }

    /**
     * Acknowledges an observation: what follows from it is journalled.
     *
     * @param sequenceNumber last event of the entity, 0 if it has none
     */
    public record Observed(long sequenceNumber, ObservationReport report) implements Reply {}

    /** The state after the entity's last event. */
    public record Current(Service service, long sequenceNumber) implements RemoteMessage {}

    /**
     * Starts sharding of services.
     *
     * @param shards number of shards, equal on all masters: with different numbers two masters
     *     would start one service twice
     */
    public static void init(ClusterSharding sharding, String role, int shards) {
        sharding.init(
                Entity.of(KEY, entity -> create(ServiceId.parse(entity.getEntityId())))
                        .withMessageExtractor(new HashCodeMessageExtractor<Command>(shards))
                        .withRole(role)
                        .withStopMessage(Stop.NOW));
    }

    public static Behavior<Command> create(ServiceId id) {
        return Behaviors.setup(context -> new ServiceEntity(context, id).answeringRefusals());
    }

    /** Persistence id of the entity. */
    public static PersistenceId persistenceId(ServiceId id) {
        return PersistenceId.of(ServiceEvent.ENTITY_TYPE, id.toString());
    }

    private ServiceEntity(ActorContext<Command> context, ServiceId id) {
        super(persistenceId(id));
        this.context = context;
        this.id = id;
    }

    @Override
    public Service emptyState() {
        return Service.empty(id);
    }

    @Override
    public CommandHandler<Command, ServiceEventBatch, Service> commandHandler() {
        return this::onCommand;
    }

    @Override
    public EventHandler<Service, ServiceEventBatch> eventHandler() {
        return (service, batch) -> service.apply(batch.events());
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY);
    }

    private Effect<ServiceEventBatch, Service> onCommand(Service service, Command command) {
        return switch (command) {
            case Observe observe -> onObserve(service, observe);
            case Get get -> {
                get.replyTo().tell(new Current(service, lastSequenceNumber(context)));
                yield Effect().none();
            }
            case Stop _ -> Effect().stop();
        };
    }

    private Effect<ServiceEventBatch, Service> onObserve(Service service, Observe observe) {
        return persist(
                ServiceEventBatch.of(service.decide(observe.observation())),
                observe.replyTo(),
                now ->
                        new Observed(
                                lastSequenceNumber(context), now.report(observe.observation())));
    }
}
