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
 * A node's end of the feed, one per table: starts from the node's file, then asks one master after
 * the other for what is newer, and hands each complete image to the publishers. One question is
 * open at a time; the next is asked when the answer has been obeyed, so a slow node slows nobody
 * else down.
 */
public final class FeedClient<R extends Row, I extends Image<R, I>>
        extends AbstractOnMessageBehavior<FeedClient.Command> {
    private static final SupervisorStrategy RESTART =
            SupervisorStrategy.restartWithBackoff(
                    Duration.ofMillis(200), Duration.ofSeconds(10), 0.2);

    /** Longest pause before a master that has no image yet is asked again, if no other is there. */
    private static final Duration ONLY_MASTER = Duration.ofMillis(400);

    /** Only the client itself sends them. */
    public sealed interface Command {}

    private record Listed(Set<ActorRef<FeedServer.Command>> masters) implements Command {}

    private record Answered(FeedReply reply) implements Command {}

    private record NoAnswer(long poll) implements Command {}

    private record PollDue() implements Command {}

    private record RepublishDue() implements Command {}

    /** The image may be written again. */
    record SaveDue() implements Command {}

    /** A write has ended. */
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

    /**
     * A client that finds masters by itself, {@link FeedServer#KEY}. See {@link
     * #create(FeedSettings, Node, ActorRef)}.
     */
    public static <R extends Row, I extends Image<R, I>> Behavior<Command> create(
            FeedSettings settings, Node<R, I> node) {
        return supervised(settings, node, Optional.empty());
    }

    /** A client of that one master. */
    public static <R extends Row, I extends Image<R, I>> Behavior<Command> create(
            FeedSettings settings, Node<R, I> node, ActorRef<FeedServer.Command> master) {
        return supervised(settings, node, Optional.of(master));
    }

    /**
     * What a client serves.
     *
     * @param id the node's
     * @param publishers called in this order, by one thread at a time
     * @param view shows each image once the publishers have obeyed it
     * @param file the node's last image of this table
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
        // Outside of the behaviour: what publishers have been told must outlive a restart of this
        // actor.
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
        context.setLoggerName(FeedClient.class); // else it is whoever logs first
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
        republishSoonIfLate();
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
                republishSoonIfLate();
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
                            "no master is left to get the {} table from; goes on with revision={}",
                            type.label(),
                            image.loader().revision());
        }
        if (left) {
            poll++; // an answer of the one that has left no longer counts
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

    /** Who may go back takes any snapshot. */
    private static long askFrom(ImageLoader<?, ?> loader) {
        return loader.acceptsRollback() ? Provenance.NO_REVISION : loader.revision();
    }

    private void onAnswered(FeedReply reply) {
        if (reply.poll() != poll) {
            return;
        }
        timers.cancel(Timer.ANSWER);
        image.hear();
        switch (reply) {
            case FeedReply.NotReady notReady ->
                    tryAnother(
                            notReady.reason(),
                            masters.known() == 1 ? ONLY_MASTER : settings.backoffMax());
            case FeedReply.Whole whole -> onFrame(whole.bytes());
            case FeedReply.Part part -> onPart(part);
            case FeedReply.Here<?, ?> here -> obey(image.outcome(here));
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
        obey(image.outcome(codec, bytes));
    }

    private void obey(FrameOutcome<R, I> outcome) {
        switch (outcome) {
            case FrameOutcome.Publish<R, I> publish -> {
                image.publish(publish, getContext().getLog());
                republishSoonIfLate();
                saver.changed(image.loader());
                good();
            }
            case FrameOutcome.Current<R, I> current -> {
                image.confirm(current, getContext().getLog());
                republishSoonIfLate();
                good();
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
                                "{} table: {}; asks for a snapshot, goes on with revision={}",
                                type.label(),
                                asked.why(),
                                image.loader().revision());
                image.keep(asked.next());
                pollAfterPause();
            }
        }
    }

    private void good() {
        if (failures > 0) {
            getContext()
                    .getLog()
                    .info(
                            "{} table is fed again: revision={}",
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
                            "cannot get the {} table from {}: {}; tries the next master, goes on"
                                    + " with revision={}",
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

    private void republishSoonIfLate() {
        if (image.late()) {
            timers.startSingleTimer(Timer.REPUBLISH, new RepublishDue(), settings.backoffMax());
        }
    }
}
