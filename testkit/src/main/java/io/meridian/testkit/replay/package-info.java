/**
 * Recordings of a real Marathon as a timeline of timed stream events and REST snapshots. {@link
 * io.meridian.testkit.replay.Recording} reads a folder, {@link
 * io.meridian.testkit.replay.ReplayState} folds events over the latest listing, {@link
 * io.meridian.testkit.replay.CaptureReplay} serves it.
 */
package io.meridian.testkit.replay;
