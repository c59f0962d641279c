package io.meridian.ipvs.reconcile;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.ipvs.Explanation;
import io.meridian.ipvs.GracefulTransition;
import io.meridian.ipvs.IpvsDiff;
import io.meridian.ipvs.IpvsTable;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.Observation;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.Ownership;
import io.meridian.ipvs.Proposal;
import io.meridian.ipvs.SchedulerFallback;
import io.meridian.ipvs.Statistics;
import io.meridian.ipvs.Target;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Makes one kernel match its target, round by round. Only the kernel thread calls it.
 *
 * <p>After a round without failure the reconciler knows the kernel's state, so it diffs a change
 * against that state without a dump. It dumps the kernel in these cases: in the first round; after
 * a failure; when the target has an address that another program may hold; when a refusal shows
 * that another program changed the table; and on each audit. Only an audit detects drift: a dump
 * that differs from the known state.
 *
 * <p>A round aims at the next step towards the target ({@link GracefulTransition}), with schedulers
 * that the kernel has ({@link SchedulerFallback}). A row that failed stays in the list of failures,
 * with the time of its first failure, until a round succeeds with it.
 */
final class Reconciler {
    /**
     * First attempt, one after a foreign change, and two to find a scheduler that the kernel has.
     */
    private static final int MAX_ATTEMPTS = 4;

    private final Kernel kernel;
    private final Ownership ownership;
    private final InstantSource clock;

    private Optional<KernelState> known = Optional.empty();
    private GracefulTransition transition = GracefulTransition.NONE;
    private SchedulerFallback fallback = SchedulerFallback.NONE;
    private RowReport report = RowReport.EMPTY;

    Reconciler(Kernel kernel, Ownership ownership, InstantSource clock) {
        this.kernel = kernel;
        this.ownership = ownership;
        this.clock = clock;
    }

    /**
     * The input of an attempt.
     *
     * @param target without virtual servers whose address is in conflict
     * @param observed Meridian's part of the kernel's state
     * @param conflicts addresses that another program balances, with its virtual servers there
     * @param dumped whether {@code observed} is from a dump, not from memory
     */
    private record Start(
            Target target,
            KernelState observed,
            Statistics statistics,
            Map<IpAddress, List<Endpoint>> conflicts,
            boolean dumped) {}

    /** One plan and its outcomes. */
    private record Attempt(
            Start start, GracefulTransition.Step step, PlanExecution.Result result) {}

    /**
     * Runs one round.
     *
     * @param audit dump the kernel even if its state is known
     * @throws IOException if the kernel cannot be read or reached; the next round dumps it
     */
    Round reconcileOnce(Target target, boolean audit) throws IOException {
        Instant now = clock.instant();
        Optional<KernelState> before = known;
        known = Optional.empty(); // until this round ends without failure
        Start start = start(target, audit, before, now);
        List<Operation> drift =
                audit && before.isPresent()
                        ? IpvsDiff.diff(before.get(), start.observed()).operations()
                        : List.of();
        return conclude(converge(start, target, now), drift, now);
    }

    private Start start(Target target, boolean audit, Optional<KernelState> before, Instant now)
            throws IOException {
        boolean trusted =
                !audit
                        && before.isPresent()
                        && ownership.isUndisputed(target.state(), before.get());
        return trusted
                ? new Start(target, before.get(), watchedStatistics(now), Map.of(), false)
                : claim(target, observe(before));
    }

    /** Repeats the attempt after a dump, while that can succeed; returns at least one attempt. */
    private List<Attempt> converge(Start first, Target target, Instant now) throws IOException {
        List<Attempt> attempts = new ArrayList<>();
        Start start = first;
        while (true) {
            GracefulTransition.Step step = step(start, now);
            PlanExecution.Result result =
                    PlanExecution.run(
                            kernel, step.aim(), IpvsDiff.diff(step.aim(), start.observed()));
            attempts.add(new Attempt(start, step, result));
            SchedulerFallback updated = fallback.observe(result.outcomes(), now);
            boolean repeat = !start.dumped() && result.surprised() || !updated.equals(fallback);
            fallback = updated;
            if (!repeat || attempts.size() == MAX_ATTEMPTS || result.failed().isEmpty()) {
                return attempts;
            }
            start = claim(target, kernel.observe());
        }
    }

    /** Remembers the results of a round for the next one. */
    private Round conclude(List<Attempt> attempts, List<Operation> drift, Instant now) {
        Start start = attempts.getLast().start();
        GracefulTransition.Step step = attempts.getLast().step();
        List<Outcome> failed = attempts.getLast().result().failed();
        if (failed.isEmpty()) {
            known = Optional.of(step.aim());
        }
        transition = step.next();
        report = report.next(failed, start.conflicts(), fallbacks(start.target()), now);
        SortedMap<String, Integer> refusals = new TreeMap<>();
        attempts.forEach(attempt -> attempt.result().countRefusals(refusals));
        return new Round(
                start.target().state(),
                step.aim().table().servers(),
                attempts.stream().mapToInt(attempt -> attempt.result().done()).sum(),
                drift.stream().map(Operation::toString).toList(),
                repaired(drift, attempts),
                report.failures(),
                refusals,
                report.fallbacks(),
                transition,
                step.due(),
                start.dumped() ? Optional.of(start.statistics()) : Optional.empty(),
                now,
                Duration.between(now, clock.instant()));
    }

    /** Counts the operations of a drift that were done. */
    private static int repaired(List<Operation> drift, List<Attempt> attempts) {
        if (drift.isEmpty()) {
            return 0; // as in most rounds, however many operations they have
        }
        Set<Operation> done = new HashSet<>();
        attempts.stream()
                .flatMap(attempt -> attempt.result().outcomes().stream())
                .filter(Outcome.Done.class::isInstance)
                .forEach(outcome -> done.add(outcome.operation()));
        return (int) drift.stream().filter(done::contains).count();
    }

    /**
     * Plans a round without running it, with a reason for each operation.
     *
     * @param source name of the kernel, for the operator
     */
    Proposal propose(Target target, String source) throws IOException {
        Instant now = clock.instant();
        Start start = claim(target, kernel.observe());
        GracefulTransition.Step step = step(start, now);
        List<Proposal.Held> held = new ArrayList<>();
        RowReport rows = report.next(List.of(), start.conflicts(), fallbacks(start.target()), now);
        rows.failures().forEach(row -> held.add(new Proposal.Held(row.row(), row.message())));
        rows.fallbacks().forEach(row -> held.add(new Proposal.Held(row.row(), row.message())));
        return new Proposal(
                source,
                new Explanation(start.target(), start.observed(), start.statistics(), step, now)
                        .of(IpvsDiff.diff(step.aim(), start.observed())),
                held);
    }

    private Start claim(Target target, Observation observation) {
        Ownership.Claim claim = ownership.claim(target.state(), observation.state());
        return new Start(
                target.with(_ -> claim.desired()),
                claim.observed(),
                observation.statistics(),
                claim.conflicts(),
                true);
    }

    /** Shares unchanged entries with the known state, which makes the next diffs cheap. */
    private Observation observe(Optional<KernelState> before) throws IOException {
        Observation seen = kernel.observe();
        return before.isEmpty()
                ? seen
                : new Observation(seen.state().sharing(before.get()), seen.statistics());
    }

    private Statistics watchedStatistics(Instant now) throws IOException {
        Set<Endpoint> watched = transition.watched(now);
        return watched.isEmpty() ? Statistics.NONE : kernel.count(watched);
    }

    private GracefulTransition.Step step(Start start, Instant now) {
        return transition.next(
                start.target().with(state -> fallback.apply(state, now)).on(start.observed()),
                start.observed(),
                start.statistics(),
                now);
    }

    /** The virtual servers that have another scheduler than the VIP image requests. */
    private Map<Endpoint, RowReport.Fallback> fallbacks(Target target) {
        Map<Endpoint, RowReport.Fallback> all = new TreeMap<>();
        if (!fallback.missing().isEmpty()) {
            for (IpvsTable.Entry entry : target.state().table().entries()) {
                String asked = entry.server().scheduler();
                String used = fallback.fallbackFor(asked);
                if (!used.equals(asked)) {
                    Instant until =
                            fallback.missing().get(asked).plus(SchedulerFallback.RETRY_AFTER);
                    all.put(entry.server().endpoint(), new RowReport.Fallback(asked, used, until));
                }
            }
        }
        return all;
    }
}
