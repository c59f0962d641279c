package io.meridian.sources.marathon;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.http.Server;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Turns events and read results into signals, and decides what to read. Part of {@link
 * MarathonProcessor}: pure but for the effects that it appends; used by one thread.
 */
final class EventProcessor {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration AFTER_UNREADABLE = Duration.ofSeconds(10);
    private static final int MAX_LEADER_DIFFERENCES = 3;

    private final MarathonSettings settings;
    private final RandomGenerator random;
    private final Consumer<MarathonEffect> effects;
    private final ServiceKinds kinds;
    private final EventTranslator translator;
    private final ReadSchedule schedule;
    private final GroupChanges groups = new GroupChanges();
    private final AgentAddresses agents;
    private Optional<Connection> connection = Optional.empty();
    private int leaderDifferences;
    private Instant listingAskedAt = Instant.EPOCH;

    private record Connection(Server server, int epoch) {}

    EventProcessor(
            MarathonSettings settings,
            RandomGenerator random,
            Consumer<MarathonEffect> effects,
            Instant now) {
        this.settings = settings;
        this.random = random;
        this.effects = effects;
        kinds = new ServiceKinds(settings.frameworkName());
        translator = new EventTranslator(settings.frameworkName(), kinds::healthChecks);
        schedule = new ReadSchedule(settings.reread(), now);
        agents = new AgentAddresses(settings.agents(), settings.listingInterval());
    }

    /** The stream is live: a full listing is due at once. */
    void attached(Server server, int epoch, Instant now) {
        connection = Optional.of(new Connection(server, epoch));
        leaderDifferences = 0;
        schedule.wantListing(now);
    }

    /** The stream is lost: reads under way are void. */
    void detached() {
        connection = Optional.empty();
        schedule.clear();
        groups.clear();
    }

    void listAt(Instant at) {
        schedule.wantListing(at);
    }

    void reread(ServiceId service, Instant now) {
        schedule.want(service, now);
    }

    void readVersion(ServiceId service, Instant version, Instant now) {
        schedule.wantVersion(service, version, now);
    }

    void onEvent(MarathonEvent event, Instant now) {
        if (event instanceof MarathonEvent.Unreadable e) {
            effects.accept(
                    new MarathonEffect.Warn(
                            "cannot read event: type=%s path=%s: %s; event skipped, listing scheduled"
                                    .formatted(e.type(), e.path(), e.why())));
        }
        if (event instanceof MarathonEvent.AppPosted e) {
            ServiceId id = new ServiceId(settings.frameworkName(), e.service());
            kinds.note(id, ServiceKind.APP, e.healthChecks());
        }
        for (EventAction action : translator.translate(event)) {
            apply(action, event, now);
        }
    }

    private void apply(EventAction action, MarathonEvent event, Instant now) {
        switch (action) {
            case EventAction.Emit(SourceSignal signal) -> emit(addressed(signal, now));
            case EventAction.MarkOutdated(ServiceId service) -> schedule.outdate(service);
            case EventAction.Reread(ServiceId service, ServiceKind kind) -> {
                kinds.note(service, kind);
                schedule.want(service, now);
            }
            case EventAction.ServiceChanging(ServiceId service) -> groups.changing(service, now);
            case EventAction.ResolveGroupChange(String group) -> resolve(group, now);
            case EventAction.ListAll _ -> {
                if (event instanceof MarathonEvent.Unreadable) {
                    schedule.wantListingSpaced(now, AFTER_UNREADABLE);
                } else {
                    schedule.wantListing(now);
                }
            }
        }
    }

    private SourceSignal addressed(SourceSignal signal, Instant now) {
        return signal
                        instanceof
                        SourceSignal.Observed(
                                Observation.TaskSeen(var service, var sighting, var reason))
                ? new SourceSignal.Observed(
                        new Observation.TaskSeen(
                                service, agents.addressed(service, sighting, now), reason))
                : signal;
    }

    private void resolve(String group, Instant now) {
        List<ServiceId> services = groups.explain(group, now);
        services.forEach(service -> schedule.want(service, now));
        if (services.isEmpty()) {
            schedule.outdateGroup(group);
        }
    }

    /** When {@link #runDue} has something to do. */
    Optional<Instant> nextDue() {
        Stream<Optional<Instant>> reads =
                connection.isPresent()
                        ? Stream.of(schedule.nextDue(), groups.nextDue())
                        : Stream.empty();
        return Stream.concat(reads, Stream.of(agents.nextRetry()))
                .flatMap(Optional::stream)
                .min(Instant::compareTo);
    }

    /** Starts the reads and lookups that are due. */
    void runDue(Instant now) {
        agents.takeWanted(now).forEach(host -> effects.accept(new MarathonEffect.LookUp(host)));
        if (connection.isEmpty()) {
            return;
        }
        for (String group : groups.overdue(now)) {
            effects.accept(
                    new MarathonEffect.Inform(
                            "group changed and no event names a service in it: group="
                                    + group
                                    + "; listing scheduled"));
            schedule.wantListingSpaced(now, SECOND);
        }
        schedule.takeDue(now).forEach(job -> start(job, connection.get(), now));
    }

    private void start(ReadSchedule.Job job, Connection on, Instant now) {
        effects.accept(
                switch (job) {
                    case ReadSchedule.Job.ListAll _ -> {
                        listingAskedAt = now;
                        yield new MarathonEffect.ReadListing(
                                on.epoch(), on.server(), kinds.podsSeen());
                    }
                    case ReadSchedule.Job.Service service ->
                            new MarathonEffect.ReadService(
                                    on.epoch(),
                                    on.server(),
                                    service,
                                    kinds.kind(service.id()),
                                    kinds.podApi());
                    case ReadSchedule.Job.Version version ->
                            new MarathonEffect.ReadVersion(
                                    on.epoch(),
                                    on.server(),
                                    version,
                                    kinds.kind(version.id()),
                                    kinds.podApi());
                });
    }

    /**
     * @return the cause to end the stream; empty to continue
     */
    Optional<String> onListing(ReadResult.OfListing result, Instant now) {
        switch (result) {
            case ReadResult.Listing listing -> {
                schedule.succeeded(new ReadSchedule.Job.ListAll(), now);
                leaderDifferences = 0;
                listed(listing, now);
                schedule.wantListing(now.plus(nextInterval()));
            }
            case ReadResult.LeaderDiffers(String stream, String found) -> {
                String cause = "stream is from leader " + stream + ", listing from " + found;
                listingFailed(cause, now);
                if (++leaderDifferences >= MAX_LEADER_DIFFERENCES) {
                    return Optional.of(cause);
                }
            }
            case ReadResult.Failed(String cause) -> listingFailed(cause, now);
        }
        return Optional.empty();
    }

    private void listingFailed(String cause, Instant now) {
        schedule.failed(new ReadSchedule.Job.ListAll(), now);
        emit(new SourceSignal.ListingFailed(cause));
    }

    /** The interval with up to 20 % jitter, so that masters do not list in step. */
    private Duration nextInterval() {
        long interval = settings.listingInterval().toNanos();
        return Duration.ofNanos((long) (interval * random.nextDouble(0.8, 1.2)));
    }

    private void listed(ReadResult.Listing listing, Instant now) {
        if (kinds.podApi(listing.podApi())) {
            effects.accept(
                    new MarathonEffect.Inform("this Marathon has no pods API; only apps are read"));
        }
        Map<ServiceId, Observation.Listing> services = new LinkedHashMap<>();
        List<ServiceId> outdated = new ArrayList<>();
        for (Reading reading : listing.readings()) {
            ServiceId id = kinds.id(reading);
            boolean current = !schedule.outdatedInListing(id);
            services.put(id, observation(reading, current, now));
            if (!current) {
                outdated.add(id);
            }
        }
        if (listing.refused().isEmpty()) {
            kinds.replace(listing.readings());
            emit(new SourceSignal.ListedAll(List.copyOf(services.values()), listingAskedAt));
        } else {
            incomplete(listing, services.values());
        }
        outdated.forEach(id -> schedule.wantLater(id, now.plus(SECOND)));
    }

    /**
     * Handles a listing with unreadable ids: such an entry may be any service, so the listing
     * proves no absence.
     */
    private void incomplete(
            ReadResult.Listing listing, Iterable<Observation.Listing> observations) {
        listing.readings().forEach(r -> kinds.note(kinds.id(r), r.kind(), r.healthChecks()));
        for (String entry : listing.refused()) {
            effects.accept(
                    new MarathonEffect.Unreadable(
                            "cannot read listing entry: " + entry + "; absence proves nothing"));
        }
        observations.forEach(service -> emit(new SourceSignal.Observed(service)));
        emit(new SourceSignal.ListingFailed("unreadable entry: " + listing.refused().getFirst()));
    }

    private Observation.Listed observation(Reading reading, boolean current, Instant now) {
        ServiceId id = kinds.id(reading);
        if (!reading.faults().isEmpty()) {
            effects.accept(
                    new MarathonEffect.Unreadable(
                            "cannot read tasks: service="
                                    + id
                                    + ": "
                                    + reading.faults()
                                    + "; they are kept as they were"));
        }
        return new Observation.Listed(
                id,
                reading.definition(),
                agents.addressed(id, reading, now),
                current && reading.faults().isEmpty(),
                false);
    }

    void onService(ReadSchedule.Job.Service job, ReadResult.OfService result, Instant now) {
        ServiceId id = job.id();
        switch (result) {
            case ReadResult.Service(Reading reading) when reading.path().equals(id.path()) -> {
                boolean current = !schedule.isOutdated(id);
                schedule.succeeded(job, now);
                kinds.note(id, reading.kind(), reading.healthChecks());
                emit(new SourceSignal.Observed(observation(reading, current, now)));
                if (!current) {
                    schedule.wantLater(id, now.plus(SECOND));
                }
            }
            case ReadResult.Service(Reading reading) ->
                    readFailed(job, id + ": answer is about " + reading.path(), now);
            case ReadResult.NotDefined _ -> {
                schedule.succeeded(job, now);
                kinds.forget(id);
                emit(new SourceSignal.NotDefined(id));
            }
            case ReadResult.Failed(String cause) -> readFailed(job, id + ": " + cause, now);
        }
    }

    void onVersion(ReadSchedule.Job.Version job, ReadResult.OfVersion result, Instant now) {
        ServiceId id = job.id();
        Instant version = job.version();
        switch (result) {
            case ReadResult.Version(var definition) -> {
                schedule.succeeded(job, now);
                Observation.Defined defined = new Observation.Defined(id, definition);
                emit(new SourceSignal.VersionRead(id, version, Optional.of(defined)));
            }
            case ReadResult.NotDefined _ -> {
                schedule.succeeded(job, now);
                emit(new SourceSignal.VersionRead(id, version, Optional.empty()));
            }
            case ReadResult.Failed(String cause) -> {
                if (!readFailed(job, id + " version=" + version + ": " + cause, now)) {
                    emit(new SourceSignal.VersionRead(id, version, Optional.empty()));
                }
            }
        }
    }

    /**
     * @return whether the read is tried again
     */
    private boolean readFailed(ReadSchedule.Job job, String cause, Instant now) {
        boolean again = schedule.failed(job, now);
        effects.accept(
                new MarathonEffect.ReadFailed(
                        "cannot read " + cause + "; " + (again ? "will try again" : "given up")));
        return again;
    }

    /**
     * @param addresses empty if the lookup failed
     */
    void onHost(String host, List<IpAddress> addresses, Instant now) {
        if (addresses.isEmpty()) {
            effects.accept(
                    new MarathonEffect.Warn(
                            "cannot resolve agent: host="
                                    + host
                                    + ": its host ports are not published; will try again"));
        }
        AgentAddresses.Resolved resolved = agents.resolved(host, addresses, now);
        resolved.waiting().forEach(service -> schedule.want(service, now));
        if (resolved.changed()) {
            schedule.wantListingSpaced(now, SECOND);
        }
    }

    private void emit(SourceSignal signal) {
        effects.accept(new MarathonEffect.Emit(signal));
    }
}
