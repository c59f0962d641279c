/**
 * Benchmark of the IPVS writer beside {@code ipvsadm}, keepalived and a bare sender, in one kernel.
 */
package io.meridian.bench.ipvs;
