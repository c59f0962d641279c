/** Benchmark with a large Mesos cluster, reported by one simulated master. */
package io.meridian.bench.mesos;
