package io.meridian.ipvs;

/** One dump of a kernel: its state and its counters. */
public record Observation(KernelState state, Statistics statistics) {}
