package io.meridian.dns.forward;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * One server at one instant; counts since the start.
 *
 * @param udpQueries times it was asked over UDP
 * @param tcpQueries times it was asked over TCP from the first
 * @param failures by reason; those that were no longer waited for are in no count
 * @param recentFailures failures that still count against it; see {@link Health}
 * @param buckets good answers by latency: up to each of {@link #BOUNDS}, and above
 * @param sumSeconds their latencies together
 * @param smoothSeconds their latency, smoothed; NaN before the first
 */
public record UpstreamStatus(
        InetSocketAddress address,
        long udpQueries,
        long tcpQueries,
        Map<Failure, Long> failures,
        double recentFailures,
        long[] buckets,
        double sumSeconds,
        double smoothSeconds) {
    /** Seconds; the same as dcos-net's (specs: dcos-net 4.6). */
    public static final List<Double> BOUNDS = List.of(.001, .005, .01, .05, .1, .5, 1., 5.);

    public UpstreamStatus {
        failures = Map.copyOf(failures);
        buckets = buckets.clone();
    }

    public long answers() {
        return Arrays.stream(buckets).sum();
    }
}
