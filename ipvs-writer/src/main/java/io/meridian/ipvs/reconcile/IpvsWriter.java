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
import io.meridian.feed.node.Publisher;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.Proposal;

import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

    private final IpvsSettings settings;
    private final KernelThread thread;
    private final InstantSource clock;
    private final TimerScheduler<Command> timers;
    private final RoundLog log;
    private final Backoff retries;
    private final Backoff openings;
    private final Set<ActorRef<Told>> followers = new LinkedHashSet<>();

    private final Agenda agenda;
    private Optional<Kernel> kernel = Optional.empty();
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
        this.agenda = new Agenda(node);
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
            case Show show -> agenda.show(show);
            case Judge judge -> agenda.judge(judge.reachability());
            case Timer timer -> {
                switch (timer) {
                    case AUDIT -> agenda.audit();
                    case RETRY, DUE -> agenda.goOn();
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
        agenda.next().ifPresent(this::begin);
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
                                                                + Cause.message(fault))));
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
                agenda.opened(new Reconciler(opened, settings.ownership(), clock));
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

    private void begin(Agenda.Due due) {
        Show shown = due.errand().shown();
        timers.cancel(Timer.RETRY);
        timers.cancel(Timer.DUE);
        getContext()
                .pipeToSelf(
                        thread.round(due.errand(), due.audit(), status.failures()),
                        (round, fault) ->
                                fault == null
                                        ? new RoundDone(shown, round)
                                        : new RoundBroken(fault));
    }

    private void onDone(RoundDone done) {
        agenda.done();
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
        agenda.done();
        Throwable cause = Cause.of(thrown);
        String fault = Cause.message(thrown);
        Duration wait = retries.take();
        become(status.broken(fault, clock.instant(), clock.instant().plus(wait)));
        log.broken(cause, fault, wait);
        timers.startSingleTimer(Timer.RETRY, wait);
    }

    private void propose(ActorRef<Proposal> replyTo) {
        Optional<KernelThread.Errand> errand = agenda.errand();
        if (errand.isEmpty()) {
            replyTo.tell(Proposal.none(whyNothingIsPlanned()));
            return;
        }
        getContext()
                .pipeToSelf(
                        thread.propose(errand.get()),
                        (proposal, fault) ->
                                new Proposed(
                                        replyTo,
                                        fault == null
                                                ? proposal
                                                : Proposal.none(Cause.message(fault))));
    }

    private String whyNothingIsPlanned() {
        if (agenda.hasKernel()) {
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
