/**
 * Whole-house scenarios: a real program over real sockets, beside recordings of a real Marathon or
 * a simulated one. What is to be expected comes from the outside ({@link
 * io.meridian.system.MarathonOracle}), never from the rules of the program.
 */
package io.meridian.system;
