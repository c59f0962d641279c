package io.meridian.actors.ingest;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;

import io.meridian.actors.RemoteMessage;
import io.meridian.actors.service.ServiceEntity;
import io.meridian.actors.service.ServiceEntity.Missing;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;

import org.slf4j.Logger;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Routes one source's claims to the entities: in order per service, one under way per service,
 * bounded in all, sent again until acknowledged. A cluster singleton per source. Knows no rule
 * about services but who must hear of what; {@link AbsenceTracker} says what absence proves, {@link
 * VipReservations} that names get addresses.
 */
public final class Ingest extends AbstractBehavior<Ingest.Command> {
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration ABSENCE_CHECK = Duration.ofSeconds(5);

    private final IngestSettings settings;
    private final Ports ports;
    private final InstantSource clock;
    private final TimerScheduler<Command> timers;
    private Optional<ActorRef<SourceCommand>> source = Optional.empty();
    private final VipReservations vips;
    private final AbsenceTracker absences;
    private final Logger log;

    private final Map<ServiceId, Inbox> inboxes = new HashMap<>();
    private final SequencedSet<ServiceId> ready = new LinkedHashSet<>();
    private final Map<ServiceId, Integer> liveTasks = new HashMap<>();
    private final Map<ServiceId, Observation.Listed> settled = new HashMap<>();
    private final Map<ServiceId, Set<Instant>> unavailable = new HashMap<>();
    private int inFlight;
    private boolean refused;

    private boolean attached;
    private String detail = "not yet attached";
    private Instant since;
    private Optional<Instant> lastListing = Optional.empty();
    private Optional<Round> round = Optional.empty();
    private final SortedMap<String, Long> journalled = new TreeMap<>();
    private boolean firstListingDone;

    /** A complete listing whose claims are under way. */
    private record Round(Instant askedAt, Set<ServiceId> awaited) {}

    /**
     * What the ingest reaches.
     *
     * @param services entity of a service
     * @param pool the VIP pool
     * @param known all services that the journal has ever heard of, read once at start
     * @param source makes the source's behaviour, given where its signals go
     */
    public record Ports(
            Function<ServiceId, RecipientRef<ServiceEntity.Command>> services,
            RecipientRef<io.meridian.actors.vip.VipPoolEntity.Command> pool,
            Supplier<CompletionStage<Set<ServiceId>>> known,
            Function<ActorRef<SourceSignal>, Behavior<SourceCommand>> source) {}

    /** What the ingest is told. */
    public sealed interface Command {}

    /** Asks for {@link IngestStatus}. */
    public record GetStatus(ActorRef<IngestStatus> replyTo) implements Command, RemoteMessage {}

    private record Signalled(SourceSignal signal) implements Command {}

    private record Known(Set<ServiceId> services) implements Command {}

    private record KnownFailed(Throwable cause) implements Command {}

    private record Acknowledged(Observation claim, ServiceEntity.Observed reply)
            implements Command {}

    private record Unacknowledged(ServiceId service, Throwable cause) implements Command {}

    private record StateRead(ServiceId service, Instant at, ServiceEntity.Current reply)
            implements Command {}

    private record StateUnread(ServiceId service, Instant at, Throwable cause) implements Command {}

    private record Vip(VipReservations.Outcome outcome) implements Command {}

    private enum Tick implements Command {
        RETRY,
        ABSENCES,
        READ_KNOWN
    }

    /** Tells the ingest to send again what was not acknowledged. */
    static Command retry() {
        return Tick.RETRY;
    }

    public static Behavior<Command> create(
            IngestSettings settings, Ports ports, InstantSource clock) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers -> new Ingest(context, timers, settings, ports, clock)));
    }

    private Ingest(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            IngestSettings settings,
            Ports ports,
            InstantSource clock) {
        super(context);
        this.settings = settings;
        this.ports = ports;
        this.clock = clock;
        this.timers = timers;
        this.log = context.getLog();
        this.since = clock.instant();
        this.absences = new AbsenceTracker(settings.absence());
        this.vips = new VipReservations(context, ports.pool(), settings.askTimeout(), Vip::new);
        timers.startTimerWithFixedDelay(Tick.ABSENCES, ABSENCE_CHECK);
        readKnown();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder().onAnyMessage(this::on).build();
    }

    private Behavior<Command> on(Command command) {
        switch (command) {
            case Signalled(SourceSignal signal) -> onSignal(signal);
            case Known(Set<ServiceId> services) -> onKnown(services);
            case KnownFailed(Throwable cause) -> {
                log.warn(
                        "cannot read the journal's services: {}; will try again in {} s",
                        cause,
                        RETRY.toSeconds());
                timers.startSingleTimer(Tick.READ_KNOWN, RETRY);
            }
            case Acknowledged ack -> onAcknowledged(ack);
            case Unacknowledged failure -> onUnacknowledged(failure);
            case StateRead read -> onStateRead(read);
            case StateUnread(ServiceId service, Instant at, Throwable cause) -> {
                log.warn(
                        "cannot read the state of {}: {}; its absence proves nothing this time",
                        service,
                        cause.toString());
                finished(service, at);
            }
            case Vip(VipReservations.Outcome outcome) -> vips.onOutcome(outcome);
            case Tick tick -> onTick(tick);
            case GetStatus get -> get.replyTo().tell(status());
        }
        return this;
    }

    private void onTick(Tick tick) {
        switch (tick) {
            case RETRY -> {
                inboxes.forEach(
                        (service, inbox) -> {
                            if (inbox.isReady()) {
                                ready.add(service);
                            }
                        });
                vips.retry();
                dispatch();
            }
            case ABSENCES -> {
                if (attached && round.isEmpty() && absences.wantsListing(clock.instant())) {
                    ask(new SourceCommand.ListAll());
                }
            }
            case READ_KNOWN -> readKnown();
        }
    }

    private void onSignal(SourceSignal signal) {
        switch (signal) {
            case SourceSignal.Attached(String leader) -> {
                attached = true;
                detail = leader;
                since = clock.instant();
                log.info("attached to {}: leader={}", settings.framework(), leader);
            }
            case SourceSignal.Detached(String cause, int attempt) -> onDetached(cause, attempt);
            case SourceSignal.Observed(Observation observation) -> observe(observation);
            case SourceSignal.ListedAll listing -> onListedAll(listing);
            case SourceSignal.ListingFailed(String cause) ->
                    log.warn(
                            "no complete listing of {}: {}; last known good stays, will try again",
                            settings.framework(),
                            cause);
            case SourceSignal.NotDefined(ServiceId service) -> readState(service, clock.instant());
            case SourceSignal.EndHinted(ServiceId service, Optional<String> instance, String _) -> {
                instance.ifPresentOrElse(
                        one -> absences.instanceEnded(service, one),
                        () -> absences.serviceEnded(service));
                ask(new SourceCommand.Reread(service));
            }
            case SourceSignal.VersionRead read -> {
                read.observation()
                        .ifPresentOrElse(
                                this::observe,
                                () ->
                                        unavailable
                                                .computeIfAbsent(
                                                        read.service(), _ -> new HashSet<>())
                                                .add(read.version()));
                ask(new SourceCommand.Reread(read.service()));
            }
        }
    }

    private void onDetached(String cause, int attempt) {
        if (attached || attempt == 1) {
            log.warn(
                    "detached from {}: {}; last known good stays, will attach again",
                    settings.framework(),
                    cause);
        }
        if (attached) {
            since = clock.instant();
        }
        attached = false;
        detail = cause;
        absences.detached();
        round = Optional.empty();
    }

    private void observe(Observation observation) {
        settled.remove(observation.service());
        enqueue(observation);
        dispatch();
    }

    private void onListedAll(SourceSignal.ListedAll listing) {
        Set<ServiceId> awaited = new HashSet<>();
        Set<ServiceId> absent = new TreeSet<>(liveTasks.keySet());
        for (Observation.Listed one : listing.services()) {
            absent.remove(one.service());
            Inbox inbox = inboxes.get(one.service());
            if (one.equals(settled.get(one.service())) && (inbox == null || inbox.isIdle())) {
                absences.listed(one.service(), new TreeMap<>(), clock.instant());
                continue;
            }
            awaited.add(one.service());
            enqueue(one);
        }
        awaited.addAll(absent);
        lastListing = Optional.of(listing.askedAt());
        round = Optional.of(new Round(listing.askedAt(), awaited));
        absent.forEach(service -> readState(service, listing.askedAt()));
        dispatch();
        finishRound();
    }

    private void enqueue(Observation observation) {
        Observation claim = observation;
        ServiceId service = observation.service();
        if (observation instanceof Observation.Listed listed && unavailable.containsKey(service)) {
            claim =
                    new Observation.Listed(
                            service, listed.definition(), listed.tasks(), listed.current(), true);
        }
        vips.want(claim);
        inboxes.computeIfAbsent(service, _ -> new Inbox()).add(claim);
        liveTasks.putIfAbsent(service, 0);
        ready.add(service);
    }

    private void dispatch() {
        while (inFlight < settings.maxInFlight() && !ready.isEmpty()) {
            ServiceId service = ready.removeFirst();
            inboxes.get(service).take().ifPresent(claim -> send(service, claim));
        }
    }

    private void send(ServiceId service, Observation claim) {
        inFlight++;
        getContext()
                .ask(
                        ServiceEntity.Observed.class,
                        ports.services().apply(service),
                        settings.askTimeout(),
                        replyTo -> new ServiceEntity.Observe(claim, replyTo),
                        (reply, failure) ->
                                reply != null
                                        ? new Acknowledged(claim, reply)
                                        : new Unacknowledged(service, failure));
    }

    private void onAcknowledged(Acknowledged ack) {
        ServiceEntity.Observed reply = ack.reply();
        ServiceId service = reply.service();
        release(service).done();
        if (refused) {
            refused = false;
            log.info("claims are acknowledged again");
        }
        liveTasks.put(service, reply.live());
        if (ack.claim() instanceof Observation.Listed listed) {
            if (!firstListingDone) {
                journalled.put(ServiceEntity.persistenceId(service).id(), reply.sequenceNumber());
            }
            absences.listed(service, reply.missing(), clock.instant());
            if (reply.uncovered().isEmpty()) {
                unavailable.remove(service);
                if (reply.missing().isEmpty()) {
                    settled.put(service, listed);
                }
            }
            for (Instant version : reply.uncovered()) {
                ask(new SourceCommand.ReadVersion(service, version));
            }
            if (!inboxes.get(service).holdsListing()) {
                round.ifPresent(one -> finished(service, one.askedAt()));
            }
        } else if (!reply.uncovered().isEmpty()) {
            ask(new SourceCommand.Reread(service));
        }
        if (inboxes.get(service).isReady()) {
            ready.add(service);
        } else if (inboxes.get(service).isIdle()) {
            inboxes.remove(service);
        }
        settle();
        dispatch();
    }

    private void onUnacknowledged(Unacknowledged failure) {
        release(failure.service()).failed();
        if (!refused) {
            log.warn(
                    "claims are not acknowledged, first one about {}: {}; each will be sent again"
                            + " every {} s until it is",
                    failure.service(),
                    failure.cause().toString(),
                    RETRY.toSeconds());
        }
        refused = true;
        timers.startSingleTimer(Tick.RETRY, RETRY);
    }

    private Inbox release(ServiceId service) {
        inFlight--;
        return Objects.requireNonNull(
                inboxes.get(service), "an inbox lives while a claim of it is under way");
    }

    private void readState(ServiceId service, Instant at) {
        getContext()
                .ask(
                        ServiceEntity.Current.class,
                        ports.services().apply(service),
                        settings.askTimeout(),
                        ServiceEntity.Get::new,
                        (reply, failure) ->
                                reply != null
                                        ? new StateRead(service, at, reply)
                                        : new StateUnread(service, at, failure));
    }

    private void onStateRead(StateRead read) {
        ServiceId service = read.service();
        SortedMap<TaskId, Missing> live = new TreeMap<>();
        read.reply()
                .service()
                .live()
                .forEach(
                        (task, instance) ->
                                live.put(
                                        task,
                                        new Missing(instance.instance(), instance.unreachable())));
        if (attached && read.reply().service().exists()) {
            liveTasks.put(service, live.size());
            absences.notListed(service, live, clock.instant());
        } else if (!read.reply().service().exists()) {
            liveTasks.remove(service);
        }
        finished(service, read.at());
        settle();
    }

    /** A service's part of the complete listing under way is done. */
    private void finished(ServiceId service, Instant at) {
        if (round.isPresent() && round.get().askedAt().equals(at)) {
            round.get().awaited().remove(service);
            finishRound();
        }
    }

    private void finishRound() {
        if (round.isPresent() && round.get().awaited().isEmpty()) {
            round = Optional.empty();
            absences.completeListing();
            if (!firstListingDone) {
                firstListingDone = true;
                log.info(
                        "first complete listing of {} is journalled: {} services, {} live tasks",
                        settings.framework(),
                        liveTasks.size(),
                        live());
            }
        }
    }

    /** Ends what is proven to have ended. */
    private void settle() {
        absences.proven(clock.instant(), live())
                .forEach(
                        (service, proof) -> {
                            log.info(
                                    "ended by absence: service={} tasks={} removed={}",
                                    service,
                                    proof.tasks(),
                                    proof.removed());
                            observe(
                                    new Observation.Absent(
                                            service,
                                            proof.tasks(),
                                            proof.removed(),
                                            "good listings lack it"));
                        });
    }

    private int live() {
        return liveTasks.values().stream().mapToInt(Integer::intValue).sum();
    }

    private void readKnown() {
        getContext()
                .pipeToSelf(
                        ports.known().get(),
                        (services, failure) ->
                                services != null ? new Known(services) : new KnownFailed(failure));
    }

    /** Only now does the source start: a listing means little without what it may lack. */
    private void onKnown(Set<ServiceId> services) {
        ActorRef<SourceSignal> signals =
                getContext().messageAdapter(SourceSignal.class, Signalled::new);
        source = Optional.of(getContext().spawn(ports.source().apply(signals), "source"));
        for (ServiceId service : services) {
            if (service.framework().equals(settings.framework())) {
                liveTasks.putIfAbsent(service, 0);
            }
        }
    }

    private void ask(SourceCommand command) {
        source.ifPresent(one -> one.tell(command));
    }

    private IngestStatus status() {
        return new IngestStatus(
                settings.framework(),
                attached,
                detail,
                since,
                lastListing,
                liveTasks.size(),
                live(),
                inboxes.values().stream().mapToInt(Inbox::size).sum(),
                inFlight,
                absences.waitingTasks(),
                vips.refusals(),
                firstListingDone && vips.isSettled()
                        ? Optional.of(new TreeMap<>(journalled))
                        : Optional.empty());
    }
}
