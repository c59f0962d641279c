package io.meridian.sources.mesos;

import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.text.Repeats;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.http.Reconnector;
import io.meridian.sources.http.Server;
import io.meridian.sources.http.StreamEvent;
import io.meridian.sources.mesos.MasterQuestions.Question;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Everything that a Mesos source decides: which master to follow, whether to poll it, what to ask
 * it and what to signal. Pure: {@link #on} gets a message and the time and returns effects. Used by
 * one thread.
 *
 * <p>Signals follow each event. {@link SourceSignal.ListedAll} is emitted only when the state is
 * complete ({@link MesosPhase#COMPLETE}). Laws: {@code MesosProcessorLawTest}.
 */
final class MesosProcessor {
    /** Missing heartbeats after which a stream counts as dead (specs: marathon-mesos-api 5.2). */
    private static final int MISSED_HEARTBEATS = 3;

    /** Delay of the read of schedulers after a framework event: several come together. */
    private static final Duration SCHEDULERS_DELAY = Duration.ofSeconds(1);

    private final MesosSettings settings;
    private final Reconnector reconnector;
    private final HostCache hosts;
    private final MesosFold fold;
    private final MasterList masters;
    private final List<MesosEffect> effects = new ArrayList<>();
    private final MasterQuestions questions = new MasterQuestions(effects::add);
    private final Repeats repeats = new Repeats();
    private Connection connection = Connection.NONE;
    private boolean polling;
    private Optional<Server> leader = Optional.empty();
    private MesosPhase lastPhase = MesosPhase.DETACHED;
    private Optional<Instant> pollAt = Optional.empty();
    private Instant listAt;

    private enum Connection {
        /** Between attempts. */
        NONE,
        /** No state of the master has been read. */
        CONNECTING,
        ATTACHED
    }

    /** The first connection is due at {@code now}. */
    MesosProcessor(MesosSettings settings, RandomGenerator random, Instant now) {
        this.settings = settings;
        reconnector = new Reconnector(settings.connection().reconnect(), random, now);
        hosts = new HostCache(settings.agents());
        fold = new MesosFold(settings.fold(), hosts, this::emit);
        masters = new MasterList(settings);
        listAt = now.plus(settings.listingInterval());
    }

    /**
     * @param now not before the time of any earlier call
     * @return effects to execute in order
     */
    List<MesosEffect> on(MesosSource.Command command, Instant now) {
        if (!isStale(command)) {
            handle(command, now);
        }
        runDue(now);
        if (fold.phase() != lastPhase) {
            lastPhase = fold.phase();
            inform("Mesos source: phase=" + lastPhase + " " + fold.known());
        }
        List<MesosEffect> result = List.copyOf(effects);
        effects.clear();
        return result;
    }

    /** When {@link MesosMessage.Wake} is due. */
    Instant nextDue() {
        Optional<Instant> connectAt =
                masters.candidate().isPresent() ? reconnector.connectAt() : Optional.empty();
        return Stream.of(connectAt, pollAt, questions.nextDue(), fold.nextDue(), hosts.nextDue())
                .flatMap(Optional::stream)
                .min(Instant::compareTo)
                .filter(due -> due.isBefore(listAt))
                .orElse(listAt);
    }

    MesosPhase phase() {
        return fold.phase();
    }

    boolean isPolling() {
        return polling;
    }

    MesosCounters.Known known() {
        return fold.known();
    }

    private boolean isStale(MesosSource.Command command) {
        return command instanceof MesosMessage.OfConnection message
                && message.epoch() != reconnector.epoch();
    }

    private void handle(MesosSource.Command command, Instant now) {
        switch (command) {
            case MesosSource.Do(SourceCommand request) -> onRequest(request, now);
            case MesosMessage.Streamed(_, var event) -> onStream(event, now);
            case MesosMessage.Polled(_, StateDocument state) -> onPolled(state, now);
            case MesosMessage.PollFailed(_, String cause) -> failed(cause, now);
            case MesosMessage.LeaderNamed(_, String pid) -> {
                questions.answered(Question.LEADER);
                onLeader(pid);
            }
            case MesosMessage.SchedulersRead(_, var pids) -> {
                questions.answered(Question.SCHEDULERS);
                pids.ifPresent(fold::pids);
            }
            case MesosMessage.AgentsRead(_, var ids, long heard) -> {
                questions.answered(Question.AGENTS);
                ids.ifPresent(named -> onAgents(named, heard));
            }
            case MesosMessage.Unanswered(_, var question, String cause) ->
                    questions.unanswered(question, cause, leader.orElseThrow(), now);
            case MesosMessage.MastersRegistered(var pids) -> onRegistered(pids, now);
            case MesosMessage.HostResolved(String host, var addresses) -> {
                if (hosts.resolved(host, addresses, now)) {
                    fold.resolved();
                    emitMasters();
                }
            }
            case MesosMessage.Wake _ -> {} // on() runs what is due
        }
    }

    private void runDue(Instant now) {
        fold.tick(now);
        if (reconnector.isDue(now)) {
            masters.candidate().ifPresent(this::connect);
        }
        if (pollAt.isPresent() && !now.isBefore(pollAt.get())) {
            pollAt = Optional.empty();
            effects.add(new MesosEffect.Poll(reconnector.epoch(), leader.orElseThrow()));
        }
        if (!now.isBefore(listAt)) {
            listAt = now.plus(settings.listingInterval());
            if (fold.list(now) && !polling) {
                questions.want(Question.AGENTS, now);
            }
        }
        if (connection == Connection.ATTACHED) {
            questions.runDue(reconnector.epoch(), leader.orElseThrow(), fold.heard(), now);
        }
        hosts.takeWanted(now).forEach(host -> effects.add(new MesosEffect.LookUp(host)));
    }

    private void onRequest(SourceCommand request, Instant now) {
        switch (request) {
            case SourceCommand.Reread(var service) -> fold.emitAgain(service);
            // An incomplete state gives no listing; the fold emits one once the state is complete.
            case SourceCommand.ListAll _ -> fold.list(now);
            case SourceCommand.ReadVersion _ -> {} // Mesos tasks carry no versions
        }
    }

    private void connect(URI base) {
        connection = Connection.CONNECTING;
        polling = false;
        effects.add(new MesosEffect.Connect(base, reconnector.begin()));
    }

    private void onStream(StreamEvent<MesosEvent> event, Instant now) {
        switch (event) {
            case StreamEvent.Opened<MesosEvent>(Server server) -> leader = Optional.of(server);
            case StreamEvent.Unsupported<MesosEvent>(Server server, int status) -> {
                if (reconnector.hasNoFailures()) {
                    inform(server.base() + " has no event stream: status=" + status + "; polling");
                }
                leader = Optional.of(server);
                polling = true;
                pollAt = Optional.of(now);
            }
            case StreamEvent.Received<MesosEvent>(var events) -> onEvents(events, now);
            case StreamEvent.Ended<MesosEvent>(String cause) -> {
                if (!polling) {
                    failed(cause.isEmpty() ? regularEnd() : cause, now);
                }
            }
        }
    }

    private String regularEnd() {
        return connection == Connection.ATTACHED
                ? "the stream ended"
                : "the stream ended before its first record";
    }

    /** Events after one that breaks the stream off are void. */
    private void onEvents(List<MesosEvent> events, Instant now) {
        for (MesosEvent event : events) {
            Optional<String> broken = onEvent(event, now);
            if (broken.isPresent()) {
                failed(broken.get(), now);
                return;
            }
        }
    }

    /**
     * @return the cause to end the stream; empty to continue
     */
    private Optional<String> onEvent(MesosEvent event, Instant now) {
        return switch (event) {
            case MesosEvent.Subscribed subscribed -> {
                onSubscribed(subscribed, now);
                yield Optional.empty();
            }
            case MesosEvent.Heartbeat _ -> Optional.empty();
            case MesosEvent.Unreadable(String type, String why) -> {
                warn("event " + type, "cannot read event: type=" + type + ": " + why);
                yield ifNotAttached("unreadable: " + why);
            }
            case MesosEvent.TaskAdded _,
                    MesosEvent.TaskUpdated _,
                    MesosEvent.FrameworkKnown _,
                    MesosEvent.FrameworkRemoved _,
                    MesosEvent.AgentAdded _,
                    MesosEvent.AgentRemoved _,
                    MesosEvent.Unknown _ -> {
                Optional<String> broken = ifNotAttached("the stream began with " + event.type());
                if (broken.isEmpty()) {
                    onChange(event, now);
                }
                yield broken;
            }
        };
    }

    private Optional<String> ifNotAttached(String cause) {
        return connection == Connection.ATTACHED ? Optional.empty() : Optional.of(cause);
    }

    private void onSubscribed(MesosEvent.Subscribed subscribed, Instant now) {
        if (subscribed.heartbeatSeconds() > 0) {
            long millis = (long) (1000 * MISSED_HEARTBEATS * subscribed.heartbeatSeconds());
            effects.add(new MesosEffect.AllowSilence(Duration.ofMillis(millis)));
        }
        attached(now);
        fold.event(subscribed, now);
        warnOf(subscribed.state());
        questions.want(Question.LEADER, now);
        questions.want(Question.SCHEDULERS, now);
    }

    private void warnOf(StateDocument state) {
        if (state.unreadable() == 0) {
            repeats.over("state");
        } else {
            warn(
                    "state",
                    "cannot read parts of the state: entries="
                            + state.unreadable()
                            + ": "
                            + state.exceptions().sentences());
        }
    }

    private void onChange(MesosEvent event, Instant now) {
        fold.event(event, now);
        if (event instanceof MesosEvent.FrameworkKnown) {
            questions.want(Question.SCHEDULERS, now.plus(SCHEDULERS_DELAY));
        }
    }

    private void attached(Instant now) {
        reconnector.attached(now);
        if (connection != Connection.ATTACHED) {
            connection = Connection.ATTACHED;
            URI base = leader.orElseThrow().base();
            repeats.over("connection");
            inform("attached to Mesos: leader=" + base + (polling ? " polling" : ""));
            emit(new SourceSignal.Attached(base.getAuthority()));
        }
    }

    private void onPolled(StateDocument state, Instant now) {
        attached(now);
        fold.snapshot(state, now);
        warnOf(state);
        if (state.leader().isEmpty()) {
            questions.want(Question.LEADER, now);
            questions.want(Question.SCHEDULERS, now);
        } else {
            onLeader(state.leader());
        }
        pollAt = Optional.of(now.plus(settings.polling().interval()));
    }

    private void onAgents(Set<String> named, long heard) {
        if (!fold.agents(named, heard)) {
            warn(
                    "agents",
                    "cannot use answer to GET_AGENTS: master="
                            + leader.orElseThrow().base()
                            + " agents="
                            + named.size()
                            + ": it lacks agents that run tasks; answer ignored");
        }
    }

    /**
     * @param pid process id of the master; if empty, its base URL names the master, unless the URL
     *     has a path and so is a proxy's
     */
    private void onLeader(String pid) {
        URI base = leader.orElseThrow().base();
        boolean isProxy = base.getPort() < 0 || base.getPath() != null && !base.getPath().isEmpty();
        if (!pid.isEmpty()) {
            masters.leads(pid);
        } else if (!isProxy) {
            masters.leads("master@" + base.getAuthority());
        }
        emitMasters();
    }

    private void emitMasters() {
        Optional<ClusterClaim.Masters> changed = masters.changed(hosts);
        changed.ifPresent(
                claim -> {
                    inform("masters: leader=" + claim.leader() + " all=" + claim.masters());
                    emit(new SourceSignal.ClusterObserved(claim));
                });
    }

    private void onRegistered(List<String> pids, Instant now) {
        boolean leaderChanged = masters.registered(pids);
        effects.add(new MesosEffect.TrustMasters(masters.found()));
        emitMasters();
        if (!leaderChanged) {
            return;
        }
        if (connection != Connection.NONE) {
            lost("ZooKeeper names another leader: " + pids.getFirst(), now);
        }
        reconnector.connectNow(now);
    }

    private void failed(String cause, Instant now) {
        masters.rotate();
        lost(cause, now);
    }

    private void lost(String cause, Instant now) {
        if (!polling) {
            effects.add(new MesosEffect.Disconnect());
        }
        connection = Connection.NONE;
        pollAt = Optional.empty();
        questions.clear();
        fold.detached();
        Reconnector.Failure failure = reconnector.failed(now);
        warn("connection", failure.describe("Mesos", cause));
        emit(new SourceSignal.Detached(cause, failure.attempt()));
    }

    private void emit(SourceSignal signal) {
        effects.add(new MesosEffect.Emit(signal));
    }

    private void warn(String subject, String line) {
        repeats.line(subject, line).map(MesosEffect.Warn::new).ifPresent(effects::add);
    }

    private void inform(String message) {
        effects.add(new MesosEffect.Inform(message));
    }
}
