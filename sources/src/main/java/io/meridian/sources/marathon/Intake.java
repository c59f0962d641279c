package io.meridian.sources.marathon;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.TimerScheduler;

import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskSighting;
import io.meridian.sources.SourceSignal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * The half of the source that turns events and answers into signals and decides what to read. Owned
 * by {@link MarathonSource}; only that actor calls it.
 */
final class Intake {
    private static final Logger LOG = LoggerFactory.getLogger(Intake.class);
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long AFTER_UNREADABLE = 10 * SECOND;
    private static final int LEADER_DIFFERENCES = 3;

    private final MarathonSettings settings;
    private final ActorRef<SourceSignal> sink;
    private final ActorRef<MarathonSource.Command> self;
    private final TimerScheduler<MarathonSource.Command> timers;
    private final MarathonCounters counters;
    private final MarathonReads reads;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final Catalog catalog;
    private final MarathonTranslator translator;
    private final ReadSchedule schedule;
    private final GroupChanges groups = new GroupChanges();
    private final Agents agents;
    private Optional<StreamPart.Opened> stream = Optional.empty();
    private int epoch;
    private int leaderDifferences;
    private Instant listingAskedAt = Instant.EPOCH;

    Intake(
            MarathonSettings settings,
            ActorRef<SourceSignal> sink,
            ActorRef<MarathonSource.Command> self,
            TimerScheduler<MarathonSource.Command> timers,
            MarathonCounters counters,
            MarathonReads reads,
            Agents agents,
            RandomGenerator random,
            InstantSource clock) {
        this.settings = settings;
        this.sink = sink;
        this.self = self;
        this.timers = timers;
        this.counters = counters;
        this.reads = reads;
        this.agents = agents;
        this.random = random;
        this.clock = clock;
        catalog = new Catalog(settings.frameworkName());
        translator = new MarathonTranslator(settings.frameworkName(), catalog::healthChecks);
        schedule = new ReadSchedule(settings.reads(), System.nanoTime());
    }

    /** The stream is live: everything is to be listed. */
    void attached(StreamPart.Opened opened, int currentEpoch) {
        stream = Optional.of(opened);
        epoch = currentEpoch;
        leaderDifferences = 0;
        schedule.wantListing(System.nanoTime());
        pump();
    }

    /** The stream is lost: answers that are still to come are void. */
    void detached() {
        stream = Optional.empty();
        schedule.clear();
        groups.clear();
        timers.cancel("pump");
    }

    void listAfter(Duration delay) {
        schedule.wantListing(System.nanoTime() + delay.toNanos());
        pump();
    }

    void reread(ServiceId service) {
        schedule.want(service, System.nanoTime());
        pump();
    }

    void readVersion(ServiceId service, Instant version) {
        schedule.wantVersion(service, version, System.nanoTime());
        pump();
    }

    void accept(List<MarathonEvent> events) {
        events.forEach(this::accept);
        pump();
    }

    private void accept(MarathonEvent event) {
        counters.event(event, clock.instant());
        if (event instanceof MarathonEvent.Unreadable e) {
            LOG.warn(
                    "cannot read event: type={} path={}: {}; event skipped, listing scheduled",
                    e.type(),
                    e.path(),
                    e.why());
        }
        if (event instanceof MarathonEvent.AppPosted e) {
            catalog.note(
                    new ServiceId(settings.frameworkName(), e.service()),
                    ServiceKind.APP,
                    e.healthChecks());
        }
        long now = System.nanoTime();
        for (Step step : translator.translate(event)) {
            switch (step) {
                case Step.Emit emit -> sink.tell(agents.addressed(emit.signal(), now));
                case Step.Touch touch -> schedule.outdate(touch.service());
                case Step.Reread reread -> {
                    catalog.note(reread.service(), reread.kind());
                    schedule.want(reread.service(), now);
                }
                case Step.Name name -> groups.name(name.service(), now);
                case Step.Explain explain -> explain(explain.group(), now);
                case Step.ListAll _ when event instanceof MarathonEvent.Unreadable ->
                        schedule.wantListingSpaced(now, AFTER_UNREADABLE);
                case Step.ListAll _ -> schedule.wantListing(now);
            }
        }
    }

    private void explain(String group, long now) {
        List<ServiceId> services = groups.explain(group, now);
        services.forEach(service -> schedule.want(service, now));
        if (services.isEmpty()) {
            schedule.outdateGroup(group);
        }
    }

    /** Starts what is due and asks to be called again when more is. */
    void pump() {
        long now = System.nanoTime();
        agents.lookUp();
        if (stream.isEmpty()) {
            return;
        }
        for (String group : groups.overdue(now)) {
            LOG.info("group={} changed and no event says what; listing scheduled", group);
            schedule.wantListingSpaced(now, SECOND);
        }
        schedule.takeDue(now).forEach(job -> start(job, stream.get()));
        OptionalLong next = schedule.nextDue();
        OptionalLong group = groups.nextDue();
        if (group.isPresent() && (next.isEmpty() || group.getAsLong() - next.getAsLong() < 0)) {
            next = group;
        }
        if (next.isPresent()) {
            Duration delay =
                    Duration.ofNanos(
                            Math.max(TimeUnit.MILLISECONDS.toNanos(1), next.getAsLong() - now));
            timers.startSingleTimer("pump", new Notice.Pump(), delay);
        }
    }

    private void start(ReadSchedule.Job job, StreamPart.Opened opened) {
        int asked = epoch;
        switch (job) {
            case ReadSchedule.Job.ListAll _ -> {
                listingAskedAt = clock.instant();
                tell(
                        reads.listing(opened, catalog.podsSeen()),
                        outcome -> new Notice.ListingAnswered(asked, outcome));
            }
            case ReadSchedule.Job.Service service -> {
                counters.reread();
                tell(
                        reads.service(
                                opened,
                                service.id().path(),
                                catalog.kind(service.id()),
                                catalog.podApi()),
                        outcome -> new Notice.ServiceAnswered(asked, service, outcome));
            }
            case ReadSchedule.Job.Version version -> {
                counters.reread();
                tell(
                        reads.version(
                                opened,
                                version.id().path(),
                                version.version(),
                                catalog.kind(version.id()),
                                catalog.podApi()),
                        outcome -> new Notice.VersionAnswered(asked, version, outcome));
            }
        }
    }

    private <T> void tell(CompletionStage<T> stage, Function<T, Notice> notice) {
        stage.thenAccept(outcome -> self.tell(notice.apply(outcome)));
    }

    void answered(Notice.ListingAnswered notice) {
        long now = System.nanoTime();
        ReadSchedule.Job job = new ReadSchedule.Job.ListAll();
        switch (notice.outcome()) {
            case Outcome.Listing listing -> {
                schedule.succeeded(job, now);
                leaderDifferences = 0;
                listed(listing, now);
                schedule.wantListing(now + interval());
            }
            case Outcome.LeaderDiffers differs -> {
                String cause =
                        "stream is from leader "
                                + differs.stream()
                                + ", listing from "
                                + differs.found();
                listingFailed(job, cause, now);
                if (++leaderDifferences >= LEADER_DIFFERENCES) {
                    self.tell(new Notice.Reattach(epoch, cause));
                }
            }
            case Outcome.Failed failed -> listingFailed(job, failed.cause(), now);
        }
        pump();
    }

    private void listingFailed(ReadSchedule.Job job, String cause, long now) {
        schedule.failed(job, now);
        counters.listingFailed();
        LOG.warn("cannot list services: {}; last known state stays, will try again", cause);
        sink.tell(new SourceSignal.ListingFailed(cause));
    }

    private long interval() {
        return (long) (settings.listingInterval().toNanos() * random.nextDouble(0.8, 1.2));
    }

    private void listed(Outcome.Listing listing, long now) {
        if (catalog.podApi(listing.podApi())) {
            LOG.info("this Marathon has no pods API; only apps are read");
        }
        Map<ServiceId, Observation.Listing> services = new LinkedHashMap<>();
        List<ServiceId> outdated = new ArrayList<>();
        for (Reading reading : listing.readings()) {
            ServiceId id = catalog.id(reading);
            boolean current = !schedule.outdatedInListing(id);
            services.put(id, observation(reading, current, now));
            if (!current) {
                outdated.add(id);
            }
        }
        if (listing.refused().isEmpty()) {
            catalog.replace(listing.readings());
            counters.listed(clock.instant());
            sink.tell(new SourceSignal.ListedAll(List.copyOf(services.values()), listingAskedAt));
        } else {
            // Something is there that we can't name: what could be read is evidence, what is absent
            // is not.
            listing.readings()
                    .forEach(r -> catalog.note(catalog.id(r), r.kind(), r.healthChecks()));
            listing.refused()
                    .forEach(
                            entry ->
                                    LOG.warn(
                                            "cannot read listing entry: {}; absence proves nothing",
                                            entry));
            counters.unreadable();
            counters.listingFailed();
            services.values().forEach(service -> sink.tell(new SourceSignal.Observed(service)));
            sink.tell(
                    new SourceSignal.ListingFailed(
                            "unreadable entry: " + listing.refused().getFirst()));
        }
        outdated.forEach(id -> schedule.wantLater(id, now, SECOND));
    }

    private Observation.Listed observation(Reading reading, boolean current, long now) {
        ServiceId id = catalog.id(reading);
        if (!reading.faults().isEmpty()) {
            counters.unreadable();
            LOG.warn(
                    "cannot read tasks of {}: {}; they are kept as they were",
                    id,
                    reading.faults());
        }
        List<TaskSighting> tasks = agents.addressed(id, reading, now);
        return new Observation.Listed(
                id, reading.definition(), tasks, current && reading.faults().isEmpty(), false);
    }

    void answered(Notice.ServiceAnswered notice) {
        long now = System.nanoTime();
        ServiceId id = notice.job().id();
        boolean current = !schedule.isOutdated(id);
        switch (notice.outcome()) {
            case Outcome.Service(Reading reading) when reading.path().equals(id.path()) -> {
                schedule.succeeded(notice.job(), now);
                catalog.note(id, reading.kind(), reading.healthChecks());
                sink.tell(new SourceSignal.Observed(observation(reading, current, now)));
                if (!current) {
                    schedule.wantLater(id, now, SECOND);
                }
            }
            case Outcome.Service(Reading reading) ->
                    failed(notice.job(), id + ": answer is about " + reading.path(), now);
            case Outcome.NotDefined _ -> {
                schedule.succeeded(notice.job(), now);
                catalog.forget(id);
                sink.tell(new SourceSignal.NotDefined(id));
            }
            case Outcome.Failed(String cause) -> failed(notice.job(), id + ": " + cause, now);
        }
        pump();
    }

    void answered(Notice.VersionAnswered notice) {
        long now = System.nanoTime();
        ServiceId id = notice.job().id();
        Instant version = notice.job().version();
        switch (notice.outcome()) {
            case Outcome.Version(var definition) -> {
                schedule.succeeded(notice.job(), now);
                Observation.Defined defined = new Observation.Defined(id, definition);
                sink.tell(new SourceSignal.VersionRead(id, version, Optional.of(defined)));
            }
            case Outcome.NotDefined _ -> {
                schedule.succeeded(notice.job(), now);
                sink.tell(new SourceSignal.VersionRead(id, version, Optional.empty()));
            }
            case Outcome.Failed(String cause) -> {
                if (!failed(notice.job(), id + " version=" + version + ": " + cause, now)) {
                    sink.tell(new SourceSignal.VersionRead(id, version, Optional.empty()));
                }
            }
        }
        pump();
    }

    private boolean failed(ReadSchedule.Job job, String cause, long now) {
        counters.rereadFailed();
        boolean again = schedule.failed(job, now);
        LOG.warn("cannot read {}; {}", cause, again ? "will try again" : "given up");
        return again;
    }

    void answered(Notice.HostAnswered notice) {
        long now = System.nanoTime();
        AgentAddresses.Resolved resolved = agents.answered(notice, now);
        resolved.waiting().forEach(service -> schedule.want(service, now));
        if (resolved.changed()) {
            schedule.wantListingSpaced(now, SECOND);
        }
        pump();
    }

    void retry(Notice.HostRetry notice) {
        agents.retry(notice);
        pump();
    }
}
