package io.meridian.dns.forward;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.Map;

/** One upstream server: its health, and its counters since the start. Any thread may call it. */
final class Upstream {
    private static final Logger LOG = LoggerFactory.getLogger(Upstream.class);
    private static final int SILENT = 5;
    private static final double SMOOTHING = 0.2;

    private final InetSocketAddress address;
    private final long failureHalfLife;
    private final Map<Failure, Long> failures = new EnumMap<>(Failure.class);
    private final long[] buckets = new long[UpstreamStatus.BOUNDS.size() + 1];
    private Health health = Health.GOOD;
    private long udpQueries;
    private long tcpQueries;
    private double sumSeconds;
    private double smoothSeconds = Double.NaN;
    private int failedInARow;

    /**
     * @param failureHalfLife see {@link Health}, nanoseconds
     */
    Upstream(InetSocketAddress address, long failureHalfLife) {
        this.address = address;
        this.failureHalfLife = failureHalfLife;
    }

    InetSocketAddress address() {
        return address;
    }

    synchronized int rank(long now) {
        return health.rank(now, failureHalfLife);
    }

    synchronized void asked(boolean tcp) {
        if (tcp) {
            tcpQueries++;
        } else {
            udpQueries++;
        }
    }

    /**
     * @param nanos from the question to the answer
     */
    synchronized void answered(long now, long nanos) {
        health = health.answered(now, failureHalfLife);
        double seconds = nanos / 1e9;
        sumSeconds += seconds;
        smoothSeconds =
                Double.isNaN(smoothSeconds)
                        ? seconds
                        : smoothSeconds + SMOOTHING * (seconds - smoothSeconds);
        int bucket = 0;
        while (bucket < UpstreamStatus.BOUNDS.size()
                && seconds > UpstreamStatus.BOUNDS.get(bucket)) {
            bucket++;
        }
        buckets[bucket]++;
        if (failedInARow >= SILENT) {
            LOG.info("upstream server answers again: server={}", address);
        }
        failedInARow = 0;
    }

    synchronized void failed(Failure failure, long now) {
        health = health.failed(now, failureHalfLife);
        failures.merge(failure, 1L, Long::sum);
        if (++failedInARow == SILENT) {
            LOG.warn(
                    "upstream server fails: server={} failures={} last={}; the node asks other"
                            + " servers first",
                    address,
                    SILENT,
                    failure);
        }
    }

    synchronized UpstreamStatus status(long now) {
        return new UpstreamStatus(
                address,
                udpQueries,
                tcpQueries,
                failures,
                health.failures(now, failureHalfLife),
                buckets.clone(),
                sumSeconds,
                smoothSeconds);
    }
}
