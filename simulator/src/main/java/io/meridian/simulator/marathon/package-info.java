/**
 * A Marathon 1.11 that runs no cluster: real HTTP and the real event stream's bytes in front of
 * simulated agents. {@link io.meridian.simulator.marathon.SimulatedMarathon} invents its history as
 * it is told, {@link io.meridian.testkit.replay.CaptureReplay} plays a recorded one.
 */
package io.meridian.simulator.marathon;
