package io.meridian.sources.marathon;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;

import io.meridian.domain.time.SteadyClock;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.http.BadSettingException;
import io.meridian.sources.http.EventStreamConnection;
import io.meridian.sources.http.HostLookup;
import io.meridian.sources.http.Subscription;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/**
 * One Marathon as a source: attaches to its event stream, stays attached and emits {@link
 * SourceSignal}s. Executes what {@link MarathonProcessor} decides and decides nothing itself.
 */
public final class MarathonSource extends AbstractOnMessageBehavior<MarathonSource.Command> {
    private static final Logger LOG = LoggerFactory.getLogger(MarathonSource.class);

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final MarathonSettings settings;
    private final ActorRef<SourceSignal> sink;
    private final MarathonCounters counters;
    private final MarathonReads reads;
    private final HostLookup lookup;
    private final Subscription<MarathonEvent> subscription;
    private final InstantSource clock = SteadyClock.INSTANCE;
    private final MarathonProcessor processor;

    /** Messages of this actor. */
    public sealed interface Command permits Do, MarathonMessage {}

    /** A request of the ingest. */
    public record Do(SourceCommand command) implements Command {}

    private MarathonSource(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            MarathonSettings settings,
            ActorRef<SourceSignal> sink,
            MarathonCounters counters) {
        super(context);
        this.context = context;
        this.timers = timers;
        this.settings = settings;
        this.sink = sink;
        this.counters = counters;
        MarathonHttp http =
                new MarathonHttp(
                        context.getSystem(),
                        settings,
                        context.getSystem().dispatchers().lookup(DispatcherSelector.blocking()));
        reads = new MarathonReads(http::get);
        lookup = HostLookup.system(settings.agents().timeout());
        ActorRef<Command> self = context.getSelf();
        subscription =
                new Subscription<>(
                        context.getSystem(),
                        new EventStreamConnection(http.client(), http),
                        this::decoder,
                        bytes -> counters.bytes(bytes, clock.instant()),
                        (epoch, event) -> self.tell(new MarathonMessage.Streamed(epoch, event)));
        processor =
                new MarathonProcessor(
                        settings, () -> ThreadLocalRandom.current().nextLong(), clock.instant());
    }

    /**
     * A source that connects at once.
     *
     * @param settings with at least one URL
     * @param sink gets every signal in the order in which the source learned of it
     * @param counters updated by the source, readable by any thread
     */
    public static Behavior<Command> create(
            MarathonSettings settings, ActorRef<SourceSignal> sink, MarathonCounters counters) {
        if (!settings.enabled()) {
            throw new BadSettingException(
                    "setting "
                            + MarathonSettings.PREFIX
                            + ".urls must name at least one URL to start the source");
        }
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers -> {
                                    context.getSelf().tell(new MarathonMessage.Wake());
                                    return new MarathonSource(
                                            context, timers, settings, sink, counters);
                                }));
    }

    /** Runs on the stream's thread; a new one for each stream. */
    private Function<byte[], List<MarathonEvent>> decoder() {
        FrameReader frames = new FrameReader(settings.eventMaxSize());
        return bytes -> {
            List<MarathonEvent> events =
                    frames.read(bytes).stream().map(EventReader::read).toList();
            events.forEach(event -> counters.event(event, clock.instant()));
            return events;
        };
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        Instant now = clock.instant();
        processor.on(command, now).forEach(effect -> execute(effect, now));
        processor
                .nextDue()
                .ifPresentOrElse(
                        due ->
                                timers.startSingleTimer(
                                        "wake", new MarathonMessage.Wake(), until(due)),
                        () -> timers.cancel("wake"));
        return this;
    }

    private Duration until(Instant due) {
        Duration left = Duration.between(clock.instant(), due);
        return left.isPositive() ? left : Duration.ZERO;
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) {
        if (signal instanceof PostStop) {
            subscription.stop();
            counters.attached(false);
        }
        return this;
    }

    private void execute(MarathonEffect effect, Instant now) {
        switch (effect) {
            case MarathonEffect.Connect(var base, int epoch) -> {
                counters.connecting();
                subscription.start(base, epoch, settings.connection().readTimeout());
            }
            case MarathonEffect.Disconnect _ -> subscription.stop();
            case MarathonEffect.Emit(SourceSignal signal) -> emit(signal, now);
            case MarathonEffect.ReadListing(int epoch, var server, boolean podsSeen) ->
                    answer(
                            reads.listing(server, podsSeen),
                            result -> new MarathonMessage.ListingRead(epoch, result));
            case MarathonEffect.ReadService(int epoch, var server, var job, var kind, var pods) -> {
                counters.reread();
                answer(
                        reads.service(server, job.id().path(), kind, pods),
                        result -> new MarathonMessage.ServiceRead(epoch, job, result));
            }
            case MarathonEffect.ReadVersion(int epoch, var server, var job, var kind, var pods) -> {
                counters.reread();
                answer(
                        reads.version(server, job.id().path(), job.version(), kind, pods),
                        result -> new MarathonMessage.VersionRead(epoch, job, result));
            }
            case MarathonEffect.LookUp(String host) ->
                    answer(
                            lookup.lookUp(host).exceptionally(_ -> List.of()),
                            found -> new MarathonMessage.HostResolved(host, found));
            case MarathonEffect.Unreadable(@Nullable String line) -> {
                counters.unreadable();
                warn(line);
            }
            case MarathonEffect.ReadFailed(@Nullable String line) -> {
                counters.rereadFailed();
                warn(line);
            }
            case MarathonEffect.Warn(String message) -> LOG.warn(message);
            case MarathonEffect.Inform(String message) -> LOG.info(message);
        }
    }

    private static void warn(@Nullable String line) {
        if (line != null) {
            LOG.warn(line);
        }
    }

    private void emit(SourceSignal signal, Instant now) {
        counters.emitted(signal, now);
        sink.tell(signal);
    }

    private <T> void answer(CompletionStage<T> stage, Function<T, MarathonMessage> message) {
        ActorRef<Command> self = context.getSelf();
        stage.thenAccept(result -> self.tell(message.apply(result)));
    }
}
