package io.meridian.simulator.marathon;

import java.util.List;

/**
 * One wanted copy of an app or pod, through all its incarnations. Changed by the simulation thread
 * only.
 */
final class Instance {
    final String id;
    final RunSpec spec;
    final long number;
    SimulatedAgent agent = SimulatedAgent.NONE;
    String condition = "Scheduled";
    String since;
    String stagedAt = "";
    int incarnation;
    boolean decommissioned;
    boolean killing;
    List<Task> tasks = List.of();
    final HealthRecord health = new HealthRecord();

    Instance(String id, RunSpec spec, long number, String since) {
        this.id = id;
        this.spec = spec;
        this.number = number;
        this.since = since;
    }

    boolean isScheduled() {
        return condition.equals("Scheduled");
    }

    boolean isRunning() {
        return condition.equals("Running");
    }

    boolean isTerminal() {
        return !tasks.isEmpty() && tasks.stream().allMatch(Task::isTerminal);
    }

    /** Running, and healthy if the app has health checks. */
    boolean isReady() {
        return isRunning()
                && (spec.checks() == RunSpec.Checks.NONE || health.known && health.alive);
    }

    /**
     * Marathon's knowledge of an instance's health. The history survives a relaunch, the verdict
     * does not.
     */
    static final class HealthRecord {
        boolean known;
        boolean alive;
        int consecutiveFailures;
        String firstSuccess = "";
        String lastSuccess = "";
        String lastFailure = "";

        void judge(boolean verdict, String now) {
            known = true;
            alive = verdict;
            if (verdict) {
                consecutiveFailures = 0;
                firstSuccess = firstSuccess.isEmpty() ? now : firstSuccess;
                lastSuccess = now;
            } else {
                consecutiveFailures++;
                lastFailure = now;
            }
        }
    }
}
