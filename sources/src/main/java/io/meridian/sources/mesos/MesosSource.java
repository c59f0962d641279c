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
import io.meridian.sources.http.Attempts;
import io.meridian.sources.http.Backoff;
import io.meridian.sources.http.BadSettingException;
import io.meridian.sources.http.HostLookup;
import io.meridian.sources.http.RedirectPolicy;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;

/**
 * The masters of one Mesos: subscribes to the leader's events and stays subscribed, or polls a
 * leader that has none; see {@link SourceSignal} for what it tells. Signals that begin with a
 * snapshot come as it is read; {@link SourceSignal.ListedAll} comes only when what is known is all
 * there is ({@link MesosPhase#COMPLETE}).
 */
public final class MesosSource extends AbstractOnMessageBehavior<MesosSource.Command> {
    private static final Logger LOG = LoggerFactory.getLogger(MesosSource.class);

    /** How soon silence, barrier and names are noticed; their times are seconds. */
    private static final Duration TICK = Duration.ofMillis(200);

    /** Missing beats that make a stream dead (specs: marathon-mesos-api 5.2). */
    private static final int BEATS = 3;

    private static final Duration SCHEDULERS_AFTER = Duration.ofSeconds(1);

    private final ActorContext<Command> context;
    private final TimerScheduler<Command> timers;
    private final MesosSettings settings;
    private final ActorRef<SourceSignal> sink;
    private final MesosCounters counters;
    private final MesosReads reads;
    private final Subscription subscription;
    private final MesosFold fold;
    private final Hosts hosts;
    private final HostLookup lookup;
    private final MasterList masters;
    private final Optional<ZooKeeperMasters> zookeeper;
    private final Attempts attempts;
    private final InstantSource clock = SteadyClock.INSTANCE;

    /** Where requests may be sent; read from other threads. */
    private volatile RedirectPolicy redirects;

    private Optional<Leader> leader = Optional.empty();
    private MesosPhase phase = MesosPhase.DETACHED;
    private boolean connecting;
    private boolean attached;
    private boolean polling;
    private Duration silence;
    private int epoch;

    /** Who is followed, and whom we asked first. */
    private record Leader(URI base, URI from) {}

    /** What a source can be told. */
    public sealed interface Command permits Do, Notice {}

    /** A wish of the ingest. */
    public record Do(SourceCommand command) implements Command {}

    private MesosSource(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            MesosSettings settings,
            ActorRef<SourceSignal> sink,
            MesosCounters counters) {
        super(context);
        this.context = context;
        this.timers = timers;
        this.settings = settings;
        this.sink = sink;
        this.counters = counters;
        silence = settings.readTimeout();
        masters = new MasterList(settings);
        redirects = settings.redirects(List.of());
        hosts =
                new Hosts(
                        settings.agentTtl().toNanos(),
                        settings.agentFailedTtl().toNanos(),
                        System::nanoTime);
        lookup = HostLookup.system(settings.agentTimeout());
        fold = new MesosFold(settings.fold(), hosts, this::tell);
        attempts =
                new Attempts(
                        "Mesos",
                        new Backoff(settings.backoffMin(), settings.backoffMax()),
                        settings.backoffResetAfter(),
                        () -> ThreadLocalRandom.current().nextLong(),
                        LOG);
        MesosHttp http = new MesosHttp(context.getSystem(), settings, () -> redirects);
        reads =
                new MesosReads(
                        http,
                        () -> redirects,
                        context.getSystem().dispatchers().lookup(DispatcherSelector.blocking()));
        subscription =
                new Subscription(
                        context.getSystem(), http, settings, counters, clock, context.getSelf());
        ActorRef<Command> self = context.getSelf();
        zookeeper =
                settings.zookeeper()
                        .map(
                                address ->
                                        new ZooKeeperMasters(
                                                address,
                                                settings.connectTimeout(),
                                                found -> self.tell(new Notice.Registered(found))));
    }

    /**
     * A source that starts at once.
     *
     * @param settings with at least one URL, or ZooKeeper
     * @param sink gets every signal, in the order in which the source learned of it
     */
    public static Behavior<Command> create(MesosSettings settings, ActorRef<SourceSignal> sink) {
        return create(settings, sink, new MesosCounters());
    }

    /** The same with counters that the caller can read. */
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
        timers.startTimerWithFixedDelay("tick", new Notice.Tick(), TICK);
        timers.startTimerWithFixedDelay(
                "listing", new Notice.ListNow(), settings.listingInterval());
        context.getSelf().tell(new Notice.Connect());
        return this;
    }

    @Override
    public Behavior<Command> onMessage(Command command) {
        switch (command) {
            case Do(SourceCommand wish) -> obey(wish);
            case Notice.Connect _ -> connect();
            case Notice.Answered n when n.epoch() == epoch -> answered(n.answer());
            case Notice.Received n when n.epoch() == epoch -> received(n.messages());
            case Notice.Ended n when n.epoch() == epoch && !polling -> lost(ended(n.cause()));
            case Notice.Polled n when n.epoch() == epoch -> polled(n.state());
            case Notice.PollFailed n when n.epoch() == epoch -> {
                counters.pollFailed();
                lost(n.cause());
            }
            case Notice.Poll n when n.epoch() == epoch -> poll();
            case Notice.Leads n when n.epoch() == epoch -> leads(n.pid());
            case Notice.Schedulers n when n.epoch() == epoch -> n.pids().ifPresent(fold::pids);
            case Notice.AskSchedulers n when n.epoch() == epoch -> askSchedulers();
            case Notice.Agents n when n.epoch() == epoch -> agents(n.answer());
            case Notice.Registered(var pids) -> registered(pids);
            case Notice.HostAnswered n -> {
                if (hosts.answered(n.host(), n.addresses())) {
                    fold.resolved();
                    tellMasters();
                }
            }
            case Notice.ListNow _ -> {
                if (fold.list(clock.instant()) && !polling) {
                    askAgents();
                }
            }
            case Notice.Tick _ -> tick();
            case Notice.Answered _,
                    Notice.Received _,
                    Notice.Ended _,
                    Notice.Polled _,
                    Notice.PollFailed _,
                    Notice.Poll _,
                    Notice.Leads _,
                    Notice.Agents _,
                    Notice.AskSchedulers _,
                    Notice.Schedulers _ ->
                    LOG.trace("late notice of an earlier connection: {}", command);
        }
        return this;
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) {
        if (signal instanceof PostStop) {
            subscription.stop();
            zookeeper.ifPresent(ZooKeeperMasters::close);
            fold.detached();
            counters.now(fold.phase(), polling, fold.known());
        }
        return this;
    }

    private void obey(SourceCommand wish) {
        switch (wish) {
            case SourceCommand.Reread(var service) -> fold.tellAgain(service);
            // Before all is known this is void: then a listing comes by itself.
            case SourceCommand.ListAll _ -> fold.list(clock.instant());
            case SourceCommand.ReadVersion _ -> LOG.trace("Mesos knows no versions: {}", wish);
        }
    }

    private void connect() {
        epoch++;
        polling = false;
        attached = false;
        connecting = false;
        masters.candidate()
                .ifPresent(
                        url -> {
                            connecting = true;
                            silence = settings.readTimeout();
                            counters.connecting();
                            subscription.start(url, epoch);
                        });
    }

    private void answered(StreamPart answer) {
        switch (answer) {
            case StreamPart.Opened(var base, var from) ->
                    leader = Optional.of(new Leader(base, from));
            case StreamPart.Unsupported(var base, var from, var status) -> {
                if (attempts.fresh()) {
                    LOG.info("{} has no event stream ({}), polling", base, status);
                }
                leader = Optional.of(new Leader(base, from));
                polling = true;
                subscription.stop();
                poll();
            }
            default -> throw new IllegalStateException("no answer: " + answer);
        }
    }

    private void received(List<MesosMessage> messages) {
        Instant now = clock.instant();
        for (MesosMessage message : messages) {
            counters.event(message, now);
            switch (message) {
                case MesosMessage.Subscribed subscribed -> {
                    counters.unreadable(subscribed.state().unreadable());
                    if (subscribed.heartbeatSeconds() > 0) {
                        silence =
                                Duration.ofMillis(
                                        (long) (1000 * BEATS * subscribed.heartbeatSeconds()));
                    }
                    attached();
                    fold.event(subscribed, now);
                    askLeader();
                    askSchedulers();
                }
                case MesosMessage.Heartbeat _ -> {} // any byte is a sign of life
                case MesosMessage.Unreadable unreadable -> {
                    LOG.warn("cannot read event: {}: {}", unreadable.type(), unreadable.why());
                    if (!attached) {
                        lost("unreadable: " + unreadable.why());
                        return;
                    }
                }
                default -> {
                    if (!attached) {
                        lost("the stream began with " + message.type());
                        return;
                    }
                    fold.event(message, now);
                    if (message instanceof MesosMessage.FrameworkKnown) {
                        timers.startSingleTimer(
                                "schedulers", new Notice.AskSchedulers(epoch), SCHEDULERS_AFTER);
                    }
                }
            }
        }
        phaseMayHaveChanged();
    }

    private void attached() {
        Leader followed = leader.orElseThrow();
        connecting = false;
        attempts.attached();
        if (!attached) {
            attached = true;
            LOG.info("attached to Mesos: leader={}{}", followed.base(), polling ? " polling" : "");
            sink.tell(new SourceSignal.Attached(followed.base().getAuthority()));
        }
    }

    private void poll() {
        send(reads.state(leader.orElseThrow().base()), Notice.Polled::new, Notice.PollFailed::new);
    }

    private void polled(MesosReads.Polled polled) {
        Instant now = clock.instant();
        counters.polled(now);
        counters.unreadable(polled.state().unreadable());
        attached();
        fold.snapshot(polled.state(), now);
        if (polled.state().leader().isEmpty()) {
            askLeader();
            askSchedulers();
        } else {
            leads(polled.state().leader());
        }
        timers.startSingleTimer("poll", new Notice.Poll(epoch), settings.pollInterval());
        phaseMayHaveChanged();
    }

    private void askLeader() {
        Leader followed = leader.orElseThrow();
        send(
                reads.leader(followed.base(), followed.from()),
                Notice.Leads::new,
                (asked, cause) -> {
                    LOG.info("cannot ask who leads: {}: {}", followed.base(), cause);
                    return new Notice.Leads(asked, "");
                });
    }

    private void askSchedulers() {
        Leader followed = leader.orElseThrow();
        send(
                reads.schedulers(followed.base(), followed.from()),
                Notice.Schedulers::new,
                (asked, cause) -> {
                    LOG.info("cannot read schedulers' pids: {}: {}", followed.base(), cause);
                    return new Notice.Schedulers(asked, Optional.empty());
                });
    }

    /** Agents without tasks may be lost without an event. */
    private void askAgents() {
        Leader followed = leader.orElseThrow();
        long heard = fold.heard();
        send(
                reads.agents(followed.base(), followed.from())
                        .thenApply(named -> named.map(ids -> new Notice.Named(ids, heard))),
                Notice.Agents::new,
                (asked, cause) -> {
                    LOG.info("cannot ask for agents: {}: {}", followed.base(), cause);
                    return new Notice.Agents(asked, Optional.empty());
                });
    }

    private void agents(Optional<Notice.Named> answer) {
        answer.filter(named -> !fold.agents(named.ids(), named.asked()))
                .ifPresent(
                        named ->
                                LOG.warn(
                                        "{} names {} agents, and not all on which it runs tasks:"
                                                + " no agent counts as lost by that",
                                        leader.orElseThrow().base(),
                                        named.ids().size()));
    }

    /** Its notice carries the epoch in which the question was asked. */
    private <T> void send(
            CompletionStage<T> answer,
            BiFunction<Integer, T, Notice> answered,
            BiFunction<Integer, String, Notice> failed) {
        int asked = epoch;
        ActorRef<Command> self = context.getSelf();
        answer.whenComplete(
                (value, failure) ->
                        self.tell(
                                failure == null
                                        ? answered.apply(asked, value)
                                        : failed.apply(asked, MesosReads.cause(failure))));
    }

    /**
     * @param pid empty if the master does not say: then it is where we found it, unless that is a
     *     proxy
     */
    private void leads(String pid) {
        URI base = leader.orElseThrow().base();
        boolean direct =
                base.getPort() >= 0 && (base.getPath() == null || base.getPath().isEmpty());
        if (!pid.isEmpty()) {
            masters.leads(pid);
        } else if (direct) {
            masters.leads("master@" + base.getAuthority());
        }
        tellMasters();
    }

    private void tellMasters() {
        masters.news(hosts)
                .ifPresent(
                        claim -> {
                            LOG.info("masters: leader={} all={}", claim.leader(), claim.masters());
                            sink.tell(new SourceSignal.ClusterObserved(claim));
                        });
    }

    private void registered(List<String> pids) {
        boolean changed = masters.registered(pids);
        redirects = settings.redirects(masters.found());
        tellMasters();
        if (!changed) {
            return;
        }
        if (attached || connecting) {
            lost("ZooKeeper names another leader: " + pids.getFirst());
        }
        timers.cancel("connect");
        connect();
    }

    private void tick() {
        Instant now = clock.instant();
        fold.tick(now);
        for (String host : hosts.takeWanted()) {
            ActorRef<Command> self = context.getSelf();
            lookup.lookUp(host)
                    .whenComplete(
                            (found, failure) ->
                                    self.tell(
                                            new Notice.HostAnswered(
                                                    host, failure == null ? found : List.of())));
        }
        boolean streaming = (attached || connecting) && !polling;
        if (streaming && subscription.silentFor() >= silence.toNanos()) {
            lost("no byte for " + silence.toMillis() / 1000.0 + " s");
        }
        phaseMayHaveChanged();
    }

    private void phaseMayHaveChanged() {
        MesosPhase now = fold.phase();
        if (now != phase) {
            phase = now;
            LOG.info("Mesos source: phase={} {}", now, fold.known());
        }
        counters.now(now, polling, fold.known());
    }

    private void tell(SourceSignal signal) {
        if (signal instanceof SourceSignal.ListedAll) {
            counters.listed(clock.instant());
        }
        sink.tell(signal);
    }

    private String ended(String cause) {
        if (!cause.isEmpty()) {
            return cause;
        }
        return attached ? "the stream ended" : "the stream ended before its first record";
    }

    private void lost(String cause) {
        epoch++;
        subscription.stop();
        timers.cancel("poll");
        fold.detached();
        attached = false;
        connecting = false;
        if (!polling) {
            counters.streamFailed();
        }
        masters.rotate();
        Attempts.Failure failure = attempts.failed(cause);
        phaseMayHaveChanged();
        sink.tell(new SourceSignal.Detached(cause, failure.attempt()));
        timers.startSingleTimer("connect", new Notice.Connect(), failure.delay());
    }
}
