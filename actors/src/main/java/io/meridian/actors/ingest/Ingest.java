package io.meridian.actors.ingest;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.RecipientRef;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;

import io.meridian.actors.RemoteMessage;
import io.meridian.actors.mesos.MesosClusterEntity;
import io.meridian.actors.service.ServiceEntity;
import io.meridian.actors.service.ServiceEntity.Missing;
import io.meridian.actors.vip.VipPoolEntity;
import io.meridian.domain.mesos.ClusterClaim;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;

import org.slf4j.Logger;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Routes one source's claims to the entities: in order per service, one under way per service,
 * bounded in all, sent again until acknowledged. A cluster singleton per source. Knows no rule
 * about services but who must hear of what; {@link AbsenceTracker} says what absence proves, {@link
 * VipReservations} that names get addresses.
 */
public final class Ingest extends AbstractBehavior<Ingest.Command> {
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration ABSENCE_CHECK = Duration.ofSeconds(5);

    /** An answer that a service is not defined may be older than events of up to so long ago. */
    private static final Duration LONGEST_READ = Duration.ofSeconds(5);

    private final IngestSettings settings;
    private final Ports ports;
    private final InstantSource clock;
    private final TimerScheduler<Command> timers;
    private Optional<ActorRef<SourceCommand>> source = Optional.empty();
    private final VipReservations vips;
    private final Optional<ClusterClaims> cluster;
    private final AbsenceTracker absences;
    private final Logger log;

    private final Deliveries deliveries;
    private final MissingVersions versions = new MissingVersions();
    private final Map<ServiceId, Integer> liveTasks = new HashMap<>();
    private final Map<ServiceId, Observation.Listing> settled = new HashMap<>();
    private final Map<ServiceId, Instant> heardOf = new HashMap<>();
    private final Map<ServiceId, Instant> eventOf = new HashMap<>();
    private final SortedSet<ServiceId> doubtful = new TreeSet<>();
    private boolean refused;
    private int doubted; // services read alone because of the listing under way

    private boolean attached;
    private int attach;
    private boolean listingAsked;
    private String detail = "not yet attached";
    private Instant since;
    private Optional<Instant> lastListing = Optional.empty();
    private Optional<Round> round = Optional.empty();
    private final SortedMap<String, Long> journalled = new TreeMap<>();
    private boolean firstListingJournalled;
    private boolean firstListingDone;

    /** A complete listing whose claims are under way. */
    private record Round(Instant askedAt, Set<ServiceId> awaited) {}

    /**
     * What the ingest reaches.
     *
     * @param services entity of a service
     * @param pool the VIP pool
     * @param cluster takes claims about the cluster itself; empty if the source makes none
     * @param known all services that the journal has ever heard of, read once at start
     * @param source makes the source's behaviour, given where its signals go
     */
    public record Ports(
            Function<ServiceId, RecipientRef<ServiceEntity.Command>> services,
            RecipientRef<VipPoolEntity.Command> pool,
            Optional<RecipientRef<MesosClusterEntity.Command>> cluster,
            Supplier<CompletionStage<Set<ServiceId>>> known,
            Function<ActorRef<SourceSignal>, Behavior<SourceCommand>> source) {}

    /** What the ingest is told. */
    public sealed interface Command {}

    /** Asks for {@link IngestStatus}. */
    public record GetStatus(ActorRef<IngestStatus> replyTo) implements Command, RemoteMessage {}

    /** A message to itself. One of an incarnation before a restart means nothing to the next. */
    private sealed interface Own extends Command {
        Ingest of();
    }

    private record Signalled(Ingest of, SourceSignal signal) implements Own {}

    private record Known(Ingest of, Set<ServiceId> services) implements Own {}

    private record KnownFailed(Ingest of, Throwable cause) implements Own {}

    private record Acknowledged(Ingest of, Claim claim, ServiceEntity.Observed reply)
            implements Own {}

    private record Unacknowledged(Ingest of, ServiceId service, Throwable cause) implements Own {}

    private record StateRead(Ingest of, Deliveries.Read read, ServiceEntity.Current reply)
            implements Own {}

    private record StateUnread(Ingest of, Deliveries.Read read, Throwable cause) implements Own {}

    private record Vip(Ingest of, VipReservations.Outcome outcome) implements Own {}

    private record Cluster(Ingest of, ClusterClaims.Outcome outcome) implements Own {}

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
        this.vips =
                new VipReservations(
                        context,
                        ports.pool(),
                        settings.askTimeout(),
                        outcome -> new Vip(this, outcome));
        this.cluster =
                ports.cluster()
                        .map(
                                entity ->
                                        new ClusterClaims(
                                                context,
                                                entity,
                                                settings.askTimeout(),
                                                outcome -> new Cluster(this, outcome)));
        this.deliveries = new Deliveries(settings.maxInFlight());
        timers.startTimerWithFixedDelay(Tick.ABSENCES, ABSENCE_CHECK);
        readKnown();
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onSignal(
                        Terminated.class,
                        _ -> {
                            throw new IllegalStateException(
                                    "the source of " + settings.source() + " has stopped");
                        })
                .onAnyMessage(this::on)
                .build();
    }

    private Behavior<Command> on(Command command) {
        switch (command) {
            case Own own when own.of() != this ->
                    log.trace("message to an earlier incarnation: {}", own);
            case Own own -> onOwn(own);
            case Tick tick -> onTick(tick);
            case GetStatus get -> get.replyTo().tell(status());
        }
        return this;
    }

    private void onOwn(Own own) {
        switch (own) {
            case Signalled signalled -> onSignal(signalled.signal());
            case Known known -> onKnown(known.services());
            case KnownFailed failed -> {
                log.warn(
                        "cannot read the journal's services: {}; will try again in {} s",
                        failed.cause().toString(),
                        RETRY.toSeconds());
                timers.startSingleTimer(Tick.READ_KNOWN, RETRY);
            }
            case Acknowledged ack -> onAcknowledged(ack.claim(), ack.reply());
            case Unacknowledged failure -> onUnacknowledged(failure);
            case StateRead read -> onStateRead(read.read(), read.reply());
            case StateUnread unread -> {
                log.warn(
                        "cannot read the state of {}: {}; its absence proves nothing this time",
                        unread.read().service(),
                        unread.cause().toString());
                deliveries.readEnded();
                finished(unread.read().service(), unread.read().asked());
                dispatch();
            }
            case Vip vip -> {
                vips.onOutcome(vip.outcome());
                declareFirstListing();
            }
            case Cluster told -> {
                cluster.ifPresent(claims -> claims.onOutcome(told.outcome()));
                declareFirstListing();
            }
        }
    }

    private void onTick(Tick tick) {
        switch (tick) {
            case RETRY -> {
                deliveries.retry();
                vips.retry();
                cluster.ifPresent(ClusterClaims::retry);
                dispatch();
            }
            case ABSENCES -> {
                if (attached
                        && !listingAsked
                        && round.isEmpty()
                        && absences.wantsListing(clock.instant())) {
                    listingAsked = true;
                    ask(new SourceCommand.ListAll());
                }
                doubtful.forEach(service -> ask(new SourceCommand.Reread(service)));
                doubtful.clear();
            }
            case READ_KNOWN -> readKnown();
        }
    }

    private void onSignal(SourceSignal signal) {
        switch (signal) {
            case SourceSignal.Attached(String leader) -> {
                attached = true;
                attach++;
                listingAsked = false;
                detail = leader;
                since = clock.instant();
                log.info("attached to {}: leader={}", settings.source(), leader);
            }
            case SourceSignal.Detached(String cause, int attempt) -> onDetached(cause, attempt);
            case SourceSignal.Observed(Observation observation) -> observe(observation);
            case SourceSignal.ListedAll listing -> onListedAll(listing);
            case SourceSignal.ClusterObserved(ClusterClaim claim) ->
                    cluster.ifPresent(claims -> claims.add(claim));
            case SourceSignal.ListingFailed(String cause) -> {
                listingAsked = false;
                log.warn(
                        "no complete listing of {}: {}; last known good stays, will try again",
                        settings.source(),
                        cause);
            }
            case SourceSignal.NotDefined(ServiceId service) -> {
                Instant now = clock.instant();
                deliveries.add(
                        new Deliveries.Read(service, attach, now.minus(LONGEST_READ), now, false));
                dispatch();
            }
            case SourceSignal.EndHinted(ServiceId service, Optional<String> instance, String _) -> {
                settled.remove(service);
                instance.ifPresentOrElse(
                        one -> absences.instanceEnded(service, one, clock.instant()),
                        () -> absences.serviceEnded(service, clock.instant()));
                ask(new SourceCommand.Reread(service));
            }
            case SourceSignal.VersionRead read -> {
                versions.answered(read);
                read.observation().ifPresent(this::observe);
                ask(new SourceCommand.Reread(read.service()));
            }
        }
    }

    private void onDetached(String cause, int attempt) {
        if (attached || attempt == 1) {
            log.warn(
                    "detached from {}: {}; last known good stays, will attach again",
                    settings.source(),
                    cause);
        }
        if (attached) {
            since = clock.instant();
        }
        attached = false;
        listingAsked = false;
        detail = cause;
        absences.detached();
        versions.detached();
        doubtful.clear();
        round = Optional.empty();
    }

    private void observe(Observation observation) {
        Instant now = clock.instant();
        noteSignOfLife(observation, now);
        enqueue(observation, now);
        dispatch();
    }

    /** What is heard of a service or task while it is missing. */
    private void noteSignOfLife(Observation observation, Instant now) {
        ServiceId service = observation.service();
        switch (observation) {
            case Observation.Defined _ -> {
                heardOf.put(service, now);
                eventOf.put(service, now);
                absences.defined(service);
            }
            case Observation.TaskSeen seen -> {
                boolean staying = seen.sighting().phase().compareTo(TaskPhase.RUNNING) <= 0;
                if (staying) {
                    heardOf.put(service, now);
                    eventOf.put(service, now);
                }
                if (seen.sighting().phase() != TaskPhase.GONE) {
                    absences.alive(
                            service, seen.sighting().task(), seen.sighting().instance(), staying);
                }
            }
            case Observation.HealthSeen seen -> {
                if (seen.health() != Health.UNKNOWN) {
                    absences.judged(service, seen.instance());
                }
            }
            case Observation.MesosTaskSeen seen when seen.owned() -> {
                MesosTask task = seen.task();
                boolean staying = task.phase().compareTo(TaskPhase.RUNNING) <= 0;
                if (staying) {
                    heardOf.put(service, now);
                    eventOf.put(service, now);
                }
                if (task.phase() != TaskPhase.GONE) {
                    absences.alive(service, task.id(), task.id().value(), staying);
                }
            }
            case Observation.MesosTaskSeen _ -> {} // its owner's ingest knows
            case Observation.Listing _ -> heardOf.put(service, now);
            case Observation.Absent _ -> {} // our own
        }
    }

    private void onListedAll(SourceSignal.ListedAll listing) {
        Instant now = clock.instant();
        Instant asked = listing.askedAt();
        listingAsked = false;
        Set<ServiceId> awaited = new HashSet<>();
        Set<ServiceId> absent = new TreeSet<>(liveTasks.keySet());
        for (Observation.Listing one : listing.services()) {
            absent.remove(one.service());
            if (one.current()
                    && one.equals(settled.get(one.service()))
                    && deliveries.isIdle(one.service())) {
                absences.listed(one.service(), new TreeMap<>(), Set.of(), asked, now);
                continue;
            }
            awaited.add(one.service());
            enqueue(one, asked);
            dispatch(); // the first entities are at work while the last claims are made ready
        }
        awaited.addAll(absent);
        doubted = 0;
        lastListing = Optional.of(asked);
        round = Optional.of(new Round(asked, awaited));
        absent.forEach(
                service -> deliveries.add(new Deliveries.Read(service, attach, asked, now, true)));
        giveUpStuck();
        dispatch();
        finishRound();
    }

    private void enqueue(Observation observation, Instant asked) {
        Observation claim = observation;
        ServiceId service = observation.service();
        settled.remove(service);
        if (observation instanceof Observation.Listed listed && versions.fallback(service)) {
            claim =
                    new Observation.Listed(
                            service, listed.definition(), listed.tasks(), listed.current(), true);
        }
        vips.want(claim);
        if (settings.owned().test(service)) {
            liveTasks.putIfAbsent(service, 0);
        }
        deliveries.add(service, new Claim(claim, attach, asked, clock.instant()));
    }

    private void dispatch() {
        for (Optional<Deliveries.Delivery> next = deliveries.next();
                next.isPresent();
                next = deliveries.next()) {
            switch (next.get()) {
                case Deliveries.Tell(ServiceId service, Claim claim) -> send(service, claim);
                case Deliveries.Read read -> readState(read);
            }
        }
    }

    private void send(ServiceId service, Claim claim) {
        getContext()
                .ask(
                        ServiceEntity.Observed.class,
                        ports.services().apply(service),
                        settings.askTimeout(),
                        replyTo -> new ServiceEntity.Observe(claim.observation(), replyTo),
                        (reply, failure) ->
                                reply != null
                                        ? new Acknowledged(this, claim, reply)
                                        : new Unacknowledged(this, service, failure));
    }

    private void onAcknowledged(Claim claim, ServiceEntity.Observed reply) {
        ServiceId service = reply.service();
        deliveries.done(service);
        if (refused) {
            refused = false;
            log.info("claims are acknowledged again");
        }
        if (settings.owned().test(service)) {
            liveTasks.put(service, reply.live());
        }
        if (claim.observation() instanceof Observation.Listing listed) {
            onListingJournalled(claim, listed, reply);
        } else if (!reply.uncovered().isEmpty()) {
            ask(new SourceCommand.Reread(service));
        }
        end(absences.told());
        dispatch();
    }

    private void onListingJournalled(
            Claim claim, Observation.Listing listed, ServiceEntity.Observed reply) {
        ServiceId service = reply.service();
        if (!firstListingJournalled) {
            journalled.put(ServiceEntity.persistenceId(service).id(), reply.sequenceNumber());
        }
        if (attached && claim.attach() == attach) {
            if (listed.current()) {
                if (!reply.missing().isEmpty()
                        && round.filter(one -> one.askedAt().equals(claim.asked())).isPresent()) {
                    doubt(service);
                }
                absences.listed(
                        service, reply.missing(), staying(listed), claim.asked(), claim.received());
            } else {
                absences.listedInPart(service, reply.missing());
            }
        }
        versions.uncovered(service, reply.uncovered());
        reply.uncovered().forEach(version -> ask(new SourceCommand.ReadVersion(service, version)));
        if (reply.uncovered().isEmpty()
                && reply.missing().isEmpty()
                && deliveries.isIdle(service)) {
            settled.put(service, listed);
        }
        finished(service, claim.asked());
    }

    /**
     * A complete listing lacks tasks: a read of the service alone may show that it is not whole.
     */
    private void doubt(ServiceId service) {
        if (doubted < AbsenceTracker.DOUBTED_SERVICES) {
            doubted++;
            ask(new SourceCommand.Reread(service));
        }
    }

    private static Set<String> staying(Observation.Listing listing) {
        return switch (listing) {
            case Observation.Listed listed ->
                    listed.tasks().stream()
                            .filter(task -> task.phase().compareTo(TaskPhase.RUNNING) <= 0)
                            .map(TaskSighting::instance)
                            .collect(Collectors.toSet());
            case Observation.MesosListed listed ->
                    listed.tasks().stream()
                            .filter(task -> task.phase().compareTo(TaskPhase.RUNNING) <= 0)
                            .map(task -> task.id().value())
                            .collect(Collectors.toSet());
        };
    }

    private void onUnacknowledged(Unacknowledged failure) {
        deliveries.failed(failure.service());
        if (!refused) {
            log.warn(
                    "claims are not acknowledged, first one about {}: {}; each will be sent again"
                            + " every {} s until it is",
                    failure.service(),
                    failure.cause().toString(),
                    RETRY.toSeconds());
        }
        refused = true;
        if (!timers.isTimerActive(Tick.RETRY)) {
            timers.startSingleTimer(Tick.RETRY, RETRY);
        }
        giveUpStuck();
        finishRound();
        dispatch();
    }

    /** One entity that can't be reached must not keep the others' listing from being complete. */
    private void giveUpStuck() {
        round.ifPresent(
                one -> {
                    for (ServiceId service : deliveries.stuck()) {
                        if (one.awaited().remove(service)) {
                            log.warn(
                                    "{} does not acknowledge though others do; the listing goes on"
                                            + " without it",
                                    service);
                        }
                    }
                });
    }

    private void readState(Deliveries.Read read) {
        getContext()
                .ask(
                        ServiceEntity.Current.class,
                        ports.services().apply(read.service()),
                        settings.askTimeout(),
                        ServiceEntity.Get::new,
                        (reply, failure) ->
                                reply != null
                                        ? new StateRead(this, read, reply)
                                        : new StateUnread(this, read, failure));
    }

    private void onStateRead(Deliveries.Read read, ServiceEntity.Current reply) {
        ServiceId service = read.service();
        deliveries.readEnded();
        if (!reply.service().exists()) {
            if (deliveries.isIdle(service)) {
                liveTasks.remove(service);
                heardOf.remove(service);
                eventOf.remove(service);
                absences.unknown(service);
            }
        } else if (attached && read.attach() == attach) {
            SortedMap<TaskId, Missing> live = new TreeMap<>();
            reply.service().live().forEach((task, one) -> live.put(task, Missing.of(one)));
            liveTasks.put(service, live.size());
            Instant sign = (read.listing() ? heardOf : eventOf).getOrDefault(service, Instant.MIN);
            if (sign.isBefore(read.asked())) {
                if (read.listing() && !live.isEmpty()) {
                    doubt(service);
                }
                absences.notListed(
                        service,
                        live,
                        read.listing() ? read.asked() : read.received(),
                        read.received());
            } else if (!read.listing()) {
                doubtful.add(service); // it may have been made again just now
            }
        }
        finished(service, read.asked());
        end(absences.told());
        dispatch();
    }

    /** A service's part of a listing is done; one asked for later does for the round as well. */
    private void finished(ServiceId service, Instant asked) {
        if (round.isPresent() && !asked.isBefore(round.get().askedAt())) {
            round.get().awaited().remove(service);
            finishRound();
        }
    }

    private void finishRound() {
        if (round.isPresent() && round.get().awaited().isEmpty()) {
            round = Optional.empty();
            absences.completeListing();
            end(absences.proven(live()));
            if (!firstListingJournalled) {
                firstListingJournalled = true;
                log.info(
                        "first complete listing of {} is journalled: {} services, {} live tasks",
                        settings.source(),
                        liveTasks.size(),
                        live());
            }
            declareFirstListing();
        }
    }

    private void declareFirstListing() {
        if (firstListingJournalled
                && !firstListingDone
                && vips.isSettled()
                && cluster.filter(claims -> !claims.isListed()).isEmpty()) {
            firstListingDone = true;
            journalled.put(VipPoolEntity.logKey().id(), vips.sequenceNumber());
            cluster.ifPresent(
                    claims ->
                            journalled.put(
                                    MesosClusterEntity.logKey().id(), claims.sequenceNumber()));
        }
    }

    /** Ends what is proven to have ended. */
    private void end(SortedMap<ServiceId, AbsenceTracker.Proof> proofs) {
        proofs.forEach(
                (service, proof) -> {
                    log.info(
                            "ended by absence: service={} tasks={} removed={}",
                            service,
                            proof.tasks(),
                            proof.removed());
                    enqueue(
                            new Observation.Absent(
                                    service,
                                    proof.tasks(),
                                    proof.removed(),
                                    "good listings lack it"),
                            clock.instant());
                });
        if (!proofs.isEmpty()) {
            dispatch();
        }
    }

    private int live() {
        return liveTasks.values().stream().mapToInt(Integer::intValue).sum();
    }

    private void readKnown() {
        getContext()
                .pipeToSelf(
                        ports.known().get(),
                        (services, failure) ->
                                services != null
                                        ? new Known(this, services)
                                        : new KnownFailed(this, failure));
    }

    /**
     * Only now does the source start: a listing means little without what it may lack. Should it
     * stop, so does the ingest, and its supervisor starts both anew.
     */
    private void onKnown(Set<ServiceId> services) {
        ActorRef<SourceSignal> signals =
                getContext()
                        .messageAdapter(SourceSignal.class, signal -> new Signalled(this, signal));
        ActorRef<SourceCommand> started =
                getContext().spawn(ports.source().apply(signals), "source");
        getContext().watch(started);
        source = Optional.of(started);
        for (ServiceId service : services) {
            if (settings.owned().test(service)) {
                liveTasks.putIfAbsent(service, 0);
            }
        }
    }

    private void ask(SourceCommand command) {
        source.ifPresent(one -> one.tell(command));
    }

    private IngestStatus status() {
        return new IngestStatus(
                settings.source(),
                attached,
                detail,
                since,
                lastListing,
                liveTasks.size(),
                live(),
                deliveries.queued() + cluster.map(ClusterClaims::queued).orElse(0),
                deliveries.inFlight(),
                absences.waitingTasks(),
                vips.refusals(),
                deliveries.stuck().stream().map(ServiceId::toString).toList(),
                firstListingDone ? Optional.of(new TreeMap<>(journalled)) : Optional.empty());
    }
}
