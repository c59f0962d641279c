package io.meridian.ipvs;

/** One dump of a kernel: what it is told to do, and what it counts while it does. */
public record Observation(KernelState state, Statistics statistics) {}
