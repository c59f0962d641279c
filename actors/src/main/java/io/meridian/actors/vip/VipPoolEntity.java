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
import akka.persistence.typed.SnapshotAdapter;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.RetentionCriteria;

import io.meridian.actors.JournalledEntity;
import io.meridian.actors.RemoteMessage;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.time.SteadyClock;
import io.meridian.domain.vip.VipPool;
import io.meridian.domain.vip.VipPoolEvent;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The cluster's one {@link VipPool}. It remembers when a service last requested each name, since
 * the entity's start, so that a release of unused names waits that long.
 */
public final class VipPoolEntity
        extends JournalledEntity<VipPoolEntity.Command, VipPoolEvent, VipPool> {
    public static final EntityTypeKey<Command> KEY =
            EntityTypeKey.create(Command.class, VipPoolEvent.ENTITY_TYPE);

    private static final String ONLY = "addresses";
    private static final int SNAPSHOT_EVERY = 100;

    private final ActorContext<Command> context;
    private final AddressRange range4;
    private final AddressRange range6;
    private final Duration releaseAfter;
    private final InstantSource clock;
    private final Instant started;
    private final Map<String, Instant> requested = new HashMap<>();

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

    /**
     * Takes back the addresses of names. The caller has checked that no service in the tables
     * requests them; the entity refuses a name that was requested within the release time.
     */
    public record Release(SortedSet<String> names, ActorRef<Reply> replyTo) implements Command {}

    /**
     * The release is journalled.
     *
     * @param names released names
     * @param refusals one sentence for each name that is not released, by name
     */
    public record Released(SortedSet<String> names, SortedMap<String, String> refusals)
            implements Reply {}

    /** Sharding's stop message. */
    public enum Stop implements Command {
        NOW
    }

    /**
     * The addresses are journalled.
     *
     * @param sequenceNumber last event of the entity, 0 if it has none
     * @param refusals one sentence for each name or address that the pool could not reserve, by
     *     name or address
     */
    public record Reserved(long sequenceNumber, SortedMap<String, String> refusals)
            implements Reply {}

    public static void init(
            ClusterSharding sharding,
            String role,
            AddressRange range4,
            AddressRange range6,
            Duration releaseAfter) {
        sharding.init(
                Entity.of(KEY, _ -> create(range4, range6, releaseAfter, SteadyClock.INSTANCE))
                        .withRole(role)
                        .withStopMessage(Stop.NOW));
    }

    public static EntityRef<Command> ref(ClusterSharding sharding) {
        return sharding.entityRefFor(KEY, ONLY);
    }

    /**
     * @param releaseAfter time without a request after which a name may be released
     */
    public static Behavior<Command> create(
            AddressRange range4, AddressRange range6, Duration releaseAfter, InstantSource clock) {
        return Behaviors.setup(
                context ->
                        new VipPoolEntity(context, range4, range6, releaseAfter, clock)
                                .answeringRefusals());
    }

    /** Key of the entity's log. */
    public static PersistenceId logKey() {
        return PersistenceId.of(VipPoolEvent.ENTITY_TYPE, ONLY);
    }

    private VipPoolEntity(
            ActorContext<Command> context,
            AddressRange range4,
            AddressRange range6,
            Duration releaseAfter,
            InstantSource clock) {
        super(logKey());
        this.context = context;
        this.range4 = range4;
        this.range6 = range6;
        this.releaseAfter = releaseAfter;
        this.clock = clock;
        this.started = clock.instant();
    }

    @Override
    public RetentionCriteria retentionCriteria() {
        return RetentionCriteria.snapshotEvery(SNAPSHOT_EVERY);
    }

    /** A snapshot is the one event that makes the pool, so that it needs no format of its own. */
    @Override
    public SnapshotAdapter<VipPool> snapshotAdapter() {
        return new SnapshotAdapter<>() {
            @Override
            public Object toJournal(VipPool pool) {
                return pool.snapshot();
            }

            @Override
            public VipPool fromJournal(Object snapshot) {
                return emptyState().apply((VipPoolEvent.Reserved) snapshot);
            }
        };
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
                Instant now = clock.instant();
                reserve.names().forEach(name -> requested.put(name, now));
                SortedMap<String, String> refusals = new TreeMap<>();
                decision.refusals()
                        .forEach(
                                one ->
                                        refusals.merge(
                                                one.subject(),
                                                one.sentence(),
                                                (a, b) -> a + "; " + b));
                yield persist(
                        decision.events(),
                        reserve.replyTo(),
                        _ -> new Reserved(lastSequenceNumber(context), refusals));
            }
            case Release release -> onRelease(pool, release);
            case Stop _ -> Effect().stop();
        };
    }

    private Effect<VipPoolEvent, VipPool> onRelease(VipPool pool, Release release) {
        Instant limit = clock.instant().minus(releaseAfter);
        SortedSet<String> unused = new TreeSet<>();
        SortedMap<String, String> refusals = new TreeMap<>();
        for (String name : release.names()) {
            if (pool.addresses(name).isEmpty()) {
                refusals.put(name, "has no address");
            } else if (requested.getOrDefault(name, started).isAfter(limit)) {
                refusals.put(
                        name,
                        "may have been in use within the last %d s (vip.release-after)"
                                .formatted(releaseAfter.toSeconds()));
            } else {
                unused.add(name);
            }
        }
        return persist(
                pool.release(unused),
                release.replyTo(),
                _ -> {
                    unused.forEach(requested::remove);
                    return new Released(unused, refusals);
                });
    }
}
