package io.meridian.actors.ingest;

import java.time.Duration;

/**
 * When a task that good listings lack counts as ended, though nobody said so.
 *
 * @param confirm after a gap in the stream: how long listings must have lacked it
 * @param contradiction on an unbroken stream, which would have told of its end, or where a listing
 *     lacks more than {@code massShare} of all tasks: how long listings must have lacked it
 * @param unreachableHold how long an unreachable task is remembered that Marathon has given up
 * @param massShare above this share of all live tasks an absence is not believed lightly, 0..1
 */
public record AbsenceRules(
        Duration confirm, Duration contradiction, Duration unreachableHold, double massShare) {}
