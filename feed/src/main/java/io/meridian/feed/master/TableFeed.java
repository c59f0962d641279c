package io.meridian.feed.master;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.domain.time.Backoff;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.Delta;
import io.meridian.feed.FeedSettings;
import io.meridian.feed.Provenance;
import io.meridian.feed.TableType;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Reads one table on one master: whole at first, then the steps behind its revision. Publishes the
 * image to the master's own process and serves nodes through a {@link LongPollResponder}. Keeps the
 * last image while the database is away.
 */
final class TableFeed<R extends Row, I extends Image<R, I>>
        extends AbstractOnMessageBehavior<TableFeed.Command<R, I>> {
    sealed interface Command<R extends Row, I extends Image<R, I>> {}

    record Polled<R extends Row, I extends Image<R, I>>(LongPollResponder.PendingPoll pending)
            implements Command<R, I> {}

    record Pulled<R extends Row, I extends Image<R, I>>(FeedServer.Pull pull)
            implements Command<R, I> {}

    record Observed<R extends Row, I extends Image<R, I>>(ActorRef<TableUpdate<R, I>> observer)
            implements Command<R, I> {}

    record ImageRequested<R extends Row, I extends Image<R, I>>(ActorRef<TableUpdate<R, I>> replyTo)
            implements Command<R, I> {}

    /** A snapshot was encoded in the background. */
    record Packed<R extends Row, I extends Image<R, I>>(LongPollResponder.PackedSnapshot snapshot)
            implements Command<R, I> {}

    private record ObserverLeft<R extends Row, I extends Image<R, I>>(
            ActorRef<TableUpdate<R, I>> observer) implements Command<R, I> {}

    private record Committed<R extends Row, I extends Image<R, I>>(long revision)
            implements Command<R, I> {}

    private record ReadDue<R extends Row, I extends Image<R, I>>() implements Command<R, I> {}

    private record ExpiryDue<R extends Row, I extends Image<R, I>>() implements Command<R, I> {}

    private record TableRead<R extends Row, I extends Image<R, I>>(LoadedTable<R, I> table)
            implements Command<R, I> {}

    private record StepsRead<R extends Row, I extends Image<R, I>>(List<TableStep<R>> steps)
            implements Command<R, I> {}

    private record ReadFailed<R extends Row, I extends Image<R, I>>(Throwable cause)
            implements Command<R, I> {}

    private enum Timer {
        READ,
        EXPIRY
    }

    private final TimerScheduler<Command<R, I>> timers;
    private final FeedSettings.Server settings;
    private final TableType<R, I> type;
    private final TableStore store;
    private final CurrentImage<R, I> view;
    private final Clock clock;
    private final Backoff backoff;
    private final MasterTable<R, I> served;
    private final LongPollResponder<R, I> responder;
    private final Set<ActorRef<TableUpdate<R, I>>> observers = new LinkedHashSet<>();
    private final List<ActorRef<TableUpdate<R, I>>> waiting = new ArrayList<>();
    private boolean reading;
    private boolean readAgain;
    private boolean needsWholeTable = true;
    private int failures;
    private int gaps; // in a row
    private Instant auditAt;

    static <R extends Row, I extends Image<R, I>> Behavior<Command<R, I>> create(
            FeedSettings.Server settings, TableStore store, CurrentImage<R, I> view, Clock clock) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers ->
                                        new TableFeed<>(
                                                context, timers, settings, store, view, clock)));
    }

    private TableFeed(
            ActorContext<Command<R, I>> context,
            TimerScheduler<Command<R, I>> timers,
            FeedSettings.Server settings,
            TableStore store,
            CurrentImage<R, I> view,
            Clock clock) {
        super(context);
        context.setLoggerName(
                TableFeed.class); // Akka names the logger after the first class that logs
        this.timers = timers;
        this.settings = settings;
        this.type = view.type();
        this.store = store;
        this.view = view;
        this.clock = clock;
        this.backoff = new Backoff(settings.readBackoffMin(), settings.readBackoffMax());
        this.served = new MasterTable<>(type, settings.historyRevisions(), settings.historyRows());
        this.responder = new LongPollResponder<>(type, served, settings, clock, context);
        // A restart of this actor goes on with the last image, so polls are not refused.
        view.shown()
                .ifPresent(shown -> served.resume(shown.image(), shown.provenance().revision()));
        ActorRef<Command<R, I>> self = context.getSelf();
        store.onCommitted(revision -> self.tell(new Committed<>(revision)));
        auditAt = nextAudit();
        timers.startTimerWithFixedDelay(
                Timer.EXPIRY, new ExpiryDue<>(), settings.longPollTimeout().dividedBy(20));
        read();
    }

    @Override
    public Behavior<Command<R, I>> onMessage(Command<R, I> command) {
        switch (command) {
            case Polled<R, I> asked -> responder.poll(asked.pending(), failures > 0);
            case Pulled<R, I> pulled -> responder.pull(pulled.pull());
            case Packed<R, I> packed -> responder.packed(packed.snapshot());
            case ExpiryDue<R, I> due -> responder.expire(failures > 0);
            case Observed<R, I> observed -> observe(observed.observer());
            case ObserverLeft<R, I> left -> observers.remove(left.observer());
            case ImageRequested<R, I> got -> get(got.replyTo());
            case Committed<R, I> committed -> onCommitted(committed.revision());
            case ReadDue<R, I> due -> read();
            case TableRead<R, I> read -> {
                needsWholeTable = false;
                onRead(served.whole(read.table()), Provenance.Origin.SNAPSHOT, false);
            }
            case StepsRead<R, I> read -> {
                boolean more = read.steps().size() >= settings.readLimit();
                gaps = 0;
                onRead(served.follow(read.steps()), Provenance.Origin.CHANGES, more);
            }
            case ReadFailed<R, I> failed -> onReadFailed(failed.cause());
        }
        return this;
    }

    private void onCommitted(long revision) {
        if (revision > served.revision()) {
            if (reading) {
                readAgain = true;
            } else {
                read();
            }
        }
    }

    private void read() {
        if (reading) {
            return;
        }
        reading = true;
        readAgain = false;
        timers.cancel(Timer.READ);
        boolean audit = !clock.instant().isBefore(auditAt);
        if (audit) {
            auditAt = nextAudit();
        }
        if (needsWholeTable || audit || !served.loaded()) {
            needsWholeTable = true;
            TableLoad<R, I> load = new TableLoad<>(type);
            pipe(store.readAll(load::add).thenCompose(load::finish), TableRead::new);
        } else {
            pipe(
                    store.readAfter(served.revision(), settings.readLimit()).thenApply(this::steps),
                    StepsRead::new);
        }
    }

    private List<TableStep<R>> steps(List<TableStore.Step> stored) {
        return stored.stream().map(step -> TableStep.of(type.text(), step)).toList();
    }

    private <T> void pipe(CompletionStage<T> read, Function<T, Command<R, I>> done) {
        getContext()
                .pipeToSelf(
                        limited(read),
                        (result, cause) ->
                                cause == null ? done.apply(result) : new ReadFailed<>(cause));
    }

    /** Fails a read after {@code read-timeout}: no other read starts while one is under way. */
    private <T> CompletionStage<T> limited(CompletionStage<T> read) {
        return read.thenApply(Function.identity())
                .toCompletableFuture()
                .orTimeout(settings.readTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }

    private void onRead(MasterTable.Effect<R> effect, Provenance.Origin origin, boolean more) {
        reading = false;
        if (failures > 0) {
            getContext()
                    .getLog()
                    .info(
                            "table read again: table={} revision={}",
                            type.label(),
                            served.revision());
            failures = 0;
        }
        view.confirm(clock.instant());
        switch (effect) {
            case MasterTable.Effect.Same<R> same -> {}
            case MasterTable.Effect.Newer<R> newer -> publish(newer.changes(), origin);
            case MasterTable.Effect.Replaced<R> replaced -> {
                getContext()
                        .getLog()
                        .warn(
                                "database replaced: table={} revision was={} now={} changes={}:"
                                        + " probably restored from a backup; nodes follow",
                                type.label(),
                                replaced.before(),
                                served.revision(),
                                replaced.changes().size());
                responder.historyReplaced();
                publish(replaced.changes(), origin);
            }
            case MasterTable.Effect.Gap<R> gap -> {
                getContext()
                        .getLog()
                        .warn(
                                "gap in changes: table={} revision={} follows={}; reads the whole"
                                        + " table",
                                type.label(),
                                gap.next(),
                                gap.after());
                onGap();
                return;
            }
        }
        if (readAgain || more) {
            read();
        } else {
            schedule(settings.readInterval());
        }
    }

    private void onGap() {
        needsWholeTable = true;
        gaps++;
        schedule(pause(gaps));
    }

    private Duration pause(int times) {
        return backoff.delay(times, ThreadLocalRandom.current());
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    private void onReadFailed(Throwable failure) {
        reading = false;
        Throwable cause = unwrapped(failure);
        if (cause instanceof RevisionsGone gone) {
            getContext().getLog().info("{}; reads the whole table", gone.getMessage());
            onGap();
            return;
        }
        failures++;
        if (failures == 1) {
            getContext()
                    .getLog()
                    .warn(
                            "cannot read table: table={}: {}; serves revision={}, retries with"
                                    + " backoff",
                            type.label(),
                            cause.toString(),
                            served.revision());
        }
        schedule(pause(failures));
    }

    private void publish(List<Change<R>> changes, Provenance.Origin origin) {
        view.show(served.image(), new Provenance(served.revision(), origin), clock.instant());
        if (!waiting.isEmpty()) {
            waiting.forEach(this::tellAll);
            waiting.clear();
        }
        TableUpdate<R, I> update =
                new TableUpdate<>(type, changes, served.image(), served.revision());
        observers.forEach(observer -> observer.tell(update));
        responder.advanced();
    }

    private void observe(ActorRef<TableUpdate<R, I>> observer) {
        if (observers.add(observer)) {
            getContext().watchWith(observer, new ObserverLeft<>(observer));
            if (served.loaded()) {
                tellAll(observer);
            }
        }
    }

    private void get(ActorRef<TableUpdate<R, I>> replyTo) {
        if (served.loaded()) {
            tellAll(replyTo);
        } else {
            waiting.add(replyTo);
        }
    }

    private void tellAll(ActorRef<TableUpdate<R, I>> to) {
        I image = served.image();
        to.tell(new TableUpdate<>(type, Delta.all(image.rows()), image, served.revision()));
    }

    private void schedule(Duration pause) {
        timers.startSingleTimer(Timer.READ, new ReadDue<>(), pause);
    }

    /**
     * Returns the next audit at 75 to 125 % of the interval, so masters that started together do
     * not read the whole table together.
     */
    private Instant nextAudit() {
        double share = 0.75 + ThreadLocalRandom.current().nextDouble() / 2;
        return clock.instant().plusMillis((long) (settings.auditInterval().toMillis() * share));
    }
}
