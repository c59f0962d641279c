/**
 * Scenarios of the whole program over real sockets, with a recorded or simulated Marathon.
 * Expectations come from independent oracles ({@link io.meridian.system.MarathonOracle}), never
 * from the program's own rules.
 */
package io.meridian.system;
