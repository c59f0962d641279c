package io.meridian.feed.master;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.FeedSettings;
import io.meridian.feed.Provenance;
import io.meridian.feed.Table;
import io.meridian.feed.TableType;
import io.meridian.feed.wire.FeedMessage;
import io.meridian.feed.wire.FeedReply;

import java.time.Clock;
import java.time.Duration;

/**
 * Serves both tables to nodes. One actor per master, with a {@link TableFeed} per table; nodes find
 * it by {@link #KEY}.
 */
public final class FeedServer extends AbstractOnMessageBehavior<FeedServer.Command> {
    public static final ServiceKey<Command> KEY = ServiceKey.create(Command.class, "meridian-feed");

    private static final Duration RESTART_MIN = Duration.ofMillis(200);
    private static final Duration RESTART_MAX = Duration.ofSeconds(10);

    public sealed interface Command {}

    /**
     * A node's long poll for one answer. The master holds it until the table has a revision behind
     * {@code after}, or {@code long-poll-timeout} has passed.
     *
     * @param poll number of the poll; its reply carries it
     * @param node id of the node, for logs
     * @param after the node's revision; {@link Provenance#NO_REVISION} if the node has no image
     * @param snapshot whether the node needs a snapshot, not older than {@code after} if the master
     *     has one
     * @param replyTo the node; its newer poll replaces an older one
     */
    public record Poll(
            Table table,
            long poll,
            String node,
            long after,
            boolean snapshot,
            ActorRef<FeedReply> replyTo)
            implements Command, FeedMessage {}

    /**
     * A poll of a node in the master's own process. The master answers with {@link FeedReply.Here}
     * in place of a snapshot.
     *
     * @param waitsForImage the node has no other master to poll: the master holds the poll until it
     *     has an image
     */
    public record PollHere(Poll poll, boolean waitsForImage) implements Command {}

    /**
     * Requests the next part of a frame. A master that has dropped the frame answers as to a {@link
     * Poll} for a snapshot, with the first part.
     *
     * @param checksum identifies the frame, see {@link FeedReply.Part}
     */
    public record Pull(
            Table table,
            long poll,
            String node,
            long after,
            int checksum,
            int index,
            ActorRef<FeedReply> replyTo)
            implements Command, FeedMessage {}

    /**
     * Subscribes an actor of the same process to the images of a table. It receives the current
     * image, as soon as the master has one, and then every later one.
     */
    public record Observe<R extends Row, I extends Image<R, I>>(
            TableType<R, I> type, ActorRef<TableUpdate<R, I>> replyTo) implements Command {}

    /** Requests the current image once, as soon as the master has one. In the same process only. */
    public record GetImage<R extends Row, I extends Image<R, I>>(
            TableType<R, I> type, ActorRef<TableUpdate<R, I>> replyTo) implements Command {}

    private final ActorRef<TableFeed.Command<ZoneRow, ZoneImage>> zones;
    private final ActorRef<TableFeed.Command<VipRow, VipImage>> vips;

    /**
     * @param zones the zone table
     * @param vips the VIP table
     */
    public static Behavior<Command> create(
            FeedSettings settings,
            Served<ZoneRow, ZoneImage> zones,
            Served<VipRow, VipImage> vips,
            Clock clock) {
        return Behaviors.setup(
                context -> {
                    context.getSystem()
                            .receptionist()
                            .tell(Receptionist.register(KEY, context.getSelf()));
                    return new FeedServer(context, settings, zones, vips, clock);
                });
    }

    /**
     * A table to serve.
     *
     * @param store reads the table
     * @param view publishes the master's image of the table
     */
    public record Served<R extends Row, I extends Image<R, I>>(
            TableStore store, CurrentImage<R, I> view) {}

    private FeedServer(
            ActorContext<Command> context,
            FeedSettings settings,
            Served<ZoneRow, ZoneImage> zones,
            Served<VipRow, VipImage> vips,
            Clock clock) {
        super(context);
        this.zones = spawn(context, settings.server(), zones, clock);
        this.vips = spawn(context, settings.server(), vips, clock);
    }

    private static <R extends Row, I extends Image<R, I>> ActorRef<TableFeed.Command<R, I>> spawn(
            ActorContext<Command> context,
            FeedSettings.Server settings,
            Served<R, I> served,
            Clock clock) {
        Behavior<TableFeed.Command<R, I>> feed =
                TableFeed.create(settings, served.store(), served.view(), clock);
        SupervisorStrategy restart =
                SupervisorStrategy.restartWithBackoff(RESTART_MIN, RESTART_MAX, 0.2);
        return context.spawn(
                Behaviors.supervise(feed).onFailure(restart), served.view().type().label());
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        switch (command) {
            case Poll poll -> ask(new LongPollResponder.PendingPoll(poll, false, false));
            case PollHere(Poll poll, boolean waitsForImage) ->
                    ask(new LongPollResponder.PendingPoll(poll, true, waitsForImage));
            case Pull pull -> {
                switch (pull.table()) {
                    case ZONE -> zones.tell(new TableFeed.Pulled<>(pull));
                    case VIP -> vips.tell(new TableFeed.Pulled<>(pull));
                }
            }
            case Observe<?, ?> observe -> observe(observe);
            case GetImage<?, ?> get -> get(get);
        }
        return this;
    }

    private void ask(LongPollResponder.PendingPoll pending) {
        switch (pending.poll().table()) {
            case ZONE -> zones.tell(new TableFeed.Polled<>(pending));
            case VIP -> vips.tell(new TableFeed.Polled<>(pending));
        }
    }

    private <R extends Row, I extends Image<R, I>> void observe(Observe<R, I> observe) {
        feed(observe.type()).tell(new TableFeed.Observed<>(observe.replyTo()));
    }

    private <R extends Row, I extends Image<R, I>> void get(GetImage<R, I> get) {
        feed(get.type()).tell(new TableFeed.ImageRequested<>(get.replyTo()));
    }

    @SuppressWarnings("unchecked") // a table has one row type and one image type
    private <R extends Row, I extends Image<R, I>> ActorRef<TableFeed.Command<R, I>> feed(
            TableType<R, I> type) {
        ActorRef<?> feed =
                switch (type.table()) {
                    case ZONE -> zones;
                    case VIP -> vips;
                };
        return (ActorRef<TableFeed.Command<R, I>>) feed;
    }
}
