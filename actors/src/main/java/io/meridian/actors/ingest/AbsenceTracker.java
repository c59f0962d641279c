package io.meridian.actors.ingest;

import io.meridian.domain.service.MissingInstance;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Decides when tasks and services that listings lack have ended (ADR 0004). Times are those of the
 * listings, not of their processing, so that slow entities do not stretch them.
 *
 * <p>A task has ended when good listings have lacked it without a break and the last was requested
 * long enough after the first arrived:
 *
 * <ul>
 *   <li>one listing is enough if the source reported the end of the task's instance or service, or
 *       that the task is stopping;
 *   <li>two, {@link AbsenceRules#missingAfterGap} apart, if the first complete listing since the
 *       attach lacked the task already: its end may have been in the gap;
 *   <li>one listing removes a service without live tasks that a read of it alone has not found;
 *   <li>else two, {@link AbsenceRules#missingWhileAttached} apart: the stream should have reported
 *       the end.
 * </ul>
 *
 * <p>A sign of life is a break, and a lost stream restarts every wait.
 */
final class AbsenceTracker {
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

    private final AbsenceRules rules;
    private final Map<ServiceId, SortedMap<TaskId, Absence>> missingTasks = new HashMap<>();
    private final Map<ServiceId, Absence> missingServices = new HashMap<>();
    private final Map<ServiceId, Map<String, Instant>> endedInstances = new HashMap<>();
    private final Map<ServiceId, Instant> endedServices = new HashMap<>();

    /** When a read of a service alone answered that it is not defined. */
    private final SortedMap<ServiceId, Instant> undefinedServices = new TreeMap<>();

    private boolean sawCompleteListing;

    /**
     * Absence of a task or service without a break.
     *
     * @param instance instance of the task; empty for a service
     * @param since when the first listing that lacks it arrived
     * @param lastListing when the last listing that lacks it was requested
     * @param listings how many listings lack it
     * @param afterGap whether the first complete listing since the attach lacked it
     * @param endReported whether the source reported the task's or service's end, or that the task
     *     is stopping
     * @param unreachable whether Mesos has lost contact with the task's agent
     */
    private record Absence(
            String instance,
            Instant since,
            Instant lastListing,
            int listings,
            boolean afterGap,
            boolean endReported,
            boolean unreachable) {
        Absence again(Instant asked, boolean nowReported, boolean nowUnreachable) {
            return new Absence(
                    instance,
                    since,
                    asked,
                    listings + 1,
                    afterGap,
                    endReported || nowReported,
                    nowUnreachable);
        }

        boolean lasted(Duration wait) {
            return listings >= 2 && !lastListing.isBefore(since.plus(wait));
        }
    }

    /**
     * Tasks of a service that have ended.
     *
     * @param removed whether the service itself is no longer defined
     */
    record Proof(ServiceId service, SortedSet<TaskId> tasks, boolean removed) {}

    AbsenceTracker(AbsenceRules rules) {
        this.rules = rules;
    }

    /** The stream is lost: what caused that may also be why listings lack tasks. */
    void detached() {
        sawCompleteListing = false;
        missingTasks.clear();
        missingServices.clear();
        undefinedServices.clear();
    }

    /** {@link #listed} and {@link #notListed} were called for all services of a listing. */
    void listingCompleted() {
        sawCompleteListing = true;
    }

    void instanceEndReported(ServiceId service, String instance, Instant at) {
        endedInstances.computeIfAbsent(service, _ -> new HashMap<>()).put(instance, at);
    }

    void serviceEndReported(ServiceId service, Instant at) {
        endedServices.put(service, at);
    }

    /** The source has shown that the service is defined. */
    void defined(ServiceId service) {
        missingServices.remove(service);
        endedServices.remove(service);
        undefinedServices.remove(service);
    }

    /**
     * The source has shown that a task exists.
     *
     * @param staying whether the task is not stopping; an earlier report of its instance's end then
     *     concerned another task of the instance
     */
    void taskSeen(ServiceId service, TaskId task, String instance, boolean staying) {
        drop(service, Set.of(task));
        if (staying) {
            defined(service);
            forgetReportedEnd(service, instance, Instant.MAX);
        }
    }

    /** A health check has judged an instance, so its tasks exist. */
    void instanceSeen(ServiceId service, String instance) {
        SortedSet<TaskId> tasks = new TreeSet<>();
        missingOf(service)
                .forEach(
                        (task, absence) -> {
                            if (absence.instance().equals(instance)) {
                                tasks.add(task);
                            }
                        });
        drop(service, tasks);
    }

    /** A listing has arrived that has these tasks of the service: a break in their absence. */
    void shown(ServiceId service, Set<TaskId> listed) {
        missingServices.remove(service);
        undefinedServices.remove(service);
        drop(service, listed);
    }

    /**
     * A good listing has the service, and lacks some of its live tasks.
     *
     * @param staying instances of which the listing has a task that is not stopping
     * @param asked when the source requested the listing
     * @param received when the ingest received it
     */
    void listed(
            ServiceId service,
            SortedMap<TaskId, MissingInstance> missing,
            Set<String> staying,
            Instant asked,
            Instant received) {
        defined(service);
        setMissing(service, missing, asked, received);
        staying.forEach(instance -> forgetReportedEnd(service, instance, asked));
        if (missing.isEmpty()) {
            List.copyOf(endedInstances.getOrDefault(service, Map.of()).keySet())
                    .forEach(instance -> forgetReportedEnd(service, instance, asked));
        }
    }

    /**
     * A listing has the service, but events overtook it: tasks that it has exist, tasks that it
     * lacks may be newer than it.
     */
    void listedPartially(ServiceId service, SortedMap<TaskId, MissingInstance> missing) {
        defined(service);
        SortedSet<TaskId> present = new TreeSet<>(missingOf(service).keySet());
        present.removeAll(missing.keySet());
        drop(service, present);
    }

    /**
     * A read of this service alone answered that it is not defined.
     *
     * @param live the service's live tasks
     * @return whether that is news
     */
    boolean notDefined(
            ServiceId service, SortedMap<TaskId, MissingInstance> live, Instant received) {
        notListed(service, live, received, received, endedServices.containsKey(service));
        return undefinedServices.putIfAbsent(service, received) == null;
    }

    /**
     * A good complete listing lacks the service. If a read of the service alone answered before
     * that it is not defined, the two prove the end of a service without live tasks: nothing that
     * serves can then be withdrawn by a lie.
     *
     * @param live the service's live tasks
     */
    void notListed(
            ServiceId service,
            SortedMap<TaskId, MissingInstance> live,
            Instant asked,
            Instant received) {
        Instant undefined = undefinedServices.get(service);
        boolean confirmed = live.isEmpty() && undefined != null && undefined.isBefore(asked);
        notListed(service, live, asked, received, confirmed || endedServices.containsKey(service));
    }

    private void notListed(
            ServiceId service,
            SortedMap<TaskId, MissingInstance> live,
            Instant asked,
            Instant received,
            boolean reported) {
        Absence before = missingServices.get(service);
        missingServices.put(
                service,
                before == null
                        ? first("", asked, received, reported, false)
                        : before.again(asked, reported, false));
        setMissing(service, live, asked, received);
    }

    /** Services that reads of them alone found not defined, without proof of their end. */
    SortedSet<ServiceId> undefined() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(undefinedServices.keySet()));
    }

    /** The journal has no such service. */
    void forget(ServiceId service) {
        missingTasks.remove(service);
        missingServices.remove(service);
        endedInstances.remove(service);
        endedServices.remove(service);
        undefinedServices.remove(service);
    }

    /**
     * Whether another listing could prove something. The pause between listings grows with the
     * absence, up to 60 s.
     */
    boolean wantsListing(Instant now) {
        return Stream.concat(missingServices.values().stream(), absences())
                .anyMatch(
                        absence -> {
                            Duration step = Duration.between(absence.since(), now).dividedBy(4);
                            Duration pause =
                                    step.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : step;
                            return !now.isBefore(absence.lastListing().plus(pause));
                        });
    }

    /** Number of tasks that listings lack without proof of their end. */
    int missingTasks() {
        return Math.toIntExact(absences().count());
    }

    /** What reports prove of a service, after {@link #listed} or {@link #notListed}; each once. */
    SortedMap<ServiceId, Proof> provenByReport(ServiceId service) {
        return take(Set.of(service), Absence::endReported, Absence::endReported);
    }

    /**
     * What the last complete listing proves, after {@link #listingCompleted}; each once. A part of
     * a listing cannot show whether it lacks too much.
     *
     * @param liveTasks number of the source's live tasks
     */
    SortedMap<ServiceId, Proof> provenByListing(int liveTasks) {
        Duration afterGap =
                lacksTooMuch(liveTasks) ? rules.missingWhileAttached() : rules.missingAfterGap();
        Set<ServiceId> all = new TreeSet<>(missingTasks.keySet());
        all.addAll(missingServices.keySet());
        return take(
                all,
                task ->
                        task.endReported()
                                || task.lasted(
                                        task.unreachable()
                                                ? rules.unreachableHold()
                                                : task.afterGap()
                                                        ? afterGap
                                                        : rules.missingWhileAttached()),
                service ->
                        service.endReported()
                                || service.lasted(
                                        service.afterGap()
                                                ? rules.missingAfterGap()
                                                : rules.missingWhileAttached()));
    }

    /**
     * Whether the listing lacks more than the mass-removal threshold, or tasks of more services
     * than the source can confirm by reading each alone.
     */
    private boolean lacksTooMuch(int liveTasks) {
        long suspects =
                absences()
                        .filter(absence -> !absence.endReported() && !absence.unreachable())
                        .count();
        long services =
                missingTasks.values().stream()
                        .filter(
                                tasks ->
                                        tasks.values().stream()
                                                .anyMatch(absence -> !absence.endReported()))
                        .count();
        return services > ListingRound.MAX_RECHECKS
                || suspects > rules.massRemovalThreshold() * liveTasks;
    }

    private SortedMap<ServiceId, Proof> take(
            Collection<ServiceId> candidates,
            Predicate<Absence> taskEnded,
            Predicate<Absence> serviceEnded) {
        SortedMap<ServiceId, Proof> proofs = new TreeMap<>();
        for (ServiceId service : candidates) {
            Absence own = missingServices.get(service);
            boolean removed = own != null && serviceEnded.test(own);
            SortedSet<TaskId> ended = new TreeSet<>();
            missingOf(service)
                    .forEach(
                            (task, absence) -> {
                                if (taskEnded.test(absence)) {
                                    ended.add(task);
                                }
                            });
            drop(service, ended);
            boolean deserted = removed && !missingTasks.containsKey(service);
            if (!ended.isEmpty() || deserted) {
                proofs.put(service, new Proof(service, ended, removed));
            }
            if (deserted) {
                forget(service);
            }
        }
        return proofs;
    }

    private void setMissing(
            ServiceId service,
            SortedMap<TaskId, MissingInstance> missing,
            Instant asked,
            Instant received) {
        SortedMap<TaskId, Absence> before = missingOf(service);
        SortedMap<TaskId, Absence> after = new TreeMap<>();
        missing.forEach(
                (task, one) -> {
                    boolean reported = one.stopping() || isReportedEnded(service, one.instance());
                    Absence absence = before.get(task);
                    after.put(
                            task,
                            absence == null
                                    ? first(
                                            one.instance(),
                                            asked,
                                            received,
                                            reported,
                                            one.unreachable())
                                    : absence.again(asked, reported, one.unreachable()));
                });
        if (after.isEmpty()) {
            missingTasks.remove(service);
        } else {
            missingTasks.put(service, after);
        }
    }

    private Absence first(
            String instance,
            Instant asked,
            Instant received,
            boolean reported,
            boolean unreachable) {
        return new Absence(
                instance, received, asked, 1, !sawCompleteListing, reported, unreachable);
    }

    private boolean isReportedEnded(ServiceId service, String instance) {
        return endedServices.containsKey(service)
                || endedInstances.getOrDefault(service, Map.of()).containsKey(instance);
    }

    /** Drops a report that is not newer than evidence to the contrary. */
    private void forgetReportedEnd(ServiceId service, String instance, Instant evidence) {
        endedInstances.computeIfPresent(
                service,
                (_, ends) -> {
                    ends.computeIfPresent(instance, (_, at) -> at.isAfter(evidence) ? at : null);
                    return ends.isEmpty() ? null : ends;
                });
    }

    private void drop(ServiceId service, Set<TaskId> those) {
        missingTasks.computeIfPresent(
                service,
                (_, tasks) -> {
                    SortedMap<TaskId, Absence> left = new TreeMap<>(tasks);
                    left.keySet().removeAll(those);
                    return left.isEmpty() ? null : left;
                });
    }

    private SortedMap<TaskId, Absence> missingOf(ServiceId service) {
        return missingTasks.getOrDefault(service, new TreeMap<>());
    }

    private Stream<Absence> absences() {
        return missingTasks.values().stream().flatMap(tasks -> tasks.values().stream());
    }
}
