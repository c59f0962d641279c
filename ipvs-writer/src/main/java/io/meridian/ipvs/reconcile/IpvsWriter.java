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
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.feed.Provenance;
import io.meridian.feed.Publisher;
import io.meridian.ipvs.DesiredState;
import io.meridian.ipvs.NodeView;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Keeps one node's kernel at the newest VIP image. Rounds run one at a time on a thread of their
 * own, so the actor always answers; images that come in meanwhile are one next round, of which only
 * the newest counts. Without an image there is no round: a restart never empties the kernel.
 * Stopping leaves the kernel as it is.
 */
public final class IpvsWriter extends AbstractBehavior<IpvsWriter.Command> {
    /** What the writer can be told. */
    public sealed interface Command {}

    /** The VIP table as of a revision; replaces every image before. */
    public record Show(VipImage image, long revision) implements Command {}

    /** Asks for a status; always answered. */
    public record GetStatus(ActorRef<IpvsStatus> replyTo) implements Command {}

    private record Audit() implements Command {}

    private record Retry() implements Command {}

    private record RoundDone(Show shown, Round round) implements Command {}

    private record RoundBroken(Throwable cause) implements Command {}

    private final IpvsSettings settings;
    private final Kernel kernel;
    private final NodeView node;
    private final Reconciler reconciler;
    private final TimerScheduler<Command> timers;
    private final ExecutorService kernelThread =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("ipvs-kernel").factory());

    private Optional<Show> newest = Optional.empty();
    private boolean busy;
    private boolean changed;
    private boolean auditDue;
    private boolean seenRound;
    private Duration backoff;
    private IpvsStatus status;

    private IpvsWriter(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            IpvsSettings settings,
            Kernel kernel,
            NodeView node,
            InstantSource clock) {
        super(context);
        this.settings = settings;
        this.kernel = kernel;
        this.node = node;
        this.timers = timers;
        this.reconciler = new Reconciler(kernel, settings.ownership(), clock);
        this.backoff = settings.minBackoff();
        this.status = initial();
        timers.startTimerWithFixedDelay(new Audit(), settings.auditInterval());
    }

    /**
     * Writes to that kernel, and closes it when the actor stops.
     *
     * @param node which node this is: tells for which backends it must use their local endpoint
     */
    public static Behavior<Command> create(IpvsSettings settings, Kernel kernel, NodeView node) {
        return create(settings, kernel, node, InstantSource.system());
    }

    static Behavior<Command> create(
            IpvsSettings settings, Kernel kernel, NodeView node, InstantSource clock) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers ->
                                        new IpvsWriter(
                                                context, timers, settings, kernel, node, clock)));
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
                writer.tell(new Show(image, provenance.revision()));
            }
        };
    }

    private IpvsStatus initial() {
        return switch (kernel.availability()) {
            case Availability.Ready ready -> {
                ready.warnings().forEach(warning -> getContext().getLog().warn("{}", warning));
                yield IpvsStatus.before(settings.kind().label(), "", ready.warnings());
            }
            case Availability.Unavailable none -> {
                getContext().getLog().error("{}", none.reason());
                yield IpvsStatus.before(settings.kind().label(), none.reason(), List.of());
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
            case Audit _ -> auditDue = true;
            case Retry _ -> changed = true;
            case GetStatus get -> get.replyTo().tell(status);
            case RoundDone done -> onDone(done);
            case RoundBroken broken -> onBroken(broken.cause());
        }
        startRound();
        return this;
    }

    private void startRound() {
        if (busy || newest.isEmpty() || !(changed || auditDue) || !status.unavailable().isEmpty()) {
            return;
        }
        Show shown = newest.get();
        boolean audit = auditDue;
        busy = true;
        changed = false;
        auditDue = false;
        timers.cancel(new Retry());
        getContext()
                .pipeToSelf(
                        CompletableFuture.supplyAsync(() -> round(shown, audit), kernelThread),
                        (round, fault) ->
                                fault == null
                                        ? new RoundDone(shown, round)
                                        : new RoundBroken(fault));
    }

    private Round round(Show shown, boolean audit) {
        try {
            return reconciler.reconcileOnce(DesiredState.of(shown.image(), node), audit);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void onDone(RoundDone done) {
        busy = false;
        Round round = done.round();
        Set<String> known =
                status.failures().stream().map(Failure::row).collect(Collectors.toSet());
        status = status.after(round, done.shown().revision());
        log(done.shown().revision(), round, known);
        seenRound = true;
        if (round.failures().isEmpty()) {
            backoff = settings.minBackoff();
        } else {
            retryLater();
        }
    }

    /**
     * @param known rows whose failure has been logged before
     */
    private void log(long revision, Round round, Set<String> known) {
        if (!round.drift().isEmpty()) {
            getContext()
                    .getLog()
                    .warn(
                            "kernel differs from what was programmed: drift={} repaired={}"
                                    + " first=\"{}\"",
                            round.drift().size(),
                            round.repaired(),
                            round.drift().getFirst());
        }
        for (Failure failure : round.failures()) {
            if (!known.contains(failure.row())) {
                getContext().getLog().warn("{} in {} s", failure.message(), seconds(backoff));
            }
        }
        String line =
                "VIPs programmed: revision={} virtual-servers={} real-servers={} operations={}"
                        + " took={} s";
        Object[] values = {
            revision,
            round.desired().table().size(),
            round.desired().table().realServers(),
            round.operations(),
            seconds(round.took())
        };
        if (seenRound) {
            getContext().getLog().debug(line, values);
        } else {
            getContext().getLog().info(line, values);
        }
    }

    private void onBroken(Throwable thrown) {
        busy = false;
        Throwable cause = cause(thrown);
        String fault = Optional.ofNullable(cause.getMessage()).orElseGet(cause::toString);
        status = status.broken(fault);
        String line = "cannot reconcile: {}; will dump and retry in {} s";
        if (cause instanceof IOException) {
            getContext().getLog().error(line, fault, seconds(backoff));
        } else {
            getContext().getLog().error(line, fault, seconds(backoff), cause);
        }
        retryLater();
    }

    /**
     * What went wrong in there, without what the way from thread to actor has wrapped around it.
     */
    private static Throwable cause(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof UncheckedIOException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    /** Twice as long after each round that failed, up to the limit. */
    private void retryLater() {
        timers.startSingleTimer(new Retry(), backoff);
        Duration twice = backoff.multipliedBy(2);
        backoff = twice.compareTo(settings.maxBackoff()) > 0 ? settings.maxBackoff() : twice;
    }

    private Behavior<Command> onStop() {
        kernelThread.execute(kernel::close);
        kernelThread.shutdown();
        return this;
    }
}
