package io.meridian.controlplane.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.meridian.dns.forward.Failure;
import io.meridian.dns.forward.ForwardStatus;
import io.meridian.dns.forward.UpstreamStatus;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import org.junit.jupiter.api.Test;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

class ForwardMetricsTest {
    @Test
    void everyServerAndTheCacheAreShown() throws IOException {
        UpstreamStatus server =
                new UpstreamStatus(
                        new InetSocketAddress("192.0.2.1", 53),
                        7,
                        2,
                        Map.of(Failure.TIMEOUT, 3L),
                        1.5,
                        new long[] {1, 2, 0, 0, 0, 0, 0, 0, 1},
                        6.5,
                        0.25);
        PrometheusRegistry registry = new PrometheusRegistry();
        ForwardMetrics.register(
                registry, () -> new ForwardStatus(List.of(server), 10, 5, 1, 2, 4, 1234));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.create().write(out, registry.scrape());
        assertThat(out.toString(StandardCharsets.UTF_8))
                .contains(
                        "meridian_dns_cache_lookups_total{result=\"hit\"} 10.0",
                        "meridian_dns_cache_lookups_total{result=\"miss\"} 5.0",
                        "meridian_dns_cache_lookups_total{result=\"stale\"} 1.0",
                        "meridian_dns_coalesced_total 2.0",
                        "meridian_dns_cache_entries 4.0",
                        "meridian_dns_cache_bytes 1234.0",
                        "meridian_dns_upstream_queries_total{transport=\"tcp\",upstream=\"192.0.2.1:53\"}"
                            + " 2.0",
                        "meridian_dns_upstream_failures_total{reason=\"timeout\",upstream=\"192.0.2.1:53\"}"
                            + " 3.0",
                        "meridian_dns_upstream_recent_failures{upstream=\"192.0.2.1:53\"} 1.5",
                        "meridian_dns_upstream_smoothed_duration_seconds{upstream=\"192.0.2.1:53\"}"
                                + " 0.25",
                        "meridian_dns_upstream_duration_seconds_bucket{upstream=\"192.0.2.1:53\",le=\"0.005\"}"
                            + " 3",
                        "meridian_dns_upstream_duration_seconds_bucket{upstream=\"192.0.2.1:53\",le=\"+Inf\"}"
                            + " 4",
                        "meridian_dns_upstream_duration_seconds_sum{upstream=\"192.0.2.1:53\"}"
                                + " 6.5");
    }
}
