package io.meridian.simulator.marathon;

import java.time.Duration;

/**
 * How long each part of a task's life takes; all zero or more.
 *
 * @param offer scheduled until provisioned (Marathon waits for an offer)
 * @param start provisioned until TASK_STARTING
 * @param run TASK_STARTING until TASK_RUNNING
 * @param health TASK_RUNNING until the first good verdict of an app with checks
 * @param kill kill decided until TASK_KILLED
 * @param relaunch ended against the wish until provisioned again
 * @param election no leader until the next one
 */
public record Pace(
        Duration offer,
        Duration start,
        Duration run,
        Duration health,
        Duration kill,
        Duration relaunch,
        Duration election) {
    /** Everything at once, in order; for tests about results. */
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
