package io.meridian.sources.mesos;

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
import io.meridian.sources.http.RedirectPolicy;
import io.meridian.sources.http.RequestFailedException;
import io.meridian.sources.http.Server;
import io.meridian.sources.http.Subscription;
import io.meridian.sources.mesos.MasterQuestions.Question;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/**
 * The masters of one Mesos as a source: follows the leader's event stream, or polls a leader that
 * has none, and emits {@link SourceSignal}s. Executes what {@link MesosProcessor} decides and
 * decides nothing itself.
 */
public final class MesosSource extends AbstractOnMessageBehavior<MesosSource.Command> {
    private static final Logger LOG = LoggerFactory.getLogger(MesosSource.class);

    private final ActorRef<Command> self;
    private final TimerScheduler<Command> timers;
    private final MesosSettings settings;
    private final ActorRef<SourceSignal> sink;
    private final MesosCounters counters;
    private final MesosReads reads;
    private final HostLookup lookup;
    private final Subscription<MesosEvent> subscription;
    private final Optional<ZooKeeperMasters> zookeeper;
    private final InstantSource clock = SteadyClock.INSTANCE;
    private final MesosProcessor processor;

    /** Read by the threads that send requests. */
    private volatile RedirectPolicy redirects;

    /** Messages of this actor. */
    public sealed interface Command permits Do, MesosMessage {}

    /** A request of the ingest. */
    public record Do(SourceCommand command) implements Command {}

    private MesosSource(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            MesosSettings settings,
            ActorRef<SourceSignal> sink,
            MesosCounters counters) {
        super(context);
        self = context.getSelf();
        this.timers = timers;
        this.settings = settings;
        this.sink = sink;
        this.counters = counters;
        redirects = settings.redirects(List.of());
        MesosHttp http =
                new MesosHttp(
                        context.getSystem(),
                        settings,
                        () -> redirects,
                        context.getSystem().dispatchers().lookup(DispatcherSelector.blocking()));
        reads = new MesosReads(http, () -> redirects);
        lookup = HostLookup.system(settings.agents().timeout());
        subscription =
                new Subscription<>(
                        context.getSystem(),
                        new EventStreamConnection(http.client(), http),
                        this::decoder,
                        bytes -> counters.bytes(bytes, clock.instant()),
                        (epoch, event) -> self.tell(new MesosMessage.Streamed(epoch, event)));
        zookeeper =
                settings.zookeeper()
                        .map(
                                address ->
                                        new ZooKeeperMasters(
                                                address,
                                                settings.connection().connectTimeout(),
                                                pids ->
                                                        self.tell(
                                                                new MesosMessage.MastersRegistered(
                                                                        pids))));
        processor =
                new MesosProcessor(
                        settings, () -> ThreadLocalRandom.current().nextLong(), clock.instant());
    }

    /**
     * A source that connects at once.
     *
     * @param settings with at least one URL, or ZooKeeper
     * @param sink gets every signal in the order in which the source learned of it
     * @param counters updated by the source, readable by any thread
     */
    public static Behavior<Command> create(
            MesosSettings settings, ActorRef<SourceSignal> sink, MesosCounters counters) {
        if (!settings.enabled()) {
            throw new BadSettingException(
                    "setting "
                            + MesosSettings.PREFIX
                            + ".urls must name at least one URL to start the source, unless "
                            + MesosSettings.PREFIX
                            + ".zookeeper is set");
        }
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers ->
                                        new MesosSource(context, timers, settings, sink, counters)
                                                .started()));
    }

    private MesosSource started() {
        zookeeper.ifPresent(ZooKeeperMasters::start);
        self.tell(new MesosMessage.Wake());
        return this;
    }

    /** Runs on the stream's thread; a new one for each stream. */
    private Function<byte[], List<MesosEvent>> decoder() {
        RecordReader records = new RecordReader(settings.recordMaxSize());
        return bytes -> {
            List<MesosEvent> events =
                    records.read(bytes).stream().map(MessageReader::read).toList();
            events.forEach(event -> counters.event(event, clock.instant()));
            return events;
        };
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        Instant now = clock.instant();
        processor.on(command, now).forEach(effect -> execute(effect, now));
        counters.now(processor.phase(), processor.isPolling(), processor.known());
        Duration left = Duration.between(clock.instant(), processor.nextDue());
        timers.startSingleTimer(
                "wake", new MesosMessage.Wake(), left.isPositive() ? left : Duration.ZERO);
        return this;
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) {
        if (signal instanceof PostStop) {
            subscription.stop();
            zookeeper.ifPresent(ZooKeeperMasters::close);
            counters.now(MesosPhase.DETACHED, processor.isPolling(), processor.known());
        }
        return this;
    }

    private void execute(MesosEffect effect, Instant now) {
        switch (effect) {
            case MesosEffect.Connect(var base, int epoch) -> {
                counters.connecting();
                subscription.start(base, epoch, settings.connection().readTimeout());
            }
            case MesosEffect.Disconnect _ -> {
                counters.streamFailed();
                subscription.stop();
            }
            case MesosEffect.AllowSilence(Duration silence) -> subscription.allowSilence(silence);
            case MesosEffect.Emit(SourceSignal signal) -> {
                if (signal instanceof SourceSignal.ListedAll) {
                    counters.listed(now);
                }
                sink.tell(signal);
            }
            case MesosEffect.Poll(int epoch, Server server) -> poll(epoch, server);
            case MesosEffect.AskLeader(int epoch, Server server) ->
                    ask(
                            epoch,
                            Question.LEADER,
                            reads.leader(server),
                            pid -> new MesosMessage.LeaderNamed(epoch, pid));
            case MesosEffect.AskSchedulers(int epoch, Server server) ->
                    ask(
                            epoch,
                            Question.SCHEDULERS,
                            reads.schedulers(server),
                            pids -> new MesosMessage.SchedulersRead(epoch, pids));
            case MesosEffect.AskAgents(int epoch, Server server, long heard) ->
                    ask(
                            epoch,
                            Question.AGENTS,
                            reads.agents(server),
                            ids -> new MesosMessage.AgentsRead(epoch, ids, heard));
            case MesosEffect.LookUp(String host) ->
                    answer(
                            lookup.lookUp(host).exceptionally(_ -> List.of()),
                            found -> new MesosMessage.HostResolved(host, found));
            case MesosEffect.TrustMasters(var urls) -> redirects = settings.redirects(urls);
            case MesosEffect.Warn(String message) -> LOG.warn(message);
            case MesosEffect.Inform(String message) -> LOG.info(message);
        }
    }

    private void poll(int epoch, Server server) {
        CompletionStage<MesosMessage> polled =
                reads.state(server)
                        .handle(
                                (state, failure) -> {
                                    if (failure != null) {
                                        counters.pollFailed();
                                        return new MesosMessage.PollFailed(
                                                epoch, RequestFailedException.describe(failure));
                                    }
                                    counters.polled(state, clock.instant());
                                    return new MesosMessage.Polled(epoch, state);
                                });
        answer(polled, Function.identity());
    }

    private <T> void ask(
            int epoch,
            Question question,
            CompletionStage<T> stage,
            Function<T, MesosMessage> message) {
        answer(
                stage.handle(
                        (answer, failure) ->
                                failure == null
                                        ? message.apply(answer)
                                        : new MesosMessage.Unanswered(
                                                epoch,
                                                question,
                                                RequestFailedException.describe(failure))),
                Function.identity());
    }

    private <T> void answer(CompletionStage<T> stage, Function<T, MesosMessage> message) {
        stage.thenAccept(result -> self.tell(message.apply(result)));
    }
}
