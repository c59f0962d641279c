package io.meridian.controlplane.admin;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;

import io.meridian.controlplane.metrics.MetricTable;
import io.meridian.dns.DnsFrontend;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.time.SteadyClock;
import io.meridian.domain.vip.PoolUse;
import io.meridian.ipvs.reconcile.NamespaceStatus;
import io.meridian.sources.marathon.MarathonCounters;
import io.meridian.sources.mesos.MesosCounters;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * {@code GET /metrics} in Prometheus's text format. Each value is read from the rooms when
 * Prometheus asks.
 */
public final class Metrics {
    /** Lag below this is shown as 0: a long poll without news lasts that long. */
    private static final Duration LAG_TOLERANCE = Duration.ofSeconds(10);

    private final PrometheusRegistry registry = new PrometheusRegistry();

    /**
     * @param dns the DNS front end, on an agent
     * @param marathon counters of the Marathon source, on a master
     * @param mesos counters of the Mesos source, on a master
     */
    public Metrics(
            AdminData data,
            Optional<DnsFrontend> dns,
            Optional<MarathonCounters> marathon,
            Optional<MesosCounters> mesos) {
        JvmMetrics.builder().register(registry);
        tables(data);
        dns.ifPresent(frontend -> DnsMetrics.register(registry, frontend::status));
        data.dataPlane().ifPresent(plane -> dataPlane(data, plane));
        marathon.ifPresent(counters -> MarathonMetrics.register(registry, counters::snapshot));
        mesos.ifPresent(counters -> MesosMetrics.register(registry, counters::snapshot));
    }

    private void tables(AdminData data) {
        MetricTable.of(registry, () -> data)
                .gauge(
                        "meridian_table_revision",
                        "Revision of the table as this node has it; -1 before the first image.",
                        List.of("table"),
                        (tables, point) -> {
                            point.set(tables.zones().revision(), "zone");
                            point.set(tables.vips().revision(), "vip");
                        })
                .gauge(
                        "meridian_table_lag_seconds",
                        "Seconds for which the table may have been out of date on this node.",
                        List.of("table"),
                        (tables, point) -> {
                            Instant now = SteadyClock.INSTANCE.instant();
                            point.set(tables.zones().lagSeconds(now, LAG_TOLERANCE), "zone");
                            point.set(tables.vips().lagSeconds(now, LAG_TOLERANCE), "vip");
                        })
                .gauge(
                        "meridian_vips",
                        "Virtual IPs with at least one backend.",
                        tables -> tables.vips().image().vips().size())
                .gauge(
                        "meridian_vip_pool_free_addresses",
                        "Addresses of vip.range (ipv4) and vip.range6 (ipv6) that no VIP has; at 0"
                                + " a new VIP name gets no address of that family.",
                        List.of("family"),
                        (tables, point) -> {
                            for (AddressRange range : tables.vipRules().literals().ranges()) {
                                point.set(
                                        PoolUse.of(range, tables.vips().image())
                                                .free()
                                                .doubleValue(),
                                        range.first().isIpv4() ? "ipv4" : "ipv6");
                            }
                        });
    }

    private void dataPlane(AdminData data, DataPlane plane) {
        IpvsMetrics.register(registry, plane::status);
        new VipMetrics(() -> data.vips().image().vips(), plane).register(registry);
    }

    /**
     * Adds metrics of containers' network namespaces.
     *
     * @param namespaces their states
     */
    public void namespaces(Supplier<List<NamespaceStatus>> namespaces) {
        MetricTable.of(registry, namespaces)
                .gauge(
                        "meridian_ipvs_namespaces",
                        "Network namespaces of containers in which this node programs VIPs.",
                        all -> all.stream().filter(each -> each.waiting().isEmpty()).count())
                .gauge(
                        "meridian_ipvs_namespaces_failing",
                        "Network namespaces of containers whose VIPs are not as desired, or that"
                                + " are not ready yet.",
                        all -> all.stream().filter(NamespaceStatus::isFailing).count());
    }

    /** Adds further metrics. */
    public void register(Consumer<PrometheusRegistry> more) {
        more.accept(registry);
    }

    HttpResponse response() {
        return Replies.bytes(
                ContentTypes.create(MediaTypes.TEXT_PLAIN, HttpCharsets.UTF_8), text());
    }

    /** Every metric with its current value, in Prometheus's text format. */
    public byte[] text() {
        return MetricTable.text(registry);
    }
}
