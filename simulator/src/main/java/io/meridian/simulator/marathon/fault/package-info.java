/**
 * Fault injection between a Marathon and its consumers: from tests through {@link
 * io.meridian.simulator.marathon.fault.Faults}, from a shell through {@code POST /sim/faults}.
 */
package io.meridian.simulator.marathon.fault;
