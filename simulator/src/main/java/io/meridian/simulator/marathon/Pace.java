package io.meridian.simulator.marathon;

import java.time.Duration;

/**
 * Durations of the phases of a task's life; all zero or more.
 *
 * @param offer from scheduled to provisioned (Marathon waits for an offer)
 * @param start from provisioned to TASK_STARTING
 * @param run from TASK_STARTING to TASK_RUNNING
 * @param health from TASK_RUNNING to the first healthy verdict of an app with checks
 * @param kill from the decision to kill to TASK_KILLED
 * @param relaunch from an unwanted end to provisioned again
 * @param election time without a leader
 */
public record Pace(
        Duration offer,
        Duration start,
        Duration run,
        Duration health,
        Duration kill,
        Duration relaunch,
        Duration election) {
    /** No delays, events in order; for tests of results. */
    public static final Pace INSTANT = of(0, 0, 0, 0, 0, 0, 0);

    /** Short but visible steps, about 0.1 s from POST to running; the default. */
    public static final Pace BRISK = of(20, 20, 50, 50, 40, 50, 300);

    /** About what the recorded Marathon took: 5 s from POST to running. */
    public static final Pace LIFELIKE = of(2_000, 500, 1_000, 1_200, 800, 1_200, 4_000);

    private static Pace of(
            long offer,
            long start,
            long run,
            long health,
            long kill,
            long relaunch,
            long election) {
        return new Pace(
                Duration.ofMillis(offer),
                Duration.ofMillis(start),
                Duration.ofMillis(run),
                Duration.ofMillis(health),
                Duration.ofMillis(kill),
                Duration.ofMillis(relaunch),
                Duration.ofMillis(election));
    }
}
