package io.meridian.sources.marathon;

import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.text.Repeats;
import io.meridian.sources.SourceSignal;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Turns results of reads into signals, and says what to read again. Part of {@link EventProcessor}:
 * pure but for the effects that it appends; used by one thread.
 */
final class ReadResults {
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final int MAX_LEADER_DIFFERENCES = 3;

    private final Duration listingInterval;
    private final RandomGenerator random;
    private final Consumer<MarathonEffect> effects;
    private final ServiceKinds kinds;
    private final ReadSchedule schedule;
    private final AgentAddresses agents;
    private final Repeats repeats;
    private int leaderDifferences;
    private Instant listingAskedAt = Instant.EPOCH;

    ReadResults(
            Duration listingInterval,
            RandomGenerator random,
            Consumer<MarathonEffect> effects,
            ServiceKinds kinds,
            ReadSchedule schedule,
            AgentAddresses agents,
            Repeats repeats) {
        this.listingInterval = listingInterval;
        this.random = random;
        this.effects = effects;
        this.kinds = kinds;
        this.schedule = schedule;
        this.agents = agents;
        this.repeats = repeats;
    }

    void attached() {
        leaderDifferences = 0;
    }

    void listingStarted(Instant now) {
        listingAskedAt = now;
    }

    /**
     * @return the cause to end the stream; empty to continue
     */
    Optional<String> onListing(ReadResult.OfListing result, Instant now) {
        switch (result) {
            case ReadResult.Listing listing -> {
                schedule.succeeded(new ReadSchedule.Job.ListAll(), now);
                leaderDifferences = 0;
                repeats.over("listing");
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
        warn(
                "listing",
                "cannot list services: " + cause + "; last known state stays, will try again");
        emit(new SourceSignal.ListingFailed(cause));
    }

    /** The interval with up to 20 % jitter, so that masters do not list in step. */
    private Duration nextInterval() {
        return Duration.ofNanos((long) (listingInterval.toNanos() * random.nextDouble(0.8, 1.2)));
    }

    private void listed(ReadResult.Listing listing, Instant now) {
        if (kinds.podApi(listing.podApi())) {
            effects.accept(
                    new MarathonEffect.Inform("this Marathon has no pods API; only apps are read"));
        }
        ListingReader.Part entries = listing.entries();
        Map<ServiceId, Observation.Listing> services = new LinkedHashMap<>();
        List<ServiceId> outdated = new ArrayList<>();
        List<String> exceptions = new ArrayList<>();
        for (String entry : entries.refused()) {
            exceptions.add(
                    entry
                            + (entries.nameless()
                                    ? "; no service counts as removed meanwhile"
                                    : "; this entry is left out"));
            unreadable("entry", "cannot read listing entry: " + exceptions.getLast());
        }
        Set<ServiceId> waiting = new LinkedHashSet<>(agents.learn(entries.readings(), now));
        for (Reading reading : entries.readings()) {
            ServiceId id = kinds.id(reading);
            waiting.remove(id);
            boolean current = !schedule.outdatedInListing(id);
            services.put(id, observation(reading, current, now));
            if (!current) {
                outdated.add(id);
            }
            reading.faults().forEach(fault -> exceptions.add(id + ": " + fault));
        }
        schedule.listed(services.size());
        if (entries.nameless()) {
            entries.readings().forEach(r -> kinds.note(kinds.id(r), r.kind(), r.healthChecks()));
        } else {
            kinds.replace(entries.readings());
        }
        emit(
                new SourceSignal.ListedAll(
                        List.copyOf(services.values()),
                        new SourceSignal.Exceptions(exceptions, entries.nameless()),
                        listingAskedAt));
        outdated.forEach(id -> schedule.wantLater(id, now.plus(SECOND)));
        waiting.forEach(id -> schedule.want(id, now));
    }

    private Observation.Listed observation(Reading reading, boolean current, Instant now) {
        ServiceId id = kinds.id(reading);
        if (reading.faults().isEmpty()) {
            repeats.over("tasks " + id);
        } else {
            unreadable("tasks " + id, "cannot read tasks: service=" + id + ": " + reading.faults());
        }
        return new Observation.Listed(
                id,
                reading.definition(),
                agents.addressed(id, reading, now),
                reading.gaps(),
                current,
                false);
    }

    void onService(ReadSchedule.Job.Service job, ReadResult.OfService result, Instant now) {
        ServiceId id = job.id();
        switch (result) {
            case ReadResult.Service(Reading reading) when reading.path().equals(id.path()) -> {
                boolean current = !schedule.isOutdated(id);
                schedule.succeeded(job, now);
                repeats.over(id.toString());
                kinds.note(id, reading.kind(), reading.healthChecks());
                agents.learn(List.of(reading), now).stream()
                        .filter(waiting -> !waiting.equals(id))
                        .forEach(waiting -> schedule.want(waiting, now));
                emit(new SourceSignal.Observed(observation(reading, current, now)));
                if (!current) {
                    schedule.wantLater(id, now.plus(SECOND));
                }
            }
            case ReadResult.Service(Reading reading) ->
                    readFailed(job, id, id + ": answer is about " + reading.path(), now);
            case ReadResult.NotDefined _ -> {
                schedule.succeeded(job, now);
                repeats.over(id.toString());
                kinds.forget(id);
                emit(new SourceSignal.NotDefined(id));
            }
            case ReadResult.Failed(String cause) -> readFailed(job, id, id + ": " + cause, now);
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
                if (!readFailed(job, id, id + " version=" + version + ": " + cause, now)) {
                    emit(new SourceSignal.VersionRead(id, version, Optional.empty()));
                }
            }
        }
    }

    /**
     * @return whether the read is tried again
     */
    private boolean readFailed(ReadSchedule.Job job, ServiceId id, String cause, Instant now) {
        boolean again = schedule.failed(job, now);
        String line = "cannot read " + cause + "; " + (again ? "will try again" : "given up");
        effects.accept(
                new MarathonEffect.ReadFailed(repeats.line(id.toString(), line).orElse(null)));
        return again;
    }

    private void unreadable(String subject, String line) {
        effects.accept(new MarathonEffect.Unreadable(repeats.line(subject, line).orElse(null)));
    }

    private void warn(String subject, String line) {
        repeats.line(subject, line).map(MarathonEffect.Warn::new).ifPresent(effects);
    }

    private void emit(SourceSignal signal) {
        effects.accept(new MarathonEffect.Emit(signal));
    }
}
