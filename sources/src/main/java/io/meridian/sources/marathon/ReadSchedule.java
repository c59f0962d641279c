package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceId;
import io.meridian.domain.time.Backoff;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What to read from Marathon, and when. Single services are debounced and limited in number; one
 * full listing replaces them where too many are due. Reads under way that events have outdated are
 * marked. Pure; used by one thread.
 */
final class ReadSchedule {
    private static final Duration MIN_SPACING = Duration.ofSeconds(1);
    private static final Backoff RETRY = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(30));
    private static final int MAX_VERSION_FAILURES = 5;
    private static final Job LIST_ALL = new Job.ListAll();

    private final RereadSettings settings;
    private final Map<ServiceId, Due> services = new LinkedHashMap<>();
    private final Map<Job.Version, Due> versions = new LinkedHashMap<>();
    private final Set<Job> running = new HashSet<>();
    private final Map<Job, Integer> failures = new HashMap<>();
    private final Set<ServiceId> outdated = new HashSet<>();
    private final Set<ServiceId> outdatedInListing = new HashSet<>();
    private final Set<String> outdatedGroups = new HashSet<>();
    private Optional<Instant> listingAt = Optional.empty();
    private Instant listingStarted;
    private Duration spacing = MIN_SPACING;
    private int known;
    private boolean servicesWaitForListing;

    /** One request or, for a listing, one series of requests. */
    sealed interface Job {
        record ListAll() implements Job {}

        record Service(ServiceId id) implements Job {}

        record Version(ServiceId id, Instant version) implements Job {}
    }

    /**
     * @param first time of the first request since the last read
     * @param at when to read
     */
    private record Due(Instant first, Instant at) {
        static Due at(Instant at) {
            return new Due(at, at);
        }

        boolean isDue(Instant now) {
            return !now.isBefore(at);
        }
    }

    ReadSchedule(RereadSettings settings, Instant now) {
        this.settings = settings;
        listingStarted = now.minus(MIN_SPACING);
    }

    /** Read this service after the debounce, at the latest after the longest debounce. */
    void want(ServiceId service, Instant now) {
        Due due = services.get(service);
        Instant first = due == null ? now : due.first();
        Instant quiet = now.plus(settings.debounce());
        services.put(
                service, new Due(first, earlier(quiet, first.plus(settings.longestDebounce()))));
    }

    /** Read this service at this time, or at an earlier time that was requested before. */
    void wantLater(ServiceId service, Instant at) {
        services.putIfAbsent(service, Due.at(at));
    }

    void wantVersion(ServiceId service, Instant version, Instant now) {
        versions.putIfAbsent(new Job.Version(service, version), Due.at(now));
    }

    /** A complete listing has this number of services. */
    void listed(int services) {
        known = services;
    }

    /** Read a listing at {@code at}, or at an earlier time that was requested before. */
    void wantListing(Instant at) {
        listingAt = Optional.of(listingAt.map(wanted -> earlier(wanted, at)).orElse(at));
    }

    /**
     * Read a listing soon, but no sooner after the last one than twice the time that it took.
     *
     * @param least shortest time between the starts of two listings
     */
    void wantListingSpaced(Instant now, Duration least) {
        Instant spaced = listingStarted.plus(least.compareTo(spacing) > 0 ? least : spacing);
        wantListing(now.isAfter(spaced) ? now : spaced);
    }

    /** An event has concerned this service: reads in flight may return an older state. */
    void outdate(ServiceId service) {
        if (running.contains(LIST_ALL)) {
            outdatedInListing.add(service);
        }
        if (running.contains(new Job.Service(service))) {
            outdated.add(service);
        }
    }

    /** An event has concerned an unknown service in or below this group. */
    void outdateGroup(String group) {
        if (running.contains(LIST_ALL)) {
            outdatedGroups.add(group);
        }
    }

    /** Whether an event has concerned this service since the listing in flight started. */
    boolean outdatedInListing(ServiceId service) {
        return outdatedInListing.contains(service)
                || outdatedGroups.stream()
                        .anyMatch(group -> GroupChanges.contains(group, service.path()));
    }

    /** Whether an event has concerned this service since its read in flight started. */
    boolean isOutdated(ServiceId service) {
        return outdated.contains(service);
    }

    /**
     * Jobs to start now. The caller reports the end of each by {@link #succeeded} or {@link
     * #failed}, unless {@link #clear} comes first.
     */
    List<Job> takeDue(Instant now) {
        List<Job> jobs = new ArrayList<>();
        takeListing(now, jobs);
        takeVersions(now, jobs);
        servicesWaitForListing = isListingCheaper(now);
        if (!servicesWaitForListing) {
            takeServices(now, jobs);
        }
        return jobs;
    }

    private void takeListing(Instant now, List<Job> jobs) {
        if (running.contains(LIST_ALL)) {
            return;
        }
        if (isListingCheaper(now)) {
            wantListingSpaced(now, MIN_SPACING);
        }
        if (listingAt.isPresent() && !now.isBefore(listingAt.get())) {
            services.clear();
            outdatedInListing.clear();
            outdatedGroups.clear();
            listingAt = Optional.empty();
            listingStarted = now;
            running.add(LIST_ALL);
            jobs.add(LIST_ALL);
        }
    }

    private void takeVersions(Instant now, List<Job> jobs) {
        for (Map.Entry<Job.Version, Due> entry : versions.entrySet()) {
            if (hasFreeSlot() && entry.getValue().isDue(now) && running.add(entry.getKey())) {
                jobs.add(entry.getKey());
            }
        }
    }

    private void takeServices(Instant now, List<Job> jobs) {
        for (Iterator<Map.Entry<ServiceId, Due>> i = services.entrySet().iterator();
                i.hasNext() && hasFreeSlot(); ) {
            Map.Entry<ServiceId, Due> entry = i.next();
            Job job = new Job.Service(entry.getKey());
            if (entry.getValue().isDue(now) && running.add(job)) {
                outdated.remove(entry.getKey());
                jobs.add(job);
                i.remove();
            }
        }
    }

    private boolean isListingCheaper(Instant now) {
        int due = (int) services.values().stream().filter(one -> one.isDue(now)).count();
        return isListingCheaper(due, known, settings.listingThreshold());
    }

    /**
     * Whether one listing costs Marathon less than a read of each service that is due. A read costs
     * about as much as its service's part of a listing, and as much again for the request: a
     * listing pays above half of all services. Below the threshold it never does, because it also
     * delays the services that change most.
     *
     * @param due services due for a read now
     * @param known services of the last complete listing
     */
    static boolean isListingCheaper(int due, int known, int threshold) {
        return due > threshold && 2L * due > known;
    }

    private boolean hasFreeSlot() {
        return running.size() - (running.contains(LIST_ALL) ? 1 : 0) < settings.inFlight();
    }

    /** When {@link #takeDue} has something to start, if no job ends before; empty if never. */
    Optional<Instant> nextDue() {
        List<Instant> due = new ArrayList<>();
        if (!running.contains(LIST_ALL)) {
            listingAt.ifPresent(due::add);
        }
        if (hasFreeSlot()) {
            versions.forEach((job, at) -> addUnlessRunning(due, job, at));
            if (!servicesWaitForListing) {
                services.forEach((id, at) -> addUnlessRunning(due, new Job.Service(id), at));
            }
        }
        return due.stream().min(Instant::compareTo);
    }

    private void addUnlessRunning(List<Instant> due, Job job, Due at) {
        if (!running.contains(job)) {
            due.add(at.at());
        }
    }

    /** A job succeeded. */
    void succeeded(Job job, Instant now) {
        running.remove(job);
        failures.remove(job);
        switch (job) {
            case Job.ListAll _ -> {
                Duration twice = Duration.between(listingStarted, now).multipliedBy(2);
                spacing = twice.compareTo(MIN_SPACING) > 0 ? twice : MIN_SPACING;
            }
            case Job.Service _ -> {}
            case Job.Version version -> versions.remove(version);
        }
    }

    /**
     * A job failed; the schedule repeats it with a growing delay.
     *
     * @return false if a version is given up after {@value #MAX_VERSION_FAILURES} failures
     */
    boolean failed(Job job, Instant now) {
        running.remove(job);
        int count = failures.merge(job, 1, Integer::sum);
        Instant at = now.plus(RETRY.bound(count));
        switch (job) {
            case Job.ListAll _ -> wantListing(at);
            case Job.Service(ServiceId id) -> wantLater(id, at);
            case Job.Version version -> {
                if (count >= MAX_VERSION_FAILURES) {
                    versions.remove(version);
                    failures.remove(version);
                    return false;
                }
                versions.put(version, Due.at(at));
            }
        }
        return true;
    }

    /**
     * The stream is lost: jobs under way are void and the next attach reads a listing. Versions
     * stay wanted.
     */
    void clear() {
        running.clear();
        services.clear();
        outdated.clear();
        outdatedInListing.clear();
        outdatedGroups.clear();
        listingAt = Optional.empty();
        failures.clear();
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }
}
