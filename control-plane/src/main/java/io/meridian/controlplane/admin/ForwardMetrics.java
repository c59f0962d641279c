package io.meridian.controlplane.admin;

import io.meridian.dns.forward.ForwardStatus;
import io.meridian.dns.forward.UpstreamStatus;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;

import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

/**
 * What forwarding does, for {@code /metrics}. dcos-net has the same of its workers under {@code
 * worker_requests_duration_seconds} and {@code worker_failures_total}, with the same bounds (specs:
 * dcos-net 4.6).
 */
final class ForwardMetrics {
    private final Supplier<ForwardStatus> status;

    ForwardMetrics(Supplier<ForwardStatus> status) {
        this.status = status;
    }

    void register(PrometheusRegistry registry) {
        cache(registry);
        upstreams(registry);
        registry.register(this::latencies);
    }

    private void cache(PrometheusRegistry registry) {
        CounterWithCallback.builder()
                .name("meridian_dns_cache_lookups_total")
                .help(
                        "Queries for names outside our zones by what the cache had: hit, miss,"
                                + " or stale (expired, given because no server answered in time).")
                .labelNames("result")
                .callback(
                        callback -> {
                            ForwardStatus now = status.get();
                            callback.call((double) now.hits(), "hit");
                            callback.call((double) now.misses(), "miss");
                            callback.call((double) now.stale(), "stale");
                        })
                .register(registry);
        CounterWithCallback.builder()
                .name("meridian_dns_coalesced_total")
                .help("Misses that joined a question already on its way.")
                .callback(callback -> callback.call((double) status.get().coalesced()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("meridian_dns_cache_entries")
                .help("Answers of other servers held.")
                .callback(callback -> callback.call((double) status.get().cached()))
                .register(registry);
        GaugeWithCallback.builder()
                .name("meridian_dns_cache_bytes")
                .help("What they weigh, about.")
                .callback(callback -> callback.call((double) status.get().cachedBytes()))
                .register(registry);
    }

    private void upstreams(PrometheusRegistry registry) {
        CounterWithCallback.builder()
                .name("meridian_dns_upstream_queries_total")
                .help("Queries to other servers.")
                .labelNames("upstream", "transport")
                .callback(
                        callback -> {
                            for (UpstreamStatus server : status.get().upstreams()) {
                                String address = text(server.address());
                                callback.call((double) server.udpQueries(), address, "udp");
                                callback.call((double) server.tcpQueries(), address, "tcp");
                            }
                        })
                .register(registry);
        CounterWithCallback.builder()
                .name("meridian_dns_upstream_failures_total")
                .help("Of those, without a good answer.")
                .labelNames("upstream", "reason")
                .callback(
                        callback -> {
                            for (UpstreamStatus server : status.get().upstreams()) {
                                server.failures()
                                        .forEach(
                                                (reason, count) ->
                                                        callback.call(
                                                                (double) count,
                                                                text(server.address()),
                                                                reason.toString()
                                                                        .toLowerCase(Locale.ROOT)));
                            }
                        })
                .register(registry);
        GaugeWithCallback.builder()
                .name("meridian_dns_upstream_recent_failures")
                .help("Failures that count against the server; each counts half after a half-life.")
                .labelNames("upstream")
                .callback(
                        callback ->
                                status.get()
                                        .upstreams()
                                        .forEach(
                                                server ->
                                                        callback.call(
                                                                server.recentFailures(),
                                                                text(server.address()))))
                .register(registry);
        GaugeWithCallback.builder()
                .name("meridian_dns_upstream_smoothed_duration_seconds")
                .help("Time to a good answer, smoothed; NaN before the first.")
                .labelNames("upstream")
                .callback(
                        callback ->
                                status.get()
                                        .upstreams()
                                        .forEach(
                                                server ->
                                                        callback.call(
                                                                server.smoothSeconds(),
                                                                text(server.address()))))
                .register(registry);
    }

    private HistogramSnapshot latencies() {
        HistogramSnapshot.Builder snapshot =
                HistogramSnapshot.builder()
                        .name("meridian_dns_upstream_duration_seconds")
                        .help("Time from a query to another server to its good answer.");
        double[] bounds =
                DoubleStream.concat(
                                UpstreamStatus.BOUNDS.stream().mapToDouble(bound -> bound),
                                DoubleStream.of(Double.POSITIVE_INFINITY))
                        .toArray();
        for (UpstreamStatus server : status.get().upstreams()) {
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
