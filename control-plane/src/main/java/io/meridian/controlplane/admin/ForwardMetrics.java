package io.meridian.controlplane.admin;

import io.meridian.controlplane.metrics.MetricTable;
import io.meridian.dns.forward.ForwardStatus;
import io.meridian.dns.forward.UpstreamStatus;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

/**
 * Metrics of DNS forwarding. The bounds of the histogram are those of dcos-net's {@code
 * worker_requests_duration_seconds} (specs: dcos-net 4.6).
 */
final class ForwardMetrics {
    private ForwardMetrics() {}

    static void register(PrometheusRegistry registry, Supplier<ForwardStatus> status) {
        MetricTable<ForwardStatus> table = MetricTable.of(registry, status);
        cache(table);
        upstreams(table);
        registry.register(() -> latencies(status.get().upstreams()));
    }

    private static void cache(MetricTable<ForwardStatus> table) {
        table.counter(
                        "meridian_dns_cache_lookups_total",
                        "Lookups in the cache of forwarded answers, by result: hit, miss, or stale"
                                + " (expired, sent because no upstream answered in time).",
                        List.of("result"),
                        (now, point) -> {
                            point.set(now.hits(), "hit");
                            point.set(now.misses(), "miss");
                            point.set(now.stale(), "stale");
                        })
                .counter(
                        "meridian_dns_coalesced_total",
                        "Forwarded queries that joined a pending upstream query for the same"
                                + " question.",
                        ForwardStatus::coalesced)
                .gauge(
                        "meridian_dns_cache_entries",
                        "Answers in the cache of forwarded answers.",
                        ForwardStatus::cached)
                .gauge(
                        "meridian_dns_cache_bytes",
                        "Approximate bytes of memory of the cache of forwarded answers.",
                        ForwardStatus::cachedBytes);
    }

    private static void upstreams(MetricTable<ForwardStatus> table) {
        table.counter(
                        "meridian_dns_upstream_queries_total",
                        "Queries sent to an upstream DNS server, by transport.",
                        List.of("upstream", "transport"),
                        (now, point) -> {
                            for (UpstreamStatus server : now.upstreams()) {
                                point.set(server.udpQueries(), text(server.address()), "udp");
                                point.set(server.tcpQueries(), text(server.address()), "tcp");
                            }
                        })
                .counter(
                        "meridian_dns_upstream_failures_total",
                        "Queries sent to an upstream DNS server that got no usable answer, by"
                                + " reason.",
                        List.of("upstream", "reason"),
                        (now, point) -> now.upstreams().forEach(server -> failures(server, point)))
                .gauge(
                        "meridian_dns_upstream_recent_failures",
                        "Failures of an upstream DNS server, each weighted by its age (half after"
                                + " one half-life); servers with fewer are asked first.",
                        List.of("upstream"),
                        (now, point) -> {
                            for (UpstreamStatus server : now.upstreams()) {
                                point.set(server.recentFailures(), text(server.address()));
                            }
                        })
                .gauge(
                        "meridian_dns_upstream_smoothed_duration_seconds",
                        "Smoothed time to a usable answer of an upstream DNS server; NaN before"
                                + " the first.",
                        List.of("upstream"),
                        (now, point) -> {
                            for (UpstreamStatus server : now.upstreams()) {
                                point.set(server.smoothSeconds(), text(server.address()));
                            }
                        });
    }

    private static void failures(UpstreamStatus server, MetricTable.Point point) {
        server.failures()
                .forEach(
                        (reason, count) ->
                                point.set(
                                        count,
                                        text(server.address()),
                                        reason.toString().toLowerCase(Locale.ROOT)));
    }

    private static HistogramSnapshot latencies(List<UpstreamStatus> upstreams) {
        HistogramSnapshot.Builder snapshot =
                HistogramSnapshot.builder()
                        .name("meridian_dns_upstream_duration_seconds")
                        .help("Time from a query to an upstream DNS server to its usable answer.");
        double[] bounds =
                DoubleStream.concat(
                                UpstreamStatus.BOUNDS.stream().mapToDouble(bound -> bound),
                                DoubleStream.of(Double.POSITIVE_INFINITY))
                        .toArray();
        for (UpstreamStatus server : upstreams) {
            snapshot.dataPoint(
                    HistogramDataPointSnapshot.builder()
                            .classicHistogramBuckets(
                                    ClassicHistogramBuckets.of(bounds, server.buckets()))
                            .sum(server.sumSeconds())
                            .labels(Labels.of("upstream", text(server.address())))
                            .build());
        }
        return snapshot.build();
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
