package io.meridian.controlplane.admin;

import io.meridian.controlplane.metrics.MetricTable;
import io.meridian.domain.time.SteadyClock;
import io.meridian.ipvs.reconcile.IpvsStatus;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Metrics of the IPVS writer. */
final class IpvsMetrics {
    private IpvsMetrics() {}

    static void register(PrometheusRegistry registry, Supplier<Optional<IpvsStatus>> status) {
        MetricTable<IpvsStatus> table = MetricTable.ofOptional(registry, status);
        desired(table);
        failures(table);
        rounds(table);
    }

    private static void desired(MetricTable<IpvsStatus> table) {
        table.gauge(
                        "meridian_ipvs_available",
                        "1 if this node's kernel can be programmed, else 0.",
                        ipvs -> ipvs.unavailable().isEmpty() ? 1 : 0)
                .gauge(
                        "meridian_ipvs_applied_revision",
                        "Revision of the VIP table that is in the kernel.",
                        IpvsStatus::appliedRevision)
                .gauge(
                        "meridian_ipvs_virtual_servers",
                        "IPVS virtual servers that the VIP table asks for.",
                        ipvs -> ipvs.table().virtualServers())
                .gauge(
                        "meridian_ipvs_real_servers",
                        "IPVS real servers that the VIP table asks for.",
                        ipvs -> ipvs.table().realServers())
                .gauge(
                        "meridian_ipvs_drains",
                        "IPVS real servers that have left their VIP and keep open connections.",
                        ipvs -> ipvs.table().draining().size())
                .gauge(
                        "meridian_ipvs_slow_starts",
                        "IPVS real servers whose weight still rises (slow start).",
                        ipvs -> ipvs.table().slowStarts());
    }

    private static void failures(MetricTable<IpvsStatus> table) {
        table.gauge(
                        "meridian_ipvs_scheduler_fallbacks",
                        "IPVS virtual servers with another scheduler than their label names,"
                                + " because the kernel lacks that one.",
                        ipvs -> ipvs.fallbacks().size())
                .gauge(
                        "meridian_ipvs_failures",
                        "Rows of the kernel's tables that are not as desired.",
                        ipvs -> ipvs.failures().size())
                .counter(
                        "meridian_ipvs_operations_total",
                        "Operations on its tables that the kernel accepted.",
                        ipvs -> ipvs.totals().operations())
                .counter(
                        "meridian_ipvs_refusals_total",
                        "Operations on its tables that the kernel refused, by errno.",
                        List.of("errno"),
                        (ipvs, point) ->
                                ipvs.totals().refusals().forEach((errno, n) -> point.set(n, errno)))
                .counter(
                        "meridian_ipvs_drift_repaired_total",
                        "Operations that undid changes of other programs to Meridian's rows.",
                        ipvs -> ipvs.totals().driftRepaired());
    }

    private static void rounds(MetricTable<IpvsStatus> table) {
        table.counter(
                        "meridian_ipvs_rounds_total",
                        "Reconcile rounds: dump of the kernel's tables, comparison, operations.",
                        ipvs -> ipvs.totals().rounds())
                .gauge(
                        "meridian_ipvs_last_round_timestamp_seconds",
                        "Unix time at which the newest reconcile round began; 0 before the first.",
                        ipvs -> unixSeconds(ipvs.lastRound().at()))
                .gauge(
                        "meridian_ipvs_last_round_seconds",
                        "Duration of the newest reconcile round.",
                        ipvs -> ipvs.lastRound().took().toNanos() / 1e9)
                .gauge(
                        "meridian_ipvs_counted_timestamp_seconds",
                        "Unix time at which the kernel's counters of VIPs were last read; 0"
                                + " before the first time.",
                        ipvs -> unixSeconds(ipvs.counted().at()));
    }

    /**
     * @param steady of {@link SteadyClock}
     */
    static double unixSeconds(Instant steady) {
        return SteadyClock.INSTANCE.wall(steady).toEpochMilli() / 1000.0;
    }
}
