package io.meridian.ipvs.reconcile;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;

import io.meridian.domain.table.Change;
import io.meridian.domain.time.SteadyClock;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.feed.Provenance;
import io.meridian.feed.Publisher;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.Proposal;
import io.meridian.ipvs.host.Surroundings;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Keeps one node's kernel at the newest VIP image. Rounds run one at a time on a thread of their
 * own, so the actor always answers; images that come in meanwhile are one next round, of which only
 * the newest counts. Without an image there is no round: a restart never empties the kernel. A
 * kernel that is not available is asked again, with backoff. Stopping leaves the kernel as it is.
 */
public final class IpvsWriter extends AbstractBehavior<IpvsWriter.Command> {
    /** What the writer can be told. */
    public sealed interface Command {}

    /**
     * The VIP table as of a revision; replaces every image before.
     *
     * @param tentative it is from before this node's restart, and no master has confirmed it yet
     */
    public record Show(VipImage image, long revision, boolean tentative) implements Command {
        public Show(VipImage image, long revision) {
            this(image, revision, false);
        }
    }

    /** Which agents are lost, from now on; backends there leave, or come back, at once. */
    public record Judge(Reachability reachability) implements Command {}

    /**
     * Wants to be told how it stands, now and whenever that has changed, after each round at the
     * latest; until the follower stops.
     */
    public record Follow(ActorRef<Told> follower) implements Command {}

    /** How a writer stands, as its followers are told. */
    public record Told(ActorRef<Command> writer, IpvsStatus status) {}

    /** Asks what would be changed now, and why, without changing it; always answered. */
    public record GetPlan(ActorRef<Proposal> replyTo) implements Command {}

    /** What happens later, by itself. */
    private enum Timer implements Command {
        AUDIT,
        RETRY,
        DUE,
        OPEN
    }

    private record Opened(Kernel kernel) implements Command {}

    private record RoundDone(Show shown, Round round) implements Command {}

    private record RoundBroken(Throwable cause) implements Command {}

    private record Unfollow(ActorRef<Told> follower) implements Command {}

    private record Proposed(ActorRef<Proposal> replyTo, Proposal proposal) implements Command {}

    /**
     * How a writer gets at its kernel.
     *
     * @param open the one to program; called again as long as it is not available
     * @param inspect the one that a dry run is compared with on demand; closed after each use
     * @param surroundings what has to be right around it
     */
    public record Access(
            Supplier<Kernel> open, Supplier<Kernel> inspect, Surroundings surroundings) {
        /** This host's. */
        public static Access of(IpvsSettings settings) {
            return new Access(
                    () -> Kernel.open(settings),
                    () -> NetlinkKernel.inspect(settings),
                    settings.kind() == IpvsSettings.Kind.IPVS
                            ? Surroundings.of(settings.host())
                            : Surroundings.NONE);
        }

        /** One that is open already, a container's: it has no surroundings. */
        static Access of(Kernel opened) {
            return new Access(() -> opened, () -> opened, Surroundings.NONE);
        }
    }

    private final IpvsSettings settings;
    private final KernelThread thread;
    private final InstantSource clock;
    private final TimerScheduler<Command> timers;
    private final RoundLog log;
    private final Backoff retries;
    private final Backoff openings;
    private final Set<ActorRef<Told>> followers = new LinkedHashSet<>();

    private NodeView node;
    private Optional<Kernel> kernel = Optional.empty();
    private Optional<Reconciler> reconciler = Optional.empty();
    private Optional<Show> newest = Optional.empty();
    private boolean busy;
    private boolean changed;
    private boolean auditDue;
    private IpvsStatus status;

    private IpvsWriter(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            IpvsSettings settings,
            Access access,
            NodeView node,
            InstantSource clock) {
        super(context);
        context.setLoggerName(IpvsWriter.class); // else it is whoever logs first
        this.settings = settings;
        this.thread = new KernelThread(settings, access, clock);
        this.node = node;
        this.clock = clock;
        this.timers = timers;
        this.log = new RoundLog(context.getLog());
        this.retries = new Backoff(settings.minBackoff(), settings.maxBackoff());
        this.openings = new Backoff(settings.minBackoff(), settings.maxBackoff());
        this.status = IpvsStatus.initial(settings.kind().label());
        timers.startTimerWithFixedDelay(Timer.AUDIT, settings.auditInterval());
        open();
    }

    /**
     * Writes to the kernel that the settings ask for, and closes it when the actor stops.
     *
     * @param node which node this is: tells for which backends it must use their local endpoint
     */
    public static Behavior<Command> create(IpvsSettings settings, NodeView node) {
        return create(settings, Access.of(settings), node, SteadyClock.INSTANCE);
    }

    static Behavior<Command> create(
            IpvsSettings settings, Access access, NodeView node, InstantSource clock) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers ->
                                        new IpvsWriter(
                                                context, timers, settings, access, node, clock)));
    }

    /** Hands every image of a feed to the writer. */
    public static Publisher<VipRow, VipImage> publisher(ActorRef<Command> writer) {
        return new Publisher<>() {
            @Override
            public String name() {
                return "ipvs";
            }

            @Override
            public void onUpdate(
                    List<Change<VipRow>> changes, VipImage image, Provenance provenance) {
                boolean tentative = provenance.origin() == Provenance.Origin.DISK;
                writer.tell(new Show(image, provenance.revision(), tentative));
            }
        };
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
            case Show show -> {
                newest = Optional.of(show);
                changed = true;
            }
            case Judge judge -> {
                node = node.judging(judge.reachability());
                changed = true;
            }
            case Timer timer -> {
                switch (timer) {
                    case AUDIT -> auditDue = true;
                    case RETRY, DUE -> changed = true;
                    case OPEN -> open();
                }
            }
            case Follow follow -> {
                followers.add(follow.follower());
                getContext().watchWith(follow.follower(), new Unfollow(follow.follower()));
                follow.follower().tell(told());
            }
            case Unfollow gone -> followers.remove(gone.follower());
            case GetPlan get -> propose(get.replyTo());
            case Opened opened -> onOpened(opened.kernel());
            case RoundDone done -> onDone(done);
            case RoundBroken broken -> onBroken(broken.cause());
            case Proposed proposed -> proposed.replyTo().tell(proposed.proposal());
        }
        startRound();
        return this;
    }

    private void become(IpvsStatus next) {
        status = next;
        followers.forEach(follower -> follower.tell(told()));
    }

    private Told told() {
        return new Told(getContext().getSelf(), status);
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
                                                                + message(cause(fault)))));
    }

    private void onOpened(Kernel opened) {
        IpvsStatus before = status;
        become(status.with(opened.availability()));
        switch (opened.availability()) {
            case Availability.Ready ready -> {
                ready.warnings().forEach(warning -> getContext().getLog().warn("{}", warning));
                if (!before.unavailable().isEmpty()) {
                    getContext().getLog().info("IPVS is available now");
                }
                kernel = Optional.of(opened);
                reconciler = Optional.of(new Reconciler(opened, settings.ownership(), clock));
                changed = true;
            }
            case Availability.Unavailable none -> {
                opened.close();
                Duration wait = openings.take();
                if (!before.unavailable().equals(none.reason())) {
                    getContext()
                            .getLog()
                            .error(
                                    "{}; asked again in {} s",
                                    none.reason(),
                                    RoundLog.seconds(wait));
                }
                timers.startSingleTimer(Timer.OPEN, wait);
            }
        }
    }

    private void startRound() {
        if (busy || newest.isEmpty() || reconciler.isEmpty() || !(changed || auditDue)) {
            return;
        }
        Show shown = newest.get();
        KernelThread.Errand errand = new KernelThread.Errand(shown, node, reconciler.get());
        boolean audit = auditDue;
        busy = true;
        changed = false;
        auditDue = false;
        timers.cancel(Timer.RETRY);
        timers.cancel(Timer.DUE);
        getContext()
                .pipeToSelf(
                        thread.round(errand, audit, status.failures()),
                        (round, fault) ->
                                fault == null
                                        ? new RoundDone(shown, round)
                                        : new RoundBroken(fault));
    }

    private void onDone(RoundDone done) {
        busy = false;
        Round round = done.round();
        Optional<Duration> wait = Optional.empty();
        if (round.failures().isEmpty()) {
            retries.reset();
        } else {
            wait = Optional.of(retries.take());
            timers.startSingleTimer(Timer.RETRY, wait.get());
        }
        become(status.after(round, done.shown().revision(), wait.map(clock.instant()::plus)));
        log.round(done.shown().revision(), round, wait);
        round.due()
                .ifPresent(
                        due ->
                                timers.startSingleTimer(
                                        Timer.DUE,
                                        positive(Duration.between(clock.instant(), due))));
    }

    private static Duration positive(Duration wait) {
        return wait.isPositive() ? wait : Duration.ofMillis(1);
    }

    private void onBroken(Throwable thrown) {
        busy = false;
        Throwable cause = cause(thrown);
        String fault = message(cause);
        Duration wait = retries.take();
        become(status.broken(fault, clock.instant(), clock.instant().plus(wait)));
        log.broken(cause, fault, wait);
        timers.startSingleTimer(Timer.RETRY, wait);
    }

    private void propose(ActorRef<Proposal> replyTo) {
        if (reconciler.isEmpty()) {
            String why = status.unavailable();
            replyTo.tell(Proposal.none(why.isEmpty() ? "the kernel is being opened" : why));
        } else if (newest.isEmpty()) {
            replyTo.tell(
                    Proposal.none("there is no VIP image yet; without one nothing is changed"));
        } else {
            getContext()
                    .pipeToSelf(
                            thread.propose(
                                    new KernelThread.Errand(newest.get(), node, reconciler.get())),
                            (proposal, fault) ->
                                    new Proposed(
                                            replyTo,
                                            fault == null
                                                    ? proposal
                                                    : Proposal.none(message(cause(fault)))));
        }
    }

    /**
     * What went wrong in there, without what the way from thread to actor has wrapped around it.
     */
    static Throwable cause(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof UncheckedIOException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static String message(Throwable cause) {
        return Optional.ofNullable(cause.getMessage()).orElseGet(cause::toString);
    }

    private Behavior<Command> onStop() {
        thread.end(kernel);
        return this;
    }
}
