/**
 * Recordings of a real Marathon as a timeline: what the event stream said, when, and what REST
 * answered at points in between. {@link io.meridian.testkit.replay.Recording} reads a folder,
 * {@link io.meridian.testkit.replay.ReplayState} folds events over the latest listing, {@link
 * io.meridian.testkit.replay.CaptureReplay} serves it.
 */
package io.meridian.testkit.replay;
