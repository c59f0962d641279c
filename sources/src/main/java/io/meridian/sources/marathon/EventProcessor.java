package io.meridian.sources.marathon;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.text.Repeats;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.http.Server;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * Turns events into signals, and decides what to read. Part of {@link MarathonProcessor}: pure but
 * for the effects that it appends; used by one thread.
 */
final class EventProcessor {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration AFTER_UNREADABLE = Duration.ofSeconds(10);

    private final MarathonSettings settings;
    private final Consumer<MarathonEffect> effects;
    private final ServiceKinds kinds;
    private final EventTranslator translator;
    private final ReadSchedule schedule;
    private final GroupChanges groups = new GroupChanges();
    private final AgentAddresses agents;
    private final ReadResults results;
    private final Repeats repeats = new Repeats();
    private @Nullable Connection connection;

    private record Connection(Server server, int epoch) {}

    EventProcessor(
            MarathonSettings settings,
            RandomGenerator random,
            Consumer<MarathonEffect> effects,
            Instant now) {
        this.settings = settings;
        this.effects = effects;
        kinds = new ServiceKinds(settings.frameworkName());
        translator = new EventTranslator(settings.frameworkName(), kinds::healthChecks);
        schedule = new ReadSchedule(settings.reread(), now);
        agents = new AgentAddresses(settings.agents(), settings.listingInterval());
        results =
                new ReadResults(
                        settings.listingInterval(),
                        random,
                        effects,
                        kinds,
                        schedule,
                        agents,
                        repeats);
    }

    /** The part that handles results of reads. */
    ReadResults results() {
        return results;
    }

    /** The stream is live: a full listing is due at once. */
    void attached(Server server, int epoch, Instant now) {
        connection = new Connection(server, epoch);
        results.attached();
        schedule.wantListing(now);
    }

    /** The stream is lost: reads under way are void. */
    void detached() {
        connection = null;
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
            warn(
                    "event " + e.type(),
                    "cannot read event: type=%s path=%s: %s; event skipped, listing scheduled"
                            .formatted(e.type(), e.path(), e.why()));
        }
        if (event instanceof MarathonEvent.Refused e) {
            warn(
                    "refused event",
                    "cannot use event: type=%s path=%s: %s; event skipped"
                            .formatted(e.type(), e.path(), e.why()));
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
                connection != null
                        ? Stream.of(schedule.nextDue(), groups.nextDue())
                        : Stream.empty();
        return Stream.concat(reads, Stream.of(agents.nextRetry()))
                .flatMap(Optional::stream)
                .min(Instant::compareTo);
    }

    /** Starts the reads and lookups that are due. */
    void runDue(Instant now) {
        agents.takeWanted(now).forEach(host -> effects.accept(new MarathonEffect.LookUp(host)));
        Connection on = connection;
        if (on == null) {
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
        schedule.takeDue(now).forEach(job -> start(job, on, now));
    }

    private void start(ReadSchedule.Job job, Connection on, Instant now) {
        effects.accept(
                switch (job) {
                    case ReadSchedule.Job.ListAll _ -> {
                        results.listingStarted(now);
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
     * @param addresses empty if the lookup failed
     */
    void onHost(String host, List<IpAddress> addresses, Instant now) {
        if (addresses.isEmpty()) {
            warn(
                    "host " + host,
                    "cannot resolve agent: host="
                            + host
                            + ": its host ports are not published; will try again");
        } else {
            repeats.over("host " + host);
        }
        AgentAddresses.Resolved resolved = agents.resolved(host, addresses, now);
        resolved.waiting().forEach(service -> schedule.want(service, now));
        if (resolved.changed()) {
            schedule.wantListingSpaced(now, SECOND);
        }
    }

    private void warn(String subject, String line) {
        repeats.line(subject, line).map(MarathonEffect.Warn::new).ifPresent(effects);
    }

    private void emit(SourceSignal signal) {
        effects.accept(new MarathonEffect.Emit(signal));
    }
}
