package io.meridian.actors.mesos;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.sharding.typed.javadsl.Entity;
import akka.cluster.sharding.typed.javadsl.EntityRef;
import akka.cluster.sharding.typed.javadsl.EntityTypeKey;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.RetentionCriteria;

import io.meridian.actors.JournalledEntity;
import io.meridian.actors.RemoteMessage;
import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.mesos.ClusterEvent;
import io.meridian.domain.mesos.MesosCluster;

import java.util.List;

/**
 * Persists the one {@link MesosCluster}. All commands are idempotent: a sender without a reply
 * repeats.
 */
public final class MesosClusterEntity
        extends JournalledEntity<MesosClusterEntity.Command, ClusterEvent, MesosCluster> {
    public static final EntityTypeKey<Command> KEY =
            EntityTypeKey.create(Command.class, ClusterEvent.ENTITY_TYPE);

    private static final String ONLY = "cluster";

    /** Events between snapshots: the first listing of a big cluster makes one. */
    private static final int SNAPSHOT_EVERY = 1000;

    private final ActorContext<Command> context;

    /** Commands of the entity. */
    public sealed interface Command extends RemoteMessage {}

    /** Applies observations in order; {@link Observed} follows once their events are journalled. */
    public record Observe(List<ClusterClaim> claims, ActorRef<Reply> replyTo) implements Command {
        public Observe {
            claims = List.copyOf(claims);
        }
    }

    /** Asks for {@link Current}. */
    public record Get(ActorRef<Current> replyTo) implements Command {}

    /** Sharding's stop message. */
    public enum Stop implements Command {
        NOW
    }

    /**
     * Acknowledges observations: what follows from them is journalled.
     *
     * @param sequenceNumber last event of the entity, 0 if it has none
     */
    public record Observed(long sequenceNumber) implements Reply {}

    /** The state after the entity's last event. */
    public record Current(MesosCluster cluster, long sequenceNumber) implements RemoteMessage {}

    public static void init(ClusterSharding sharding, String role) {
        sharding.init(Entity.of(KEY, _ -> create()).withRole(role).withStopMessage(Stop.NOW));
    }

    public static EntityRef<Command> ref(ClusterSharding sharding) {
        return sharding.entityRefFor(KEY, ONLY);
    }

    public static Behavior<Command> create() {
        return Behaviors.setup(context -> new MesosClusterEntity(context).answeringRefusals());
    }

    /** Persistence id of the entity. */
    public static PersistenceId logKey() {
        return PersistenceId.of(ClusterEvent.ENTITY_TYPE, ONLY);
    }

    private MesosClusterEntity(ActorContext<Command> context) {
        super(logKey());
        this.context = context;
    }

    @Override
    public MesosCluster emptyState() {
        return MesosCluster.empty();
    }

    @Override
    public CommandHandler<Command, ClusterEvent, MesosCluster> commandHandler() {
        return this::onCommand;
    }

    @Override
    public EventHandler<MesosCluster, ClusterEvent> eventHandler() {
        return MesosCluster::apply;
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY);
    }

    private Effect<ClusterEvent, MesosCluster> onCommand(MesosCluster cluster, Command command) {
        return switch (command) {
            case Observe observe ->
                    persist(
                            cluster.decide(observe.claims()),
                            observe.replyTo(),
                            _ -> new Observed(lastSequenceNumber(context)));
            case Get get -> {
                get.replyTo().tell(new Current(cluster, lastSequenceNumber(context)));
                yield Effect().none();
            }
            case Stop _ -> Effect().stop();
        };
    }
}
