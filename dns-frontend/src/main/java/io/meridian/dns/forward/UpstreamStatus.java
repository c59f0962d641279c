package io.meridian.dns.forward;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Status of one upstream server at one instant, with counters since the start.
 *
 * @param udpQueries exchanges that started with UDP
 * @param tcpQueries exchanges that started with TCP
 * @param failures by reason; exchanges that were abandoned are not counted
 * @param recentFailures weight of recent failures, see {@link Health}
 * @param buckets number of good answers by latency: one for each of {@link #BOUNDS}, and one above
 * @param sumSeconds sum of the latencies of all good answers
 * @param smoothSeconds smoothed latency (EWMA); NaN before the first answer
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
    /**
     * Upper bounds of the latency buckets in seconds; the same as dcos-net's (specs: dcos-net 4.6).
     */
    public static final List<Double> BOUNDS = List.of(.001, .005, .01, .05, .1, .5, 1., 5.);

    public UpstreamStatus {
        failures = Map.copyOf(failures);
        buckets = buckets.clone();
    }

    public long answers() {
        return Arrays.stream(buckets).sum();
    }
}
