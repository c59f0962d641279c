package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.Errno;
import io.meridian.ipvs.Guard;
import io.meridian.ipvs.IpvsDiff;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.Ownership;
import io.meridian.ipvs.Plan;

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
import java.util.TreeMap;

/**
 * Makes one kernel match the desired state, round by round. Only the kernel thread calls it.
 *
 * <p>Idea: after a round without failure we know what the kernel holds, so a change needs no dump:
 * it is diffed against that. The kernel is dumped when we know nothing (first round, after a
 * failure), when an address comes in that a stranger might hold, when the kernel's answers show
 * that somebody else was there, and on each audit. Only an audit that finds another state than the
 * one we knew has found drift.
 *
 * <p>Stages of a plan run one after the other; what rests on a refused operation is withheld
 * ({@link Guard}), all else proceeds. A row that failed stays in the list of failures, with the
 * time of its first failure, until a round has it right.
 */
final class Reconciler {
    private final Kernel kernel;
    private final Ownership ownership;
    private final InstantSource clock;

    private Optional<KernelState> known = Optional.empty();
    private Map<String, Failure> failures = new TreeMap<>();

    Reconciler(Kernel kernel, Ownership ownership, InstantSource clock) {
        this.kernel = kernel;
        this.ownership = ownership;
        this.clock = clock;
    }

    /**
     * One round.
     *
     * @param audit dump the kernel even if we know what it should hold
     * @throws IOException if the kernel could not be read or reached; the next round dumps it
     */
    Round reconcileOnce(KernelState desired, boolean audit) throws IOException {
        Instant start = clock.instant();
        Optional<KernelState> before = known;
        known = Optional.empty(); // until this round is through without failure
        boolean blind =
                !audit && before.isPresent() && ownership.isUndisputed(desired, before.get());
        Ownership.Claim claim =
                blind
                        ? new Ownership.Claim(desired, before.get(), Map.of())
                        : ownership.claim(desired, kernel.observe());
        List<Operation> drift =
                audit && before.isPresent()
                        ? IpvsDiff.diff(before.get(), claim.observed()).operations()
                        : List.of();
        Execution execution = new Execution(claim.desired());
        execution.run(IpvsDiff.diff(claim.desired(), claim.observed()));
        int done = execution.done.size();
        if (blind && execution.surprised) {
            claim = ownership.claim(desired, kernel.observe());
            execution = new Execution(claim.desired());
            execution.run(IpvsDiff.diff(claim.desired(), claim.observed()));
            done += execution.done.size();
        }
        if (execution.failed.isEmpty()) {
            known = Optional.of(claim.desired());
        }
        remember(execution.failed, claim.conflicts(), start);
        return new Round(
                desired,
                done,
                drift.stream().map(Operation::toString).toList(),
                (int) drift.stream().filter(execution.done::contains).count(),
                List.copyOf(failures.values()),
                Duration.between(start, clock.instant()));
    }

    private final class Execution {
        private final Guard guard;
        private final Set<Operation> done = new HashSet<>();
        private final List<Outcome> failed = new ArrayList<>();

        /** The kernel was in another state than the one that the plan was made for. */
        private boolean surprised;

        private Execution(KernelState desired) {
            this.guard = new Guard(desired);
        }

        private void run(Plan plan) throws IOException {
            for (List<Operation> stage : plan.stages()) {
                List<Operation> free = new ArrayList<>(stage.size());
                for (Operation operation : stage) {
                    guard.blocks(operation)
                            .ifPresentOrElse(
                                    reason -> failed(new Outcome.Withheld(operation, reason)),
                                    () -> free.add(operation));
                }
                if (!free.isEmpty()) {
                    kernel.execute(free).forEach(this::note);
                }
            }
        }

        private void note(Outcome outcome) {
            if (outcome instanceof Outcome.Done) {
                done.add(outcome.operation());
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

        private static boolean isSurprise(Errno errno) {
            return errno == Errno.EEXIST
                    || errno == Errno.ENOENT
                    || errno == Errno.ESRCH
                    || errno == Errno.ENODEV;
        }
    }

    private void remember(List<Outcome> failed, Map<?, ?> conflicts, Instant now) {
        Map<String, Failure> next = new TreeMap<>();
        for (Outcome outcome : failed) {
            String row = outcome.operation().row();
            next.putIfAbsent(
                    row, new Failure(row, errno(outcome), message(outcome), since(row, now)));
        }
        conflicts.forEach(
                (address, servers) -> {
                    String row = "vip=" + address;
                    String message =
                            "cannot take over "
                                    + address
                                    + ": virtual servers there are not ours: "
                                    + servers
                                    + "; VIPs at this address are not programmed, others are";
                    next.put(row, new Failure(row, Errno.EEXIST.name(), message, since(row, now)));
                });
        failures = next;
    }

    private Instant since(String row, Instant now) {
        return Optional.ofNullable(failures.get(row)).map(Failure::since).orElse(now);
    }

    private static String errno(Outcome outcome) {
        return outcome instanceof Outcome.Refused refused ? refused.refusal().errno().name() : "";
    }

    private static String message(Outcome outcome) {
        String why =
                switch (outcome) {
                    case Outcome.Refused refused -> "kernel said " + refused.refusal();
                    case Outcome.Withheld withheld -> "held back: " + withheld.reason();
                    case Outcome.Lost lost -> lost.reason();
                    case Outcome.Done _ -> throw new IllegalArgumentException("done is no failure");
                };
        return "cannot " + outcome.operation() + ": " + why + "; will dump and retry";
    }
}
