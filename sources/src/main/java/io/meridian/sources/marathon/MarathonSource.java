package io.meridian.sources.marathon;

import akka.Done;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.japi.Pair;
import akka.stream.KillSwitches;
import akka.stream.UniqueKillSwitch;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;

import io.meridian.domain.time.SteadyClock;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.http.Attempts;
import io.meridian.sources.http.Backoff;
import io.meridian.sources.http.BadSettingException;
import io.meridian.sources.http.HostLookup;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;

/**
 * One Marathon: attaches to its event stream and stays attached; see {@link SourceSignal} for what
 * it tells.
 *
 * <p>Attach, wait for the first event (which proves that the subscription is live, the 200 alone
 * does not), list, then follow events. The thread that reads the socket only cuts and decodes and
 * hands over; it never waits for anything here.
 */
public final class MarathonSource extends AbstractOnMessageBehavior<MarathonSource.Command> {
    private static final Logger LOG = LoggerFactory.getLogger(MarathonSource.class);

    /** A stream without a first event may have missed a change between listing and subscription. */
    private static final Duration SECOND_LISTING = Duration.ofSeconds(5);

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final MarathonSettings settings;
    private final ActorRef<SourceSignal> sink;
    private final MarathonCounters counters;
    private final MarathonHttp http;
    private final Intake intake;
    private final Attempts attempts;
    private final RandomGenerator random;
    private final InstantSource clock = SteadyClock.INSTANCE;
    private Phase phase = Phase.WAITING;
    private Optional<StreamPart.Opened> opened = Optional.empty();
    private Optional<UniqueKillSwitch> connection = Optional.empty();
    private int epoch;
    private int url;
    private boolean hadEvent;

    /** What a source can be told. */
    public sealed interface Command permits Do, Notice {}

    /** A wish of the ingest. */
    public record Do(SourceCommand command) implements Command {}

    private enum Phase {
        /** Between attempts. */
        WAITING,
        CONNECTING,
        /** 200 was answered, no event has come. */
        OPENED,
        ATTACHED
    }

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
        random = () -> ThreadLocalRandom.current().nextLong();
        http = new MarathonHttp(context.getSystem(), settings);
        attempts =
                new Attempts(
                        "Marathon",
                        new Backoff(settings.backoffMin(), settings.backoffMax()),
                        settings.backoffResetAfter(),
                        random,
                        LOG);
        MarathonReads reads =
                new MarathonReads(
                        http::get,
                        context.getSystem().dispatchers().lookup(DispatcherSelector.blocking()));
        intake =
                new Intake(
                        settings,
                        sink,
                        context.getSelf(),
                        timers,
                        counters,
                        reads,
                        new Agents(
                                settings,
                                HostLookup.system(settings.agentTimeout()),
                                context.getSelf(),
                                timers),
                        random,
                        clock);
    }

    /**
     * A source that starts at once.
     *
     * @param settings with at least one URL
     * @param sink gets every signal, in the order in which the source learned of it
     */
    public static Behavior<Command> create(MarathonSettings settings, ActorRef<SourceSignal> sink) {
        return create(settings, sink, new MarathonCounters());
    }

    /** The same with counters that the caller can read. */
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
                                    context.getSelf().tell(new Notice.Connect());
                                    return new MarathonSource(
                                            context, timers, settings, sink, counters);
                                }));
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        switch (command) {
            case Do(SourceCommand wish) -> obey(wish);
            case Notice.Connect _ -> connect();
            case Notice.Opened n when n.epoch() == epoch -> opened(n.stream());
            case Notice.Received n when n.epoch() == epoch -> received(n.events());
            case Notice.Ended n when n.epoch() == epoch -> lost(n.cause());
            case Notice.FirstEventLate n when n.epoch() == epoch && phase == Phase.OPENED -> {
                attached();
                intake.listAfter(SECOND_LISTING);
            }
            case Notice.Reattach n when n.epoch() == epoch && phase == Phase.ATTACHED ->
                    lost(n.cause());
            case Notice.ListingAnswered n when n.epoch() == epoch && phase == Phase.ATTACHED ->
                    intake.answered(n);
            case Notice.ServiceAnswered n when n.epoch() == epoch && phase == Phase.ATTACHED ->
                    intake.answered(n);
            case Notice.VersionAnswered n when n.epoch() == epoch && phase == Phase.ATTACHED ->
                    intake.answered(n);
            case Notice.HostAnswered n -> intake.answered(n);
            case Notice.HostRetry n -> intake.retry(n);
            case Notice.Pump _ -> intake.pump();
            case Notice.Opened _,
                    Notice.Received _,
                    Notice.Ended _,
                    Notice.FirstEventLate _,
                    Notice.Reattach _,
                    Notice.ListingAnswered _,
                    Notice.ServiceAnswered _,
                    Notice.VersionAnswered _ ->
                    LOG.trace("late notice of an earlier connection: {}", command);
        }
        return this;
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) {
        if (signal instanceof PostStop) {
            disconnect();
            counters.attached(false);
        }
        return this;
    }

    private void obey(SourceCommand wish) {
        switch (wish) {
            // While detached these two are void: the next attach lists everything.
            case SourceCommand.Reread(var service) when phase == Phase.ATTACHED ->
                    intake.reread(service);
            case SourceCommand.ListAll _ when phase == Phase.ATTACHED ->
                    intake.listAfter(Duration.ZERO);
            case SourceCommand.ReadVersion(var service, var version) ->
                    intake.readVersion(service, version);
            case SourceCommand.Reread _, SourceCommand.ListAll _ ->
                    LOG.trace("detached, will list anyway: {}", wish);
        }
    }

    private void connect() {
        int connecting = ++epoch;
        phase = Phase.CONNECTING;
        hadEvent = false;
        counters.connecting();
        ActorRef<Command> self = context.getSelf();
        FrameReader frames = new FrameReader(settings.eventMaxSize());
        URI base = settings.urls().get(url % settings.urls().size());
        Pair<UniqueKillSwitch, CompletionStage<Done>> running =
                http.events(base)
                        .viaMat(KillSwitches.single(), Keep.right())
                        .toMat(
                                Sink.foreach(part -> handOver(part, frames, connecting, self)),
                                Keep.both())
                        .run(context.getSystem());
        connection = Optional.of(running.first());
        running.second()
                .whenComplete(
                        (_, failure) ->
                                self.tell(
                                        new Notice.Ended(
                                                connecting,
                                                failure == null ? "" : cause(failure))));
    }

    /** Runs on the stream's thread. */
    private void handOver(
            StreamPart part, FrameReader frames, int connecting, ActorRef<Command> self) {
        switch (part) {
            case StreamPart.Opened stream -> self.tell(new Notice.Opened(connecting, stream));
            case StreamPart.Bytes(byte[] bytes) -> {
                counters.bytes(bytes.length, clock.instant());
                List<MarathonEvent> events =
                        frames.read(bytes).stream().map(EventReader::read).toList();
                if (!events.isEmpty()) {
                    self.tell(new Notice.Received(connecting, events));
                }
            }
            case StreamPart.Redirected _,
                    StreamPart.Ended _ -> {} // followed and consumed by MarathonHttp
        }
    }

    private String cause(Throwable failure) {
        return failure instanceof TimeoutException
                ? "no byte for " + settings.readTimeout().toMillis() / 1000.0 + " s"
                : MarathonReads.cause(failure);
    }

    private void opened(StreamPart.Opened stream) {
        opened = Optional.of(stream);
        phase = Phase.OPENED;
        timers.startSingleTimer(
                "first-event", new Notice.FirstEventLate(epoch), settings.firstEventTimeout());
    }

    private void received(List<MarathonEvent> events) {
        boolean proof = !hadEvent;
        hadEvent = true;
        if (phase == Phase.OPENED) {
            attached();
        } else if (proof) {
            intake.listAfter(Duration.ZERO); // listed before it was sure that events come; see
            // FirstEventLate
        }
        intake.accept(events);
    }

    private void attached() {
        StreamPart.Opened stream = opened.orElseThrow();
        phase = Phase.ATTACHED;
        attempts.attached();
        timers.cancel("first-event");
        counters.attached(true);
        String leader = stream.leader().isEmpty() ? stream.base().getAuthority() : stream.leader();
        LOG.info("attached to Marathon: url={} leader={}", stream.base(), leader);
        sink.tell(new SourceSignal.Attached(leader));
        intake.attached(stream, epoch);
    }

    private void lost(String said) {
        String cause =
                !said.isEmpty()
                        ? said
                        : hadEvent
                                ? "the stream ended"
                                : "the stream ended before its first event; is the leader ready?";
        disconnect();
        epoch++;
        phase = Phase.WAITING;
        timers.cancel("first-event");
        intake.detached();
        counters.attached(false);
        counters.streamFailed();
        url++;
        Attempts.Failure failure = attempts.failed(cause);
        sink.tell(new SourceSignal.Detached(cause, failure.attempt()));
        timers.startSingleTimer("connect", new Notice.Connect(), failure.delay());
    }

    private void disconnect() {
        connection.ifPresent(UniqueKillSwitch::shutdown);
        connection = Optional.empty();
        opened = Optional.empty();
    }
}
