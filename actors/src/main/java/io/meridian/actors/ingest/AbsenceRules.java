package io.meridian.actors.ingest;

import java.time.Duration;

/**
 * How far apart complete listings that lack a task must be to prove that it has ended (ADR 0004).
 *
 * @param missingAfterGap if the first complete listing after an attach lacks the task
 * @param missingWhileAttached if the stream is unbroken and should have reported the end, or if the
 *     listing lacks more than {@code massRemovalThreshold} of all tasks
 * @param unreachableHold if Mesos had lost contact with the task's agent
 * @param massRemovalThreshold share of all live tasks, 0..1
 */
public record AbsenceRules(
        Duration missingAfterGap,
        Duration missingWhileAttached,
        Duration unreachableHold,
        double massRemovalThreshold) {}
