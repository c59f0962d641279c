package io.meridian.feed.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.receptionist.Receptionist;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.domain.time.Backoff;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.FeedSettings;
import io.meridian.feed.Provenance;
import io.meridian.feed.TableType;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.wire.FeedCodec;
import io.meridian.feed.wire.FeedReply;
import io.meridian.feed.wire.PartAssembly;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Follows one table on a node. Starts from the node's image file, then polls a master and calls the
 * publishers with each complete image. The client has one poll open at a time and sends the next
 * one when the publishers have applied the answer, so a slow node costs a master nothing. After a
 * failure it polls another master.
 */
public final class FeedClient<R extends Row, I extends Image<R, I>>
        extends AbstractOnMessageBehavior<FeedClient.Command> {
    private static final SupervisorStrategy RESTART =
            SupervisorStrategy.restartWithBackoff(
                    Duration.ofMillis(200), Duration.ofSeconds(10), 0.2);

    /** Longest backoff of a node that knows one master only, while that master has no image. */
    private static final Duration ONLY_MASTER = Duration.ofMillis(400);

    /** Sent by the client itself only. */
    public sealed interface Command {}

    private record Listed(Set<ActorRef<FeedServer.Command>> masters) implements Command {}

    private record Answered(FeedReply reply) implements Command {}

    private record NoAnswer(long poll) implements Command {}

    private record PollDue() implements Command {}

    private record RepublishDue() implements Command {}

    /** The pause after a write of the image file is over. */
    record SaveDue() implements Command {}

    /** A write of the image file has ended. */
    record SaveEnded(Duration took, Optional<Throwable> failure) implements Command {}

    private enum Timer {
        ANSWER,
        POLL,
        REPUBLISH
    }

    private final TimerScheduler<Command> timers;
    private final FeedSettings.Client settings;
    private final TableType<R, I> type;
    private final String node;
    private final NodeTable<R, I> image;
    private final ImageSaver<R, I> saver;
    private final FeedCodec<R> codec;
    private final Backoff backoff;
    private final MasterChoice masters = new MasterChoice();
    private final ActorRef<FeedReply> replyTo;
    private PartAssembly assembly = PartAssembly.NONE;
    private long poll;
    private int failures;

    /** Creates a client that polls any master that registers {@link FeedServer#KEY}. */
    public static <R extends Row, I extends Image<R, I>> Behavior<Command> create(
            FeedSettings settings, Node<R, I> node) {
        return supervised(settings, node, Optional.empty());
    }

    /** Creates a client that polls the given master only. */
    public static <R extends Row, I extends Image<R, I>> Behavior<Command> create(
            FeedSettings settings, Node<R, I> node, ActorRef<FeedServer.Command> master) {
        return supervised(settings, node, Optional.of(master));
    }

    /**
     * The node's side of a client.
     *
     * @param id of the node
     * @param publishers called in this order, by one thread at a time
     * @param view publishes each image once all publishers have applied it
     * @param file keeps the node's last image of this table
     */
    public record Node<R extends Row, I extends Image<R, I>>(
            String id,
            List<Publisher<R, I>> publishers,
            CurrentImage<R, I> view,
            ImageFile<R, I> file,
            Clock clock) {
        public Node {
            publishers = List.copyOf(publishers);
        }
    }

    private static <R extends Row, I extends Image<R, I>> Behavior<Command> supervised(
            FeedSettings settings, Node<R, I> node, Optional<ActorRef<FeedServer.Command>> fixed) {
        // Outlives a restart of this actor, so the changes that publishers get stay exact.
        NodeTable<R, I> image = new NodeTable<>(node, settings.client().rollbackConfirmations());
        Behavior<Command> client =
                Behaviors.setup(
                        context ->
                                Behaviors.withTimers(
                                        timers ->
                                                new FeedClient<>(
                                                        context,
                                                        timers,
                                                        settings.client(),
                                                        node,
                                                        image,
                                                        fixed)));
        return Behaviors.supervise(client).onFailure(RESTART);
    }

    private FeedClient(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            FeedSettings.Client settings,
            Node<R, I> node,
            NodeTable<R, I> image,
            Optional<ActorRef<FeedServer.Command>> fixed) {
        super(context);
        context.setLoggerName(
                FeedClient.class); // Akka names the logger after the first class that logs
        this.timers = timers;
        this.settings = settings;
        this.type = node.view().type();
        this.node = node.id();
        this.image = image;
        this.saver = new ImageSaver<>(node, settings, context, timers);
        this.codec = new FeedCodec<>(type);
        this.backoff = new Backoff(settings.backoffMin(), settings.backoffMax());
        this.replyTo = context.messageAdapter(FeedReply.class, Answered::new);
        image.restore(context.getLog());
        scheduleRepublish();
        fixed.ifPresentOrElse(
                master -> context.getSelf().tell(new Listed(Set.of(master))),
                () ->
                        context.getSystem()
                                .receptionist()
                                .tell(Receptionist.subscribe(FeedServer.KEY, listings())));
    }

    private ActorRef<Receptionist.Listing> listings() {
        return getContext()
                .messageAdapter(
                        Receptionist.Listing.class,
                        listing -> new Listed(listing.getServiceInstances(FeedServer.KEY)));
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        switch (command) {
            case Listed listed -> onListed(listed.masters());
            case Answered answered -> onAnswered(answered.reply());
            case NoAnswer late -> {
                if (late.poll() == poll) {
                    tryAnother(
                            "no answer within "
                                    + settings.answerTimeout().toMillis() / 1000.0
                                    + " s");
                }
            }
            case PollDue due -> ask();
            case RepublishDue due -> {
                image.republish(getContext().getLog());
                scheduleRepublish();
            }
            case SaveDue due -> saver.due(image.loader());
            case SaveEnded ended -> saver.ended(ended, image.loader());
        }
        return this;
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) {
        if (signal instanceof PostStop) {
            saver.stop(image.loader());
        }
        return this;
    }

    private void onListed(Set<ActorRef<FeedServer.Command>> found) {
        boolean orphaned = masters.known() > 0 && found.isEmpty();
        boolean left = masters.listed(found);
        if (orphaned) {
            getContext()
                    .getLog()
                    .warn(
                            "no master left: table={}: keeps its image: revision={}",
                            type.label(),
                            image.loader().revision());
        }
        if (left) {
            poll++; // ignores a reply of the master that has left
            ask();
        }
    }

    private void ask() {
        timers.cancel(Timer.POLL);
        masters.current(ThreadLocalRandom.current())
                .ifPresent(
                        master -> {
                            ImageLoader<R, I> loader = image.loader();
                            poll++;
                            assembly = PartAssembly.NONE;
                            FeedServer.Poll question =
                                    new FeedServer.Poll(
                                            type.table(),
                                            poll,
                                            node,
                                            askFrom(loader),
                                            loader.needsSnapshot(),
                                            replyTo);
                            master.tell(
                                    master.path().address().hasLocalScope()
                                            ? new FeedServer.PollHere(
                                                    question, masters.known() == 1)
                                            : question);
                            timers.startSingleTimer(
                                    Timer.ANSWER, new NoAnswer(poll), settings.answerTimeout());
                        });
    }

    /** Once a rollback was confirmed, accepts a snapshot of any revision. */
    private static long askFrom(ImageLoader<?, ?> loader) {
        return loader.acceptsRollback() ? Provenance.NO_REVISION : loader.revision();
    }

    private void onAnswered(FeedReply reply) {
        if (reply.poll() != poll) {
            return;
        }
        timers.cancel(Timer.ANSWER);
        switch (reply) {
            case FeedReply.NotReady notReady ->
                    tryAnother(
                            notReady.reason(),
                            masters.known() == 1 ? ONLY_MASTER : settings.backoffMax());
            case FeedReply.Whole whole -> onFrame(whole.bytes());
            case FeedReply.Part part -> onPart(part);
            case FeedReply.Here<?, ?> here -> onOutcome(image.outcome(here));
        }
    }

    private void onPart(FeedReply.Part part) {
        switch (assembly.take(part)) {
            case PartAssembly.Step.Whole whole -> onFrame(whole.bytes());
            case PartAssembly.Step.Misfit misfit -> tryAnother(misfit.why());
            case PartAssembly.Step.More more -> {
                assembly = more.assembly();
                pull();
            }
        }
    }

    private void pull() {
        masters.current(ThreadLocalRandom.current())
                .ifPresent(
                        master -> {
                            poll++;
                            master.tell(
                                    new FeedServer.Pull(
                                            type.table(),
                                            poll,
                                            node,
                                            askFrom(image.loader()),
                                            assembly.checksum(),
                                            assembly.parts().size(),
                                            replyTo));
                            timers.startSingleTimer(
                                    Timer.ANSWER, new NoAnswer(poll), settings.answerTimeout());
                        });
    }

    private void onFrame(byte[] bytes) {
        assembly = PartAssembly.NONE;
        onOutcome(image.outcome(codec, bytes));
    }

    private void onOutcome(FrameOutcome<R, I> outcome) {
        switch (outcome) {
            case FrameOutcome.Publish<R, I> publish -> {
                image.publish(publish, getContext().getLog());
                scheduleRepublish();
                saver.changed(image.loader());
                succeeded();
            }
            case FrameOutcome.Current<R, I> current -> {
                image.confirm(current, getContext().getLog());
                scheduleRepublish();
                succeeded();
            }
            case FrameOutcome.Older<R, I> older -> {
                image.older(older, getContext().getLog());
                masters.avoidCurrent();
                pollAfterPause();
            }
            case FrameOutcome.Ask<R, I> asked -> {
                getContext()
                        .getLog()
                        .info(
                                "cannot apply frame: table={}: {}; requests a snapshot, keeps"
                                        + " revision={}",
                                type.label(),
                                asked.why(),
                                image.loader().revision());
                image.keep(asked.next());
                pollAfterPause();
            }
        }
    }

    private void succeeded() {
        if (failures > 0) {
            getContext()
                    .getLog()
                    .info(
                            "table follows a master again: table={} revision={}",
                            type.label(),
                            image.loader().revision());
            failures = 0;
        }
        ask();
    }

    private void tryAnother(String why) {
        tryAnother(why, settings.backoffMax());
    }

    private void tryAnother(String why, Duration longest) {
        if (failures == 0) {
            getContext()
                    .getLog()
                    .warn(
                            "cannot poll: table={} master={}: {}; polls another master, keeps"
                                    + " revision={}",
                            type.label(),
                            masters.currentName(),
                            why,
                            image.loader().revision());
        }
        poll++;
        masters.avoidCurrent();
        pollAfterPause(longest);
    }

    private void pollAfterPause() {
        pollAfterPause(settings.backoffMax());
    }

    private void pollAfterPause(Duration longest) {
        failures++;
        Duration pause = backoff.delay(failures, ThreadLocalRandom.current());
        timers.startSingleTimer(
                Timer.POLL, new PollDue(), pause.compareTo(longest) > 0 ? longest : pause);
    }

    private void scheduleRepublish() {
        if (image.hasFailedPublisher()) {
            timers.startSingleTimer(Timer.REPUBLISH, new RepublishDue(), settings.backoffMax());
        }
    }
}
