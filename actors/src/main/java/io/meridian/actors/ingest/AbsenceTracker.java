package io.meridian.actors.ingest;

import io.meridian.actors.service.ServiceEntity.Missing;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Turns "a good listing lacks it" into proof of an end, or not. Time is passed in; only the ingest
 * calls it.
 *
 * <p>A task is proven ended when good listings have lacked it without a break, at least two of
 * them, for as long as {@link AbsenceRules} ask in its case: at once (one listing) if somebody said
 * that its instance or service ended; {@code confirm} if it may have ended in a gap of the stream,
 * that is, if the first complete listing since the attach lacked it already; {@code contradiction}
 * if the stream should have told. A lost stream starts all waits anew.
 */
final class AbsenceTracker {
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final AbsenceRules rules;
    private final Map<ServiceId, SortedMap<TaskId, Wait>> tasks = new HashMap<>();
    private final Map<ServiceId, Wait> services = new HashMap<>();
    private final Map<ServiceId, Set<String>> endedInstances = new HashMap<>();
    private final Set<ServiceId> endedServices = new HashSet<>();
    private boolean sawCompleteListing;

    /**
     * Something is missing.
     *
     * @param seen when a listing last lacked it
     * @param afterGap the first complete listing since the attach lacked it already
     */
    private record Wait(
            Instant since,
            Instant seen,
            int listings,
            boolean afterGap,
            boolean hinted,
            boolean unreachable) {
        Wait again(Instant at, boolean nowHinted, boolean nowUnreachable) {
            return new Wait(since, at, listings + 1, afterGap, hinted || nowHinted, nowUnreachable);
        }
    }

    /**
     * What is proven.
     *
     * @param removed whether the service itself is no longer defined
     */
    record Proof(ServiceId service, SortedSet<TaskId> tasks, boolean removed) {}

    AbsenceTracker(AbsenceRules rules) {
        this.rules = rules;
    }

    /** The stream is lost: what was missing may be missing because of what breaks. */
    void detached() {
        sawCompleteListing = false;
        tasks.clear();
        services.clear();
    }

    /**
     * A complete listing was taken note of, with all calls of {@link #listed} and {@link
     * #notListed} for it.
     */
    void completeListing() {
        sawCompleteListing = true;
    }

    void instanceEnded(ServiceId service, String instance) {
        endedInstances.computeIfAbsent(service, _ -> new HashSet<>()).add(instance);
    }

    void serviceEnded(ServiceId service) {
        endedServices.add(service);
    }

    /** A good listing has the service, and lacks these of its live tasks. */
    void listed(ServiceId service, SortedMap<TaskId, Missing> missing, Instant at) {
        services.remove(service);
        endedServices.remove(service);
        note(service, missing, at);
    }

    /**
     * A good listing, complete or of this service alone, lacks the service; these are its live
     * tasks.
     */
    void notListed(ServiceId service, SortedMap<TaskId, Missing> live, Instant at) {
        boolean hinted = endedServices.contains(service);
        services.compute(
                service,
                (_, wait) ->
                        wait == null
                                ? new Wait(at, at, 1, !sawCompleteListing, hinted, false)
                                : wait.again(at, hinted, false));
        note(service, live, at);
    }

    /**
     * Whether a further listing could prove something: soon at first, ever more seldom the longer
     * it takes.
     */
    boolean wantsListing(Instant now) {
        return Stream.concat(
                        services.values().stream(),
                        tasks.values().stream().flatMap(waits -> waits.values().stream()))
                .anyMatch(
                        wait -> {
                            Duration age = Duration.between(wait.since(), now);
                            Duration step = age.dividedBy(4);
                            Duration pause =
                                    step.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : step;
                            return !now.isBefore(wait.seen().plus(pause));
                        });
    }

    /** How many tasks are missing and not yet proven ended. */
    int waitingTasks() {
        return tasks.values().stream().mapToInt(SortedMap::size).sum();
    }

    /**
     * What is proven by now; each is told once.
     *
     * @param liveTasks how many live tasks the source has in all
     */
    Map<ServiceId, Proof> proven(Instant now, int liveTasks) {
        Map<ServiceId, SortedSet<TaskId>> lightly = select(now, rules.confirm());
        int suspects = lightly.values().stream().mapToInt(SortedSet::size).sum();
        Map<ServiceId, SortedSet<TaskId>> ended =
                suspects > rules.massShare() * liveTasks
                        ? select(now, rules.contradiction())
                        : lightly;
        Map<ServiceId, Proof> proofs = new TreeMap<>();
        for (ServiceId service : new TreeSet<>(tasks.keySet())) {
            SortedSet<TaskId> certain = certain(service, now);
            certain.addAll(ended.getOrDefault(service, new TreeSet<>()));
            if (!certain.isEmpty()) {
                forget(service, certain);
                proofs.put(service, new Proof(service, certain, removed(service, now)));
            }
        }
        for (ServiceId service : new TreeSet<>(services.keySet())) {
            if (!tasks.containsKey(service) && removed(service, now)) {
                proofs.computeIfAbsent(service, _ -> new Proof(service, new TreeSet<>(), true));
                services.remove(service);
                endedServices.remove(service);
                endedInstances.remove(service);
            }
        }
        return proofs;
    }

    private void note(ServiceId service, SortedMap<TaskId, Missing> missing, Instant at) {
        if (missing.isEmpty()) {
            tasks.remove(service);
            endedInstances.remove(service);
            return;
        }
        SortedMap<TaskId, Wait> before = tasks.getOrDefault(service, new TreeMap<>());
        SortedMap<TaskId, Wait> after = new TreeMap<>();
        missing.forEach(
                (task, one) -> {
                    boolean hinted =
                            endedServices.contains(service)
                                    || endedInstances
                                            .getOrDefault(service, Set.of())
                                            .contains(one.instance());
                    Wait wait = before.get(task);
                    after.put(
                            task,
                            wait == null
                                    ? new Wait(
                                            at,
                                            at,
                                            1,
                                            !sawCompleteListing,
                                            hinted,
                                            one.unreachable())
                                    : wait.again(at, hinted, one.unreachable()));
                });
        tasks.put(service, after);
    }

    /**
     * Ended for certain, whatever the share: said to have ended, or unreachable and held long
     * enough.
     */
    private SortedSet<TaskId> certain(ServiceId service, Instant now) {
        SortedSet<TaskId> certain = new TreeSet<>();
        tasks.getOrDefault(service, new TreeMap<>())
                .forEach(
                        (task, wait) -> {
                            if (wait.hinted()
                                    || wait.unreachable()
                                            && lasted(wait, now, rules.unreachableHold())) {
                                certain.add(task);
                            }
                        });
        return certain;
    }

    /** Tasks whose wait is over if a gap in the stream asks for that much. */
    private Map<ServiceId, SortedSet<TaskId>> select(Instant now, Duration afterGap) {
        Map<ServiceId, SortedSet<TaskId>> selected = new HashMap<>();
        tasks.forEach(
                (service, waits) ->
                        waits.forEach(
                                (task, wait) -> {
                                    Duration asked =
                                            wait.afterGap() ? afterGap : rules.contradiction();
                                    if (!wait.hinted()
                                            && !wait.unreachable()
                                            && lasted(wait, now, asked)) {
                                        selected.computeIfAbsent(service, _ -> new TreeSet<>())
                                                .add(task);
                                    }
                                }));
        return selected;
    }

    private boolean removed(ServiceId service, Instant now) {
        Wait wait = services.get(service);
        return wait != null
                && (wait.hinted()
                        || lasted(
                                wait,
                                now,
                                wait.afterGap() ? rules.confirm() : rules.contradiction()));
    }

    private void forget(ServiceId service, SortedSet<TaskId> proven) {
        SortedMap<TaskId, Wait> left = new TreeMap<>(tasks.get(service));
        left.keySet().removeAll(proven);
        if (left.isEmpty()) {
            tasks.remove(service);
        } else {
            tasks.put(service, left);
        }
    }

    private static boolean lasted(Wait wait, Instant now, Duration asked) {
        return wait.listings() >= 2 && !now.isBefore(wait.since().plus(asked));
    }
}
