package io.meridian.ipvs.reconcile;

import io.meridian.domain.net.Endpoint;
import io.meridian.domain.net.IpAddress;
import io.meridian.ipvs.Explanation;
import io.meridian.ipvs.Guard;
import io.meridian.ipvs.Handover;
import io.meridian.ipvs.IpvsDiff;
import io.meridian.ipvs.IpvsTable;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.Observation;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.Ownership;
import io.meridian.ipvs.Plan;
import io.meridian.ipvs.Proposal;
import io.meridian.ipvs.Statistics;
import io.meridian.ipvs.Substitution;
import io.meridian.ipvs.Target;
import io.meridian.libc.Errno;

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
 * Makes one kernel match the target, round by round. Only the kernel thread calls it.
 *
 * <p>Idea: after a round without failure we know what the kernel holds, so a change needs no dump:
 * it is diffed against that. The kernel is dumped when we know nothing (first round, after a
 * failure), when an address comes in that a stranger might hold, when the kernel's answers show
 * that somebody else was there, and on each audit. Only an audit that finds another state than the
 * one we knew has found drift.
 *
 * <p>A round does not aim at the target itself but at the next step towards it ({@link Handover}),
 * with schedulers that the kernel has ({@link Substitution}). Stages of a plan run one after the
 * other; what rests on a refused operation is withheld ({@link Guard}), all else proceeds. A row
 * that failed stays in the list of failures, with the time of its first failure, until a round has
 * it right.
 */
final class Reconciler {
    /** Attempts in one round: the first, one after a surprise, and some to find a scheduler. */
    private static final int ATTEMPTS = 4;

    private final Kernel kernel;
    private final Ownership ownership;
    private final InstantSource clock;

    private Optional<KernelState> known = Optional.empty();
    private Handover handover = Handover.NONE;
    private Substitution substitution = Substitution.NONE;
    private RowReport report = RowReport.EMPTY;

    Reconciler(Kernel kernel, Ownership ownership, InstantSource clock) {
        this.kernel = kernel;
        this.ownership = ownership;
        this.clock = clock;
    }

    /** What of a target concerns us, and from where we go there. */
    private record Start(
            Target target,
            KernelState observed,
            Statistics statistics,
            Map<IpAddress, List<Endpoint>> conflicts) {}

    /**
     * One round.
     *
     * @param audit dump the kernel even if we know what it should hold
     * @throws IOException if the kernel could not be read or reached; the next round dumps it
     */
    Round reconcileOnce(Target target, boolean audit) throws IOException {
        Instant now = clock.instant();
        Optional<KernelState> before = known;
        known = Optional.empty(); // until this round is through without failure
        boolean blind =
                !audit
                        && before.isPresent()
                        && ownership.isUndisputed(target.state(), before.get());
        Optional<Statistics> counted = Optional.empty();
        Start start;
        if (blind) {
            start = new Start(target, before.get(), look(now), Map.of());
        } else {
            Observation observation = observe(before);
            counted = Optional.of(observation.statistics());
            start = claim(target, observation);
        }
        List<Operation> drift =
                audit && before.isPresent()
                        ? IpvsDiff.diff(before.get(), start.observed()).operations()
                        : List.of();
        int operations = 0;
        List<Outcome> outcomes = new ArrayList<>();
        SortedMap<String, Integer> refusals = new TreeMap<>();
        Handover.Step step;
        Execution execution;
        for (int attempt = 1; ; attempt++) {
            step = step(start, now);
            execution = new Execution(step.aim());
            execution.run(IpvsDiff.diff(step.aim(), start.observed()));
            operations += execution.done;
            outcomes.addAll(execution.outcomes);
            execution.refusals().forEach((errno, n) -> refusals.merge(errno, n, Integer::sum));
            Substitution learnt = substitution.learn(execution.outcomes, now);
            boolean another =
                    blind && attempt == 1 && execution.surprised || !learnt.equals(substitution);
            substitution = learnt;
            if (!another || attempt == ATTEMPTS || execution.failed.isEmpty()) {
                break;
            }
            Observation observation = kernel.observe();
            counted = Optional.of(observation.statistics());
            start = claim(target, observation);
        }
        if (execution.failed.isEmpty()) {
            known = Optional.of(step.aim());
        }
        handover = step.next();
        report = report.next(execution.failed, start.conflicts(), substitutes(start.target()), now);
        return new Round(
                start.target().state(),
                step.aim().table().servers(),
                operations,
                drift.stream().map(Operation::toString).toList(),
                repaired(drift, outcomes),
                report.failures(),
                refusals,
                report.substitutes(),
                handover,
                step.due(),
                counted,
                now,
                Duration.between(now, clock.instant()));
    }

    /** How many of them were done; most rounds have no drift, and many operations. */
    private static int repaired(List<Operation> drift, List<Outcome> outcomes) {
        if (drift.isEmpty()) {
            return 0;
        }
        Set<Operation> done = new HashSet<>();
        outcomes.stream()
                .filter(Outcome.Done.class::isInstance)
                .forEach(outcome -> done.add(outcome.operation()));
        return (int) drift.stream().filter(done::contains).count();
    }

    /**
     * What a round would do now, and why; changes neither the kernel nor what is remembered.
     *
     * @param source what the kernel is, in words
     */
    Proposal propose(Target target, String source) throws IOException {
        Instant now = clock.instant();
        Start start = claim(target, kernel.observe());
        Handover.Step step = step(start, now);
        List<Proposal.Held> held = new ArrayList<>();
        RowReport rows =
                report.next(List.of(), start.conflicts(), substitutes(start.target()), now);
        rows.failures().forEach(row -> held.add(new Proposal.Held(row.row(), row.message())));
        rows.substitutes().forEach(row -> held.add(new Proposal.Held(row.row(), row.message())));
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
                claim.conflicts());
    }

    /** Most of a table is as it was, and shared with what was known of it. */
    private Observation observe(Optional<KernelState> before) throws IOException {
        Observation seen = kernel.observe();
        return before.isEmpty()
                ? seen
                : new Observation(seen.state().sharing(before.get()), seen.statistics());
    }

    private Statistics look(Instant now) throws IOException {
        Set<Endpoint> watched = handover.watched(now);
        return watched.isEmpty() ? Statistics.NONE : kernel.count(watched);
    }

    private Handover.Step step(Start start, Instant now) {
        return handover.next(
                start.target().with(state -> substitution.apply(state, now)).on(start.observed()),
                start.observed(),
                start.statistics(),
                now);
    }

    /** Virtual servers by what they have instead of what is asked for. */
    private Map<Endpoint, RowReport.Instead> substitutes(Target target) {
        Map<Endpoint, RowReport.Instead> all = new TreeMap<>();
        if (!substitution.missing().isEmpty()) {
            for (IpvsTable.Entry entry : target.state().table().entries()) {
                String asked = entry.server().scheduler();
                String used = substitution.instead(asked);
                if (!used.equals(asked)) {
                    Instant until = substitution.missing().get(asked).plus(Substitution.ASK_AGAIN);
                    all.put(entry.server().endpoint(), new RowReport.Instead(asked, used, until));
                }
            }
        }
        return all;
    }

    private final class Execution {
        private final Guard guard;
        private final List<Outcome> failed = new ArrayList<>();
        private final List<Outcome> outcomes = new ArrayList<>();
        private int done;

        /** The kernel was in another state than the one that the plan was made for. */
        private boolean surprised;

        private Execution(KernelState desired) {
            this.guard = new Guard(desired);
        }

        private void run(Plan plan) throws IOException {
            for (List<Operation> stage : plan.stages()) {
                List<Operation> free = failed.isEmpty() ? stage : free(stage);
                if (!free.isEmpty()) {
                    kernel.execute(free).forEach(this::note);
                }
            }
        }

        /** Without those that rest on what has failed. */
        private List<Operation> free(List<Operation> stage) {
            List<Operation> free = new ArrayList<>(stage.size());
            for (Operation operation : stage) {
                guard.blocks(operation)
                        .ifPresentOrElse(
                                reason -> failed(new Outcome.Withheld(operation, reason)),
                                () -> free.add(operation));
            }
            return free;
        }

        private void note(Outcome outcome) {
            outcomes.add(outcome);
            if (outcome instanceof Outcome.Done) {
                done++;
            } else {
                failed(outcome);
            }
        }

        private void failed(Outcome outcome) {
            guard.failed(outcome.operation());
            failed.add(outcome);
            surprised |=
                    outcome instanceof Outcome.Lost
                            || outcome instanceof Outcome.Refused refused
                                    && isSurprise(refused.refusal().errno());
        }

        private SortedMap<String, Integer> refusals() {
            SortedMap<String, Integer> counts = new TreeMap<>();
            for (Outcome outcome : failed) {
                if (outcome instanceof Outcome.Refused refused) {
                    counts.merge(refused.refusal().errno().name(), 1, Integer::sum);
                }
            }
            return counts;
        }

        private static boolean isSurprise(Errno errno) {
            return errno == Errno.EEXIST
                    || errno == Errno.ENOENT
                    || errno == Errno.ESRCH
                    || errno == Errno.ENODEV;
        }
    }
}
