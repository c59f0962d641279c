package io.meridian.actors.ingest;

import io.meridian.domain.service.Health;
import io.meridian.domain.service.MissingInstance;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ObservationReport;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;

import org.slf4j.event.Level;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * State machine of one source's ingest: takes an {@link Input} at a time and returns the {@link
 * Effect}s to run. Deterministic: it reads no clock, sends and logs nothing itself. One thread at a
 * time may call it.
 *
 * <p>It contains no rule about services, only routing. {@link Deliveries} keeps the observations of
 * a service in order, {@link AbsenceTracker} decides which missing tasks have ended, {@link
 * ListingRound} knows when the entities have dealt with a complete listing, {@link MissingVersions}
 * which definitions are still to be read, {@link VipReservations} which VIPs need addresses.
 */
final class IngestCore {
    /** Time between a failure and the next attempt. */
    static final Duration RETRY = Duration.ofSeconds(1);

    /** Refused services in a status; more of them add nothing. */
    private static final int MAX_SHOWN = 20;

    /** Longest time of a read of one service: its response may be older than events of this age. */
    private static final Duration LONGEST_READ = Duration.ofSeconds(5);

    private final IngestSettings settings;
    private final Deliveries deliveries;
    private final AbsenceTracker absences;
    private final VipReservations vips = new VipReservations();
    private final ClusterDeliveries cluster;
    private final MissingVersions versions = new MissingVersions();
    private final SignsOfLife signs = new SignsOfLife();
    private final ListingRound round = new ListingRound();
    private final FirstListing first = new FirstListing();
    private final Connection connection;

    /** Number of live tasks of each service that the source owns. */
    private final Map<ServiceId, Integer> liveTasks = new HashMap<>();

    /** The last acknowledged listing of each service, if its entity needed no further data. */
    private final Map<ServiceId, Observation.Listing> lastAcknowledged = new HashMap<>();

    /** Services to read alone at the next absence check. */
    private final SortedSet<ServiceId> recheckLater = new TreeSet<>();

    /** Of the last complete listing. */
    private SourceSignal.Exceptions exceptions = SourceSignal.Exceptions.NONE;

    /** Why the journal cannot hold the last observation of a service; one sentence each. */
    private final SortedMap<ServiceId, String> refused = new TreeMap<>();

    private boolean listingRequested;
    private boolean deliveryFailing;
    private Instant now;
    private List<Effect> effects = new ArrayList<>();

    /**
     * @param describesCluster whether the source describes the Mesos cluster itself
     */
    IngestCore(IngestSettings settings, boolean describesCluster, Instant start) {
        this.settings = settings;
        this.deliveries = new Deliveries(settings.maxInFlight());
        this.absences = new AbsenceTracker(settings.absence());
        this.cluster = new ClusterDeliveries(describesCluster);
        this.connection = new Connection(start);
        this.now = start;
    }

    /**
     * Applies an input.
     *
     * @param at the time now; never before that of an earlier input
     * @return what to do, in order
     */
    List<Effect> on(Input input, Instant at) {
        now = at;
        switch (input) {
            case Input.Signalled(SourceSignal signal) -> onSignal(signal);
            case Input.KnownServices(Set<ServiceId> services) -> services.forEach(this::own);
            case Input.Acknowledged acknowledged -> onAcknowledged(acknowledged);
            case Input.NotAcknowledged failure -> onNotAcknowledged(failure);
            case Input.Refused refused -> onRefused(refused);
            case Input.StateRead read -> onStateRead(read);
            case Input.StateUnread unread -> onStateUnread(unread);
            case Input.Reserved reply ->
                    vips.answered(reply).forEach(refusal -> log(Level.ERROR, "%s", refusal));
            case Input.NotReserved(String cause) -> onNotReserved(cause);
            case Input.ClusterAcknowledged(long sequenceNumber) ->
                    cluster.acknowledged(sequenceNumber);
            case Input.ClusterNotAcknowledged(String cause) -> onClusterNotAcknowledged(cause);
            case Input.Timer.RETRY -> onRetry();
            case Input.Timer.ABSENCE_CHECK -> onAbsenceCheck();
        }
        finishRound();
        first.check(vips, cluster);
        sendNext();
        List<Effect> result = effects;
        effects = new ArrayList<>();
        return result;
    }

    private void onSignal(SourceSignal signal) {
        switch (signal) {
            case SourceSignal.Attached(String leader) -> {
                connection.attached(leader, now);
                listingRequested = false;
                log(Level.INFO, "attached: source=%s leader=%s", settings.source(), leader);
            }
            case SourceSignal.Detached detached -> onDetached(detached);
            case SourceSignal.Observed(Observation observation) -> {
                noteSignOfLife(observation);
                enqueue(observation, now);
            }
            case SourceSignal.ListedAll listing -> onListedAll(listing);
            case SourceSignal.ClusterObserved observed -> cluster.add(observed.claim());
            case SourceSignal.ListingFailed _ -> listingRequested = false;
            case SourceSignal.NotDefined(ServiceId service) ->
                    deliveries.add(
                            new StateQuery(
                                    service,
                                    connection.number(),
                                    now.minus(LONGEST_READ),
                                    now,
                                    false));
            case SourceSignal.EndHinted hint -> onEndReported(hint);
            case SourceSignal.VersionRead read -> {
                versions.answered(read);
                read.observation()
                        .ifPresent(
                                definition -> {
                                    noteSignOfLife(definition);
                                    enqueue(definition, now);
                                });
                reread(read.service());
            }
        }
    }

    private void onDetached(SourceSignal.Detached detached) {
        connection.detached(detached.cause(), now);
        listingRequested = false;
        absences.detached();
        versions.detached();
        recheckLater.clear();
        round.abort();
    }

    private void onEndReported(SourceSignal.EndHinted hint) {
        ServiceId service = hint.service();
        lastAcknowledged.remove(service);
        hint.instance()
                .ifPresentOrElse(
                        instance -> absences.instanceEndReported(service, instance, now),
                        () -> absences.serviceEndReported(service, now));
        reread(service);
    }

    private void noteSignOfLife(Observation observation) {
        ServiceId service = observation.service();
        switch (observation) {
            case Observation.Defined _ -> {
                signs.event(service, now);
                absences.defined(service);
            }
            case Observation.TaskSeen(var _, var task, var _) ->
                    noteTask(service, task.task(), task.instance(), task.phase());
            case Observation.HealthSeen seen -> {
                if (seen.health() != Health.UNKNOWN) {
                    absences.instanceSeen(service, seen.instance());
                }
            }
            case Observation.MesosTaskSeen seen -> {
                if (seen.owned()) { // else the owner's ingest tracks its absence
                    TaskId task = seen.task().id();
                    noteTask(service, task, task.toString(), seen.task().phase());
                }
            }
            case Observation.Listing listing -> {
                signs.listed(service, now);
                absences.shown(service, listing.listed());
            }
            case Observation.Absent _ ->
                    throw new IllegalArgumentException("only the ingest itself proves absence");
        }
    }

    private void noteTask(ServiceId service, TaskId task, String instance, TaskPhase phase) {
        boolean staying = phase.compareTo(TaskPhase.RUNNING) <= 0;
        if (staying) {
            signs.event(service, now);
        }
        if (phase != TaskPhase.GONE) {
            absences.taskSeen(service, task, instance, staying);
        }
    }

    private void onListedAll(SourceSignal.ListedAll all) {
        Instant asked = all.askedAt();
        listingRequested = false;
        exceptions = all.exceptions();
        vips.listed(all.services());
        Set<ServiceId> open = new HashSet<>();
        Set<ServiceId> absent = new TreeSet<>(liveTasks.keySet());
        for (Observation.Listing listing : all.services()) {
            ServiceId service = listing.service();
            absent.remove(service);
            noteSignOfLife(listing);
            if (listing.provesAbsence()
                    && listing.equals(lastAcknowledged.get(service))
                    && deliveries.isIdle(service)) {
                absences.listed(service, new TreeMap<>(), Set.of(), asked, now);
            } else {
                open.add(service);
                enqueue(listing, asked);
            }
        }
        if (exceptions.nameless()) {
            absent.clear(); // the entry without id may be any of them
        }
        open.addAll(absent);
        round.start(asked, open);
        for (ServiceId service : absent) {
            deliveries.add(new StateQuery(service, connection.number(), asked, now, true));
        }
        giveUpStuck();
    }

    private void enqueue(Observation observation, Instant asked) {
        ServiceId service = observation.service();
        Observation sent = observation;
        if (observation instanceof Observation.Listed listed && versions.useNewest(service)) {
            sent = listed.withFallback();
        }
        lastAcknowledged.remove(service);
        vips.want(sent);
        own(service);
        deliveries.add(new Delivery(sent, connection.number(), asked, now));
    }

    private void own(ServiceId service) {
        if (settings.owned().test(service)) {
            liveTasks.putIfAbsent(service, 0);
        }
    }

    private void onAcknowledged(Input.Acknowledged acknowledged) {
        Delivery delivery = acknowledged.delivery();
        ObservationReport report = acknowledged.report();
        ServiceId service = delivery.service();
        SortedMap<TaskId, MissingInstance> missing =
                deliveries.acknowledged(service, report.missing());
        refused.remove(service);
        if (deliveryFailing) {
            deliveryFailing = false;
            log(Level.INFO, "entities acknowledge again: source=%s", settings.source());
        }
        if (settings.owned().test(service)) {
            liveTasks.put(service, report.live());
        }
        if (delivery.observation() instanceof Observation.Listing listing) {
            first.journalled(service, acknowledged.sequenceNumber());
            onListingAcknowledged(delivery, listing, missing, report);
            round.finished(service, delivery.asked());
        } else if (!report.uncovered().isEmpty()) {
            reread(service);
        }
        end(absences.provenByReport(service));
    }

    private void onListingAcknowledged(
            Delivery delivery,
            Observation.Listing listing,
            SortedMap<TaskId, MissingInstance> missing,
            ObservationReport report) {
        ServiceId service = delivery.service();
        if (connection.isCurrent(delivery.attachment())) {
            if (listing.provesAbsence()) {
                if (!missing.isEmpty() && round.isOf(delivery.asked())) {
                    recheck(service);
                }
                absences.listed(
                        service,
                        missing,
                        listing.stayingInstances(),
                        delivery.asked(),
                        delivery.received());
            } else {
                absences.listedPartially(service, missing);
            }
        }
        versions.uncovered(service, report.uncovered());
        for (Instant version : report.uncovered()) {
            toSource(new SourceCommand.ReadVersion(service, version));
        }
        if (report.uncovered().isEmpty()
                && report.missing().isEmpty()
                && deliveries.isIdle(service)) {
            lastAcknowledged.put(service, listing);
        }
    }

    private void onNotAcknowledged(Input.NotAcknowledged failure) {
        ServiceId service = failure.delivery().service();
        deliveries.notAcknowledged(service, now);
        if (!deliveryFailing) {
            log(
                    Level.WARN,
                    "cannot deliver observations: service=%s and perhaps others: %s; sends each"
                            + " again every %d s",
                    service,
                    failure.cause(),
                    RETRY.toSeconds());
        }
        deliveryFailing = true;
        effects.add(new Effect.RetryLater());
        giveUpStuck();
    }

    /** Gives up an observation that no retry can bring into the journal. */
    private void onRefused(Input.Refused refusal) {
        ServiceId service = refusal.delivery().service();
        deliveries.refused(service);
        round.giveUp(service);
        if (!refusal.cause().equals(refused.put(service, refusal.cause()))) {
            log(
                    Level.WARN,
                    "cannot journal an observation: service=%s: %s; the observation is given up,"
                            + " the service stays as it was",
                    service,
                    refusal.cause());
        }
    }

    /** Completes the round without entities that do not acknowledge although others do. */
    private void giveUpStuck() {
        for (ServiceId service : deliveries.stuck()) {
            if (round.giveUp(service)) {
                log(
                        Level.WARN,
                        "cannot deliver a listing: service=%s: its entity does not acknowledge,"
                                + " others do; the listing completes without it",
                        service);
            }
        }
    }

    private void onStateRead(Input.StateRead read) {
        StateQuery query = read.query();
        ServiceId service = query.service();
        deliveries.queryEnded();
        if (!read.state().exists()) {
            if (deliveries.isIdle(service)) {
                liveTasks.remove(service);
                signs.forget(service);
                absences.forget(service);
            }
        } else if (connection.isCurrent(query.attachment())) {
            onAbsent(query, read);
        }
        round.finished(service, query.asked());
        end(absences.provenByReport(service));
    }

    /** A service that the journal has is absent from a listing, or from a read of it alone. */
    private void onAbsent(StateQuery query, Input.StateRead read) {
        ServiceId service = query.service();
        SortedMap<TaskId, MissingInstance> live = new TreeMap<>();
        read.state().live().forEach((task, one) -> live.put(task, MissingInstance.of(one)));
        liveTasks.put(service, live.size());
        if (signs.refute(query)) {
            if (!query.completeListing()) {
                recheckLater.add(service); // it may have been defined again just now
            }
            return;
        }
        if (query.completeListing() && !live.isEmpty()) {
            recheck(service);
        }
        if (query.completeListing()) {
            absences.notListed(service, live, query.asked(), query.received());
        } else if (absences.notDefined(service, live, query.received())) {
            log(
                    Level.INFO,
                    "service is not defined any more: service=%s liveTasks=%d; removed once a"
                            + " listing proves it",
                    service,
                    live.size());
        }
    }

    private void onStateUnread(Input.StateUnread unread) {
        log(
                Level.WARN,
                "cannot read an entity's state: service=%s: %s; its absence from the listing proves"
                        + " nothing this time",
                unread.query().service(),
                unread.cause());
        deliveries.queryEnded();
        round.finished(unread.query().service(), unread.query().asked());
    }

    private void onNotReserved(String cause) {
        if (vips.notAnswered()) {
            log(
                    Level.WARN,
                    "cannot reserve VIP addresses: source=%s: %s; asks again every %d s",
                    settings.source(),
                    cause,
                    RETRY.toSeconds());
        }
        effects.add(new Effect.RetryLater());
    }

    private void onClusterNotAcknowledged(String cause) {
        if (cluster.notAcknowledged()) {
            log(
                    Level.WARN,
                    "cannot deliver observations of the Mesos cluster: source=%s: %s; sends them"
                            + " again every %d s",
                    settings.source(),
                    cause,
                    RETRY.toSeconds());
        }
        effects.add(new Effect.RetryLater());
    }

    private void onRetry() {
        deliveries.retry(now);
        if (deliveries.awaitsRetry()) {
            effects.add(new Effect.RetryLater());
        }
        vips.retry();
        cluster.retry();
    }

    private void onAbsenceCheck() {
        if (connection.isAttached()
                && !listingRequested
                && !round.isRunning()
                && absences.wantsListing(now)) {
            listingRequested = true;
            toSource(new SourceCommand.ListAll());
        }
        recheckLater.forEach(this::reread);
        recheckLater.clear();
    }

    private void finishRound() {
        if (!round.completed()) {
            return;
        }
        absences.listingCompleted();
        end(absences.provenByListing(live()));
        if (first.servicesDone()) {
            log(
                    Level.INFO,
                    "first complete listing is journalled: source=%s services=%d liveTasks=%d",
                    settings.source(),
                    liveTasks.size(),
                    live());
        }
    }

    private void end(SortedMap<ServiceId, AbsenceTracker.Proof> proofs) {
        proofs.forEach(
                (service, proof) -> {
                    log(
                            Level.INFO,
                            "ending tasks that listings lack: service=%s tasks=%s removed=%s",
                            service,
                            proof.tasks(),
                            proof.removed());
                    enqueue(
                            new Observation.Absent(
                                    service,
                                    proof.tasks(),
                                    proof.removed(),
                                    "good listings lack it"),
                            now);
                });
    }

    private void sendNext() {
        Optional<Effect> next = deliveries.next();
        while (next.isPresent()) {
            effects.add(next.get());
            next = deliveries.next();
        }
        vips.next().ifPresent(effects::add);
        cluster.next().ifPresent(effects::add);
    }

    /**
     * Makes the source read a service alone, because a complete listing lacks tasks of the service.
     */
    private void recheck(ServiceId service) {
        if (round.takeRecheck()) {
            reread(service);
        }
    }

    private void reread(ServiceId service) {
        toSource(new SourceCommand.Reread(service));
    }

    private void toSource(SourceCommand command) {
        effects.add(new Effect.ToSource(command));
    }

    private void log(Level level, String format, Object... values) {
        effects.add(new Effect.Log(level, format.formatted(values)));
    }

    private List<String> refusals() {
        return refused.entrySet().stream()
                .limit(MAX_SHOWN)
                .map(one -> one.getKey() + ": " + one.getValue())
                .toList();
    }

    private int live() {
        return liveTasks.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * @param at the time now
     */
    IngestStatus status(Instant at) {
        Instant oldest = deliveries.oldest();
        return new IngestStatus(
                settings.source(),
                connection.isAttached(),
                connection.detail(),
                connection.since(),
                Optional.ofNullable(round.lastAsked()),
                liveTasks.size(),
                live(),
                deliveries.queued() + cluster.size(),
                deliveries.inFlight(),
                absences.missingTasks(),
                exceptions.sentences(),
                absences.undefined().stream().map(ServiceId::toString).toList(),
                vips.refusals(),
                oldest == null ? Duration.ZERO : Duration.between(oldest, at),
                deliveries.stuck().stream().map(ServiceId::toString).toList(),
                refusals(),
                first.positions());
    }
}
