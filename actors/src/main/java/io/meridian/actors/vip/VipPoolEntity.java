package io.meridian.actors.vip;

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

import io.meridian.actors.JournalledEntity;
import io.meridian.actors.RemoteMessage;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.vip.VipPool;
import io.meridian.domain.vip.VipPoolEvent;

import java.util.List;
import java.util.SortedSet;

/**
 * The cluster's one {@link VipPool}. Without state snapshots: the pool has two small events per VIP
 * name that ever existed, and the entity recovers once per start of its shard.
 */
public final class VipPoolEntity
        extends JournalledEntity<VipPoolEntity.Command, VipPoolEvent, VipPool> {
    public static final EntityTypeKey<Command> KEY =
            EntityTypeKey.create(Command.class, VipPoolEvent.ENTITY_TYPE);

    private static final String ONLY = "addresses";

    private final ActorContext<Command> context;
    private final AddressRange range4;
    private final AddressRange range6;

    /** Commands of the entity. */
    public sealed interface Command extends RemoteMessage {}

    /**
     * Gives addresses to each name that has none; {@link Reserved} follows once they are
     * journalled.
     *
     * @param literals addresses in use as IP VIPs, which no name may get
     */
    public record Reserve(
            SortedSet<String> names, SortedSet<IpAddress> literals, ActorRef<Reply> replyTo)
            implements Command {}

    /** Sharding's stop message. */
    public enum Stop implements Command {
        NOW
    }

    /**
     * The addresses are journalled.
     *
     * @param sequenceNumber last event of the entity, 0 if it has none
     * @param refusals one sentence for each name or address that the pool could not reserve
     */
    public record Reserved(long sequenceNumber, List<String> refusals) implements Reply {}

    public static void init(
            ClusterSharding sharding, String role, AddressRange range4, AddressRange range6) {
        sharding.init(
                Entity.of(KEY, _ -> create(range4, range6))
                        .withRole(role)
                        .withStopMessage(Stop.NOW));
    }

    public static EntityRef<Command> ref(ClusterSharding sharding) {
        return sharding.entityRefFor(KEY, ONLY);
    }

    public static Behavior<Command> create(AddressRange range4, AddressRange range6) {
        return Behaviors.setup(
                context -> new VipPoolEntity(context, range4, range6).answeringRefusals());
    }

    /** Key of the entity's log. */
    public static PersistenceId logKey() {
        return PersistenceId.of(VipPoolEvent.ENTITY_TYPE, ONLY);
    }

    private VipPoolEntity(ActorContext<Command> context, AddressRange range4, AddressRange range6) {
        super(logKey());
        this.context = context;
        this.range4 = range4;
        this.range6 = range6;
    }

    @Override
    public VipPool emptyState() {
        return VipPool.empty(range4, range6);
    }

    @Override
    public CommandHandler<Command, VipPoolEvent, VipPool> commandHandler() {
        return this::onCommand;
    }

    @Override
    public EventHandler<VipPool, VipPoolEvent> eventHandler() {
        return VipPool::apply;
    }

    private Effect<VipPoolEvent, VipPool> onCommand(VipPool pool, Command command) {
        return switch (command) {
            case Reserve reserve -> {
                VipPool.Decision decision = pool.decide(reserve.names(), reserve.literals());
                List<String> refusals =
                        decision.refusals().stream().map(VipPool.Refusal::sentence).toList();
                yield persist(
                        decision.events(),
                        reserve.replyTo(),
                        _ -> new Reserved(lastSequenceNumber(context), refusals));
            }
            case Stop _ -> Effect().stop();
        };
    }
}
