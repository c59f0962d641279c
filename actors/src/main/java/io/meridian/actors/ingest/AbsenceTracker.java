package io.meridian.actors.ingest;

import io.meridian.actors.service.ServiceEntity.Missing;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Turns "a good listing lacks it" into proof of an end, or not. Times are those of the listings,
 * not of when they were dealt with; only the ingest calls it.
 *
 * <p>A task is proven ended when good listings have lacked it without a break, at least two of
 * them, the last one asked for as long after the first as {@link AbsenceRules} ask in its case: at
 * once (one listing) if somebody said that it is stopping or that its instance or service ended;
 * {@code confirm} if it may have ended in a gap of the stream, that is, if the first complete
 * listing since the attach lacked it already; {@code contradiction} if the stream should have told.
 * A sign of life is a break, and a lost stream starts all waits anew.
 */
final class AbsenceTracker {
    /**
     * How many services that a listing lacks tasks of are read alone, to see whether it is whole.
     */
    static final int DOUBTED_SERVICES = 10;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final AbsenceRules rules;
    private final Map<ServiceId, SortedMap<TaskId, Wait>> tasks = new HashMap<>();
    private final Map<ServiceId, Wait> services = new HashMap<>();
    private final Map<ServiceId, Map<String, Instant>> endedInstances = new HashMap<>();
    private final Map<ServiceId, Instant> endedServices = new HashMap<>();
    private boolean sawCompleteListing;

    /**
     * Something is missing.
     *
     * @param instance whose task it is; empty for a service
     * @param since when the first listing that lacks it was had
     * @param seen when the last listing that lacks it was asked for
     * @param afterGap the first complete listing since the attach lacked it already
     * @param told somebody said that it ended, or is about to
     */
    private record Wait(
            String instance,
            Instant since,
            Instant seen,
            int listings,
            boolean afterGap,
            boolean told,
            boolean unreachable) {
        Wait again(Instant asked, boolean nowTold, boolean nowUnreachable) {
            return new Wait(
                    instance,
                    since,
                    asked,
                    listings + 1,
                    afterGap,
                    told || nowTold,
                    nowUnreachable);
        }

        boolean lasted(Duration asked) {
            return listings >= 2 && !seen.isBefore(since.plus(asked));
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

    void instanceEnded(ServiceId service, String instance, Instant at) {
        endedInstances.computeIfAbsent(service, _ -> new HashMap<>()).put(instance, at);
    }

    void serviceEnded(ServiceId service, Instant at) {
        endedServices.put(service, at);
    }

    /** The service is defined: somebody said so. */
    void defined(ServiceId service) {
        services.remove(service);
        endedServices.remove(service);
    }

    /**
     * A task was seen to exist.
     *
     * @param staying not told to stop, so that earlier word of its instance's end meant another
     *     task of it
     */
    void alive(ServiceId service, TaskId task, String instance, boolean staying) {
        drop(service, Set.of(task));
        if (staying) {
            defined(service);
            forgetHint(service, instance, Instant.MAX);
        }
    }

    /** An instance got a verdict of its health checks, so it exists. */
    void judged(ServiceId service, String instance) {
        SortedSet<TaskId> those = new TreeSet<>();
        tasks.getOrDefault(service, new TreeMap<>())
                .forEach(
                        (task, wait) -> {
                            if (wait.instance().equals(instance)) {
                                those.add(task);
                            }
                        });
        drop(service, those);
    }

    /**
     * A good listing has the service, and lacks these of its live tasks.
     *
     * @param present instances of which it lists a task that stays
     */
    void listed(
            ServiceId service,
            SortedMap<TaskId, Missing> missing,
            Set<String> present,
            Instant asked,
            Instant received) {
        defined(service);
        note(service, missing, asked, received);
        present.forEach(instance -> forgetHint(service, instance, asked));
        if (missing.isEmpty()) {
            for (String instance :
                    Set.copyOf(endedInstances.getOrDefault(service, Map.of()).keySet())) {
                forgetHint(service, instance, asked);
            }
        }
    }

    /**
     * As {@link #listed}, but events about the service came while the listing was taken: what it
     * has is there, what it lacks may be newer than it.
     */
    void listedInPart(ServiceId service, SortedMap<TaskId, Missing> missing) {
        defined(service);
        SortedSet<TaskId> present =
                new TreeSet<>(tasks.getOrDefault(service, new TreeMap<>()).keySet());
        present.removeAll(missing.keySet());
        drop(service, present);
    }

    /**
     * A good listing, complete or of this service alone, lacks the service; these are its live
     * tasks.
     */
    void notListed(
            ServiceId service, SortedMap<TaskId, Missing> live, Instant asked, Instant received) {
        boolean told = endedServices.containsKey(service);
        services.compute(
                service,
                (_, wait) ->
                        wait == null
                                ? new Wait("", received, asked, 1, !sawCompleteListing, told, false)
                                : wait.again(asked, told, false));
        note(service, live, asked, received);
    }

    /** The journal knows nothing of the service. */
    void unknown(ServiceId service) {
        tasks.remove(service);
        services.remove(service);
        endedInstances.remove(service);
        endedServices.remove(service);
    }

    /**
     * Whether a further listing could prove something: soon at first, ever more seldom the longer
     * it takes.
     */
    boolean wantsListing(Instant now) {
        return Stream.concat(services.values().stream(), waits())
                .anyMatch(
                        wait -> {
                            Duration step = Duration.between(wait.since(), now).dividedBy(4);
                            Duration pause =
                                    step.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : step;
                            return !now.isBefore(wait.seen().plus(pause));
                        });
    }

    /** How many tasks are missing and not yet proven ended. */
    int waitingTasks() {
        return Math.toIntExact(waits().count());
    }

    /** What is proven because somebody said so; each is told once. */
    SortedMap<ServiceId, Proof> told() {
        return proofs(Wait::told, Wait::told);
    }

    /**
     * What is proven by the last complete listing; each is told once. To be asked when all of it
     * was taken note of: whether too much is missing can't be seen from a part of it.
     *
     * @param liveTasks how many live tasks the source has in all
     */
    SortedMap<ServiceId, Proof> proven(int liveTasks) {
        long suspects = waits().filter(wait -> !wait.told() && !wait.unreachable()).count();
        // More services than are read alone: then this listing's word is all there is for some.
        boolean unverified =
                tasks.values().stream()
                                .filter(
                                        waits ->
                                                waits.values().stream()
                                                        .anyMatch(wait -> !wait.told()))
                                .count()
                        > DOUBTED_SERVICES;
        Duration afterGap =
                unverified || suspects > rules.massShare() * liveTasks
                        ? rules.contradiction()
                        : rules.confirm();
        return proofs(
                wait ->
                        wait.told()
                                || wait.lasted(
                                        wait.unreachable()
                                                ? rules.unreachableHold()
                                                : wait.afterGap()
                                                        ? afterGap
                                                        : rules.contradiction()),
                wait ->
                        wait.told()
                                || wait.lasted(
                                        wait.afterGap() ? rules.confirm() : rules.contradiction()));
    }

    private SortedMap<ServiceId, Proof> proofs(
            Predicate<Wait> taskEnded, Predicate<Wait> serviceEnded) {
        SortedMap<ServiceId, Proof> proofs = new TreeMap<>();
        Set<ServiceId> removed = new TreeSet<>();
        services.forEach(
                (service, wait) -> {
                    if (serviceEnded.test(wait)) {
                        removed.add(service);
                    }
                });
        for (ServiceId service : new TreeSet<>(tasks.keySet())) {
            SortedSet<TaskId> ended = new TreeSet<>();
            tasks.get(service)
                    .forEach(
                            (task, wait) -> {
                                if (taskEnded.test(wait)) {
                                    ended.add(task);
                                }
                            });
            if (!ended.isEmpty()) {
                drop(service, ended);
                proofs.put(service, new Proof(service, ended, removed.contains(service)));
            }
        }
        for (ServiceId service : removed) {
            if (!tasks.containsKey(service)) {
                proofs.computeIfAbsent(service, _ -> new Proof(service, new TreeSet<>(), true));
                unknown(service);
            }
        }
        return proofs;
    }

    private void note(
            ServiceId service,
            SortedMap<TaskId, Missing> missing,
            Instant asked,
            Instant received) {
        SortedMap<TaskId, Wait> before = tasks.getOrDefault(service, new TreeMap<>());
        SortedMap<TaskId, Wait> after = new TreeMap<>();
        missing.forEach(
                (task, one) -> {
                    boolean told =
                            one.stopping()
                                    || endedServices.containsKey(service)
                                    || endedInstances
                                            .getOrDefault(service, Map.of())
                                            .containsKey(one.instance());
                    Wait wait = before.get(task);
                    after.put(
                            task,
                            wait == null
                                    ? new Wait(
                                            one.instance(),
                                            received,
                                            asked,
                                            1,
                                            !sawCompleteListing,
                                            told,
                                            one.unreachable())
                                    : wait.again(asked, told, one.unreachable()));
                });
        if (after.isEmpty()) {
            tasks.remove(service);
        } else {
            tasks.put(service, after);
        }
    }

    /** Word of an end, as old as that listing, which knows better. */
    private void forgetHint(ServiceId service, String instance, Instant asked) {
        endedInstances.computeIfPresent(
                service,
                (_, hints) -> {
                    hints.computeIfPresent(instance, (_, at) -> at.isAfter(asked) ? at : null);
                    return hints.isEmpty() ? null : hints;
                });
    }

    private void drop(ServiceId service, Set<TaskId> those) {
        tasks.computeIfPresent(
                service,
                (_, waits) -> {
                    SortedMap<TaskId, Wait> left = new TreeMap<>(waits);
                    left.keySet().removeAll(those);
                    return left.isEmpty() ? null : left;
                });
    }

    private Stream<Wait> waits() {
        return tasks.values().stream().flatMap(waits -> waits.values().stream());
    }
}
