package io.meridian.sources.marathon;

import io.meridian.domain.service.ServiceId;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What is to be read from Marathon, and when: single services after a debounce, a few at a time;
 * one listing instead where too many are due; and what in the answers under way is outdated by
 * events that came meanwhile.
 *
 * <p>Times are {@link System#nanoTime} readings. Used by one thread.
 */
final class ReadSchedule {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_VERSION_FAILURES = 5;

    private final ReadSettings settings;
    private final Map<ServiceId, Due> dirty = new LinkedHashMap<>();
    private final Map<Job.Version, Due> versions = new LinkedHashMap<>();
    private final Set<Job> running = new HashSet<>();
    private final Map<Job, Integer> failures = new HashMap<>();
    private final Set<ServiceId> outdated = new HashSet<>();
    private final Set<ServiceId> outdatedInListing = new HashSet<>();
    private final Set<String> outdatedGroups = new HashSet<>();
    private OptionalLong listingAt = OptionalLong.empty();
    private long listingStarted;
    private long spacing = SECOND;

    /** One request or, for a listing, one series of requests. */
    sealed interface Job {
        record ListAll() implements Job {}

        record Service(ServiceId id) implements Job {}

        record Version(ServiceId id, Instant version) implements Job {}
    }

    /**
     * @param first when it was first asked for since the last read
     * @param at when to read
     */
    private record Due(long first, long at) {}

    ReadSchedule(ReadSettings settings, long now) {
        this.settings = settings;
        this.listingStarted = now - SECOND;
    }

    /**
     * Read this service once it has been quiet for the debounce time, at the latest after the cap.
     */
    void want(ServiceId service, long now) {
        Due due = dirty.get(service);
        long first = due == null ? now : due.first();
        long left = first + settings.longestDebounce().toNanos() - now;
        dirty.put(service, new Due(first, now + Math.min(settings.debounce().toNanos(), left)));
    }

    /** Read this service after a delay, if nobody wants it sooner. */
    void wantLater(ServiceId service, long now, long delay) {
        dirty.putIfAbsent(service, new Due(now + delay, now + delay));
    }

    void wantVersion(ServiceId service, Instant version, long now) {
        versions.putIfAbsent(new Job.Version(service, version), new Due(now, now));
    }

    /** Take a listing, not before {@code at}; an earlier wish stays. */
    void wantListing(long at) {
        listingAt =
                OptionalLong.of(
                        listingAt.isPresent() && listingAt.getAsLong() - at < 0
                                ? listingAt.getAsLong()
                                : at);
    }

    /**
     * Take a listing soon, but leave Marathon time between two that nobody asked for by hand.
     *
     * @param least shortest time between two in any case
     */
    void wantListingSpaced(long now, long least) {
        wantListing(now + Math.max(0, listingStarted + Math.max(least, spacing) - now));
    }

    /** An event told of this service: what answers under way say of it may be older. */
    void outdate(ServiceId service) {
        if (running.contains(new Job.ListAll())) {
            outdatedInListing.add(service);
        }
        if (running.contains(new Job.Service(service))) {
            outdated.add(service);
        }
    }

    /** Something unknown changed in or below this group. */
    void outdateGroup(String group) {
        if (running.contains(new Job.ListAll())) {
            outdatedGroups.add(group);
        }
    }

    /** Whether an event told of this service since the listing under way was asked for. */
    boolean outdatedInListing(ServiceId service) {
        return outdatedInListing.contains(service)
                || outdatedGroups.stream()
                        .anyMatch(group -> GroupChanges.contains(group, service.path()));
    }

    /** Whether an event told of this service since its read under way was asked for. */
    boolean isOutdated(ServiceId service) {
        return outdated.contains(service);
    }

    /**
     * What to start now; each must come back by {@link #succeeded}, {@link #failed} or {@link
     * #clear}.
     */
    List<Job> takeDue(long now) {
        List<Job> jobs = new ArrayList<>();
        boolean listing = running.contains(new Job.ListAll());
        if (!listing && dirty.size() > settings.listingThreshold()) {
            wantListingSpaced(now, SECOND);
        }
        if (!listing && listingAt.isPresent() && listingAt.getAsLong() - now <= 0) {
            dirty.clear();
            outdatedInListing.clear();
            outdatedGroups.clear();
            listingAt = OptionalLong.empty();
            listingStarted = now;
            jobs.add(new Job.ListAll());
        }
        running.addAll(jobs);
        takeVersions(now, jobs);
        takeServices(now, jobs);
        return jobs;
    }

    private void takeVersions(long now, List<Job> jobs) {
        for (Map.Entry<Job.Version, Due> entry : versions.entrySet()) {
            if (free() && entry.getValue().at() - now <= 0 && running.add(entry.getKey())) {
                jobs.add(entry.getKey());
            }
        }
    }

    private void takeServices(long now, List<Job> jobs) {
        if (dirty.size() > settings.listingThreshold()) {
            return; // the listing comes
        }
        for (Iterator<Map.Entry<ServiceId, Due>> i = dirty.entrySet().iterator();
                i.hasNext() && free(); ) {
            Map.Entry<ServiceId, Due> entry = i.next();
            Job job = new Job.Service(entry.getKey());
            if (entry.getValue().at() - now <= 0 && running.add(job)) {
                outdated.remove(entry.getKey());
                jobs.add(job);
                i.remove();
            }
        }
    }

    private boolean free() {
        return running.stream().filter(job -> !(job instanceof Job.ListAll)).count()
                < settings.inFlight();
    }

    /** When {@link #takeDue} is to be asked next, if no job ends before. */
    OptionalLong nextDue() {
        OptionalLong next = running.contains(new Job.ListAll()) ? OptionalLong.empty() : listingAt;
        if (!free()) {
            return next;
        }
        if (dirty.size() <= settings.listingThreshold()) {
            for (Map.Entry<ServiceId, Due> entry : dirty.entrySet()) {
                next =
                        running.contains(new Job.Service(entry.getKey()))
                                ? next
                                : sooner(next, entry.getValue().at());
            }
        }
        for (Map.Entry<Job.Version, Due> entry : versions.entrySet()) {
            next = running.contains(entry.getKey()) ? next : sooner(next, entry.getValue().at());
        }
        return next;
    }

    private static OptionalLong sooner(OptionalLong one, long other) {
        return one.isPresent() && one.getAsLong() - other <= 0 ? one : OptionalLong.of(other);
    }

    /** A job was answered. */
    void succeeded(Job job, long now) {
        running.remove(job);
        failures.remove(job);
        switch (job) {
            case Job.ListAll _ -> spacing = Math.max(SECOND, 2 * (now - listingStarted));
            case Job.Service _ -> {}
            case Job.Version version -> versions.remove(version);
        }
    }

    /**
     * A job was not answered; it is tried again with growing delay.
     *
     * @return whether it will be: a version is given up at some point
     */
    boolean failed(Job job, long now) {
        running.remove(job);
        int count = failures.merge(job, 1, Integer::sum);
        long at = now + delay(count - 1);
        switch (job) {
            case Job.ListAll _ -> wantListing(at);
            case Job.Service service -> dirty.putIfAbsent(service.id(), new Due(at, at));
            case Job.Version version -> versions.put(version, new Due(at, at));
        }
        if (job instanceof Job.Version version && count >= MAX_VERSION_FAILURES) {
            versions.remove(version);
            failures.remove(version);
            return false;
        }
        return true;
    }

    private static long delay(int earlierFailures) {
        return Math.min(30 * SECOND, SECOND << Math.min(earlierFailures, 10));
    }

    /**
     * The stream is lost: what runs is void and the next attach lists everything. Versions are
     * still wanted.
     */
    void clear() {
        running.clear();
        dirty.clear();
        outdated.clear();
        outdatedInListing.clear();
        outdatedGroups.clear();
        listingAt = OptionalLong.empty();
        failures.clear();
    }
}
