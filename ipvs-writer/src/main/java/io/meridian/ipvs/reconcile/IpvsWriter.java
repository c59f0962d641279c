package io.meridian.ipvs.reconcile;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;

import io.meridian.domain.time.SteadyClock;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.Proposal;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the IPVS table of one network namespace equal to the newest VIP image. Rounds run one at a
 * time on a thread of their own, so the actor never blocks; {@link RoundScheduler} decides when.
 * Without an image no round runs, so a restart never empties the kernel. The actor opens an
 * unavailable kernel again with backoff. Stopping the actor leaves the kernel's state in place.
 */
public final class IpvsWriter extends AbstractBehavior<IpvsWriter.Command> {
    /** Messages to a writer. */
    public sealed interface Command
            permits DataPlaneUpdate,
                    Subscribe,
                    GetPlan,
                    Timer,
                    Opened,
                    RoundDone,
                    RoundFailed,
                    Unsubscribe,
                    Proposed {}

    /**
     * Subscribes to the status: the subscriber gets it now, after each round, and on other changes,
     * until the subscriber stops.
     */
    public record Subscribe(ActorRef<StatusUpdate> subscriber) implements Command {}

    /** A writer's status, sent to its subscribers. */
    public record StatusUpdate(ActorRef<Command> writer, IpvsStatus status) {}

    /** Requests a plan of the next round, with reasons; the writer always replies. */
    public record GetPlan(ActorRef<Proposal> replyTo) implements Command {}

    /** Messages that timers send. */
    private enum Timer implements Command {
        AUDIT,
        RETRY,
        TRANSITION,
        OPEN
    }

    private record Opened(Kernel kernel) implements Command {}

    private record RoundDone(long revision, Round round) implements Command {}

    private record RoundFailed(Throwable cause) implements Command {}

    private record Unsubscribe(ActorRef<StatusUpdate> subscriber) implements Command {}

    private record Proposed(ActorRef<Proposal> replyTo, Proposal proposal) implements Command {}

    private final IpvsSettings settings;
    private final KernelThread thread;
    private final InstantSource clock;
    private final TimerScheduler<Command> timers;
    private final RoundLog log;
    private int failedRounds;
    private int failedOpenings;
    private final Set<ActorRef<StatusUpdate>> subscribers = new LinkedHashSet<>();

    private final RoundScheduler scheduler;
    private Optional<Kernel> kernel = Optional.empty();
    private IpvsStatus status;

    private IpvsWriter(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            IpvsSettings settings,
            KernelProvider access,
            NodeView node,
            InstantSource clock) {
        super(context);
        context.setLoggerName(IpvsWriter.class); // else the class that logs first gives the name
        this.settings = settings;
        this.thread = new KernelThread(settings, access, clock);
        this.scheduler = new RoundScheduler(node);
        this.clock = clock;
        this.timers = timers;
        this.log = new RoundLog(context.getLog(), settings.kind());
        this.status = IpvsStatus.initial(settings.kind().label());
        timers.startTimerWithFixedDelay(Timer.AUDIT, settings.auditInterval());
        open();
    }

    /**
     * A writer to the kernel that the settings select.
     *
     * @param node this node; the writer uses the local endpoint of backends that run on it
     */
    public static Behavior<Command> create(IpvsSettings settings, NodeView node) {
        return create(settings, KernelProvider.of(settings), node, SteadyClock.INSTANCE);
    }

    static Behavior<Command> create(
            IpvsSettings settings, KernelProvider access, NodeView node, InstantSource clock) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers ->
                                        new IpvsWriter(
                                                context, timers, settings, access, node, clock)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Command.class, this::onCommand)
                .onSignal(PostStop.class, _ -> onStop())
                .build();
    }

    private Behavior<Command> onCommand(Command command) {
        switch (command) {
            case DataPlaneUpdate.ApplyImage image -> scheduler.applyImage(image);
            case DataPlaneUpdate.UpdateReachability update ->
                    scheduler.updateReachability(update.reachability());
            case Timer timer -> {
                switch (timer) {
                    case AUDIT -> scheduler.requestAudit();
                    case RETRY, TRANSITION -> scheduler.wake();
                    case OPEN -> open();
                }
            }
            case Subscribe follow -> {
                subscribers.add(follow.subscriber());
                getContext().watchWith(follow.subscriber(), new Unsubscribe(follow.subscriber()));
                follow.subscriber().tell(newStatusUpdate());
            }
            case Unsubscribe gone -> subscribers.remove(gone.subscriber());
            case GetPlan get -> propose(get.replyTo());
            case Opened opened -> onOpened(opened.kernel());
            case RoundDone done -> onDone(done);
            case RoundFailed failed -> onFailed(failed.cause());
            case Proposed proposed -> proposed.replyTo().tell(proposed.proposal());
        }
        scheduler.next().ifPresent(this::begin);
        return this;
    }

    private void updateStatus(IpvsStatus next) {
        status = next;
        subscribers.forEach(subscriber -> subscriber.tell(newStatusUpdate()));
    }

    private StatusUpdate newStatusUpdate() {
        return new StatusUpdate(getContext().getSelf(), status);
    }

    private void open() {
        getContext()
                .pipeToSelf(
                        thread.open(),
                        (opened, fault) ->
                                new Opened(
                                        fault == null
                                                ? opened
                                                : new UnavailableKernel(
                                                        "IPVS is not available: "
                                                                + RootCause.message(fault))));
    }

    private void onOpened(Kernel opened) {
        IpvsStatus before = status;
        updateStatus(status.with(opened.availability()));
        switch (opened.availability()) {
            case Availability.Ready ready -> {
                ready.warnings().forEach(warning -> getContext().getLog().warn("{}", warning));
                if (!before.unavailable().isEmpty()) {
                    getContext().getLog().info("IPVS is available now");
                }
                kernel = Optional.of(opened);
                scheduler.kernelOpened(new Reconciler(opened, settings.ownership(), clock));
            }
            case Availability.Unavailable none -> {
                opened.close();
                Duration wait = settings.backoff().bound(++failedOpenings);
                if (!before.unavailable().equals(none.reason())) {
                    getContext()
                            .getLog()
                            .error(
                                    "{}; will open it again in {} s",
                                    none.reason(),
                                    RoundLog.seconds(wait));
                }
                timers.startSingleTimer(Timer.OPEN, wait);
            }
        }
    }

    private void begin(ReconcileRequest request) {
        timers.cancel(Timer.RETRY);
        timers.cancel(Timer.TRANSITION);
        getContext()
                .pipeToSelf(
                        thread.round(request, status.failures()),
                        (round, fault) ->
                                fault == null
                                        ? new RoundDone(request.newest().revision(), round)
                                        : new RoundFailed(fault));
    }

    private void onDone(RoundDone done) {
        scheduler.roundDone();
        Round round = done.round();
        Optional<Duration> wait = Optional.empty();
        if (round.failures().isEmpty()) {
            failedRounds = 0;
        } else {
            wait = Optional.of(settings.backoff().bound(++failedRounds));
            timers.startSingleTimer(Timer.RETRY, wait.get());
        }
        updateStatus(status.after(round, done.revision(), wait.map(clock.instant()::plus)));
        log.round(done.revision(), round, wait);
        round.due()
                .ifPresent(
                        due ->
                                timers.startSingleTimer(
                                        Timer.TRANSITION,
                                        positive(Duration.between(clock.instant(), due))));
    }

    private static Duration positive(Duration wait) {
        return wait.isPositive() ? wait : Duration.ofMillis(1);
    }

    private void onFailed(Throwable thrown) {
        scheduler.roundDone();
        Throwable cause = RootCause.of(thrown);
        String fault = RootCause.message(thrown);
        Duration wait = settings.backoff().bound(++failedRounds);
        updateStatus(status.afterFailure(fault, clock.instant(), clock.instant().plus(wait)));
        log.failed(cause, fault, wait);
        timers.startSingleTimer(Timer.RETRY, wait);
    }

    private void propose(ActorRef<Proposal> replyTo) {
        Optional<ReconcileRequest> request = scheduler.current();
        if (request.isEmpty()) {
            replyTo.tell(Proposal.none(whyNothingIsPlanned()));
            return;
        }
        getContext()
                .pipeToSelf(
                        thread.propose(request.get()),
                        (proposal, fault) ->
                                new Proposed(
                                        replyTo,
                                        fault == null
                                                ? proposal
                                                : Proposal.none(RootCause.message(fault))));
    }

    private String whyNothingIsPlanned() {
        if (scheduler.hasKernel()) {
            return "there is no VIP image yet; without one nothing is changed";
        }
        String why = status.unavailable();
        return why.isEmpty() ? "the kernel is being opened" : why;
    }

    private Behavior<Command> onStop() {
        thread.end(kernel);
        return this;
    }
}
