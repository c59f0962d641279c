/**
 * A Marathon 1.11 that runs no cluster: real HTTP and the real event stream's bytes in front of
 * simulated agents. {@link io.meridian.simulator.marathon.SimulatedMarathon} invents its history as
 * its methods are called. Recorded histories are replayed by testkit.
 */
package io.meridian.simulator.marathon;
