package io.meridian.ipvs.reconcile;

import io.meridian.ipvs.DependencyFilter;
import io.meridian.ipvs.KernelState;
import io.meridian.ipvs.Operation;
import io.meridian.ipvs.Outcome;
import io.meridian.ipvs.Plan;
import io.meridian.libc.Errno;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs the stages of one plan, one after the other, and withholds operations that depend on a
 * refused one. Only the kernel thread calls it.
 */
final class PlanExecution {
    private final Kernel kernel;
    private final DependencyFilter dependencies;
    private final List<Outcome> outcomes = new ArrayList<>();
    private final List<Outcome> failed = new ArrayList<>();

    private PlanExecution(Kernel kernel, KernelState aim) {
        this.kernel = kernel;
        this.dependencies = new DependencyFilter(aim);
    }

    /**
     * Outcomes of one plan.
     *
     * @param outcomes of the operations that were sent
     * @param failed the outcomes that are not done, with those of withheld operations
     */
    record Result(List<Outcome> outcomes, List<Outcome> failed) {
        int done() {
            return (int) outcomes.stream().filter(Outcome.Done.class::isInstance).count();
        }

        /** Whether the kernel was in another state than the one that the plan was made for. */
        boolean surprised() {
            return failed.stream().anyMatch(PlanExecution::isSurprise);
        }

        /** Adds the number of refusals by the errno's C name. */
        void countRefusals(Map<String, Integer> counts) {
            for (Outcome outcome : failed) {
                if (outcome instanceof Outcome.Refused refused) {
                    counts.merge(refused.refusal().errno().name(), 1, Integer::sum);
                }
            }
        }
    }

    /**
     * Executes a plan.
     *
     * @param aim the state that the plan leads to
     * @throws IOException if the kernel cannot be reached; its state is then unknown
     */
    static Result run(Kernel kernel, KernelState aim, Plan plan) throws IOException {
        PlanExecution execution = new PlanExecution(kernel, aim);
        for (List<Operation> stage : plan.stages()) {
            execution.run(stage);
        }
        return new Result(execution.outcomes, execution.failed);
    }

    private void run(List<Operation> stage) throws IOException {
        List<Operation> independent = failed.isEmpty() ? stage : withhold(stage);
        if (!independent.isEmpty()) {
            for (Outcome outcome : kernel.execute(independent)) {
                outcomes.add(outcome);
                if (!(outcome instanceof Outcome.Done)) {
                    fail(outcome);
                }
            }
        }
    }

    private List<Operation> withhold(List<Operation> stage) {
        List<Operation> independent = new ArrayList<>(stage.size());
        for (Operation operation : stage) {
            dependencies
                    .reasonToWithhold(operation)
                    .ifPresentOrElse(
                            reason -> fail(new Outcome.Withheld(operation, reason)),
                            () -> independent.add(operation));
        }
        return independent;
    }

    private void fail(Outcome outcome) {
        dependencies.failed(outcome.operation());
        failed.add(outcome);
    }

    private static boolean isSurprise(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Lost _ -> true;
            case Outcome.Refused refused -> isSurprise(refused.refusal().errno());
            case Outcome.Withheld _, Outcome.Done _ -> false;
        };
    }

    private static boolean isSurprise(Errno errno) {
        return errno == Errno.EEXIST
                || errno == Errno.ENOENT
                || errno == Errno.ESRCH
                || errno == Errno.ENODEV;
    }
}
