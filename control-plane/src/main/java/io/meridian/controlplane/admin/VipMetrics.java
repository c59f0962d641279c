package io.meridian.controlplane.admin;

import io.meridian.controlplane.metrics.MetricTable;
import io.meridian.domain.vip.Vip;
import io.meridian.ipvs.Statistics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * The kernel's counters by VIP and by backend. The number of series is bounded: VIPs above the
 * limit, in the order of names, share the series "other"; backends above their limit have none.
 */
final class VipMetrics {
    private static final String OTHER = "other";

    private final Supplier<List<Vip>> vips;
    private final DataPlane dataPlane;
    private final int mostVips;
    private final int mostBackends;

    /**
     * @param vips sorted
     */
    VipMetrics(Supplier<List<Vip>> vips, DataPlane dataPlane) {
        this.vips = vips;
        this.dataPlane = dataPlane;
        this.mostVips = dataPlane.settings().vipSeries();
        this.mostBackends = dataPlane.settings().backendSeries();
    }

    void register(PrometheusRegistry registry) {
        MetricTable<VipMetrics> table = MetricTable.of(registry, () -> this);
        virtualServers(table);
        backends(table);
    }

    private static void virtualServers(MetricTable<VipMetrics> table) {
        table.gauge(
                        "meridian_vip_open_connections",
                        "Connections in this node's IPVS connection table, by VIP and state.",
                        List.of("vip", "state"),
                        (vips, point) -> {
                            vips.byVip(Statistics.Server::active, "active", point);
                            vips.byVip(Statistics.Server::inactive, "inactive", point);
                        })
                .counter(
                        "meridian_vip_connections_total",
                        "Connections that this node has sent to a backend, by VIP.",
                        List.of("vip"),
                        (vips, point) ->
                                vips.byVip(server -> server.counters().connections())
                                        .forEach((vip, n) -> point.set(n, vip)))
                .counter(
                        "meridian_vip_packets_total",
                        "Packets from clients (in) and to clients (out), by VIP.",
                        List.of("vip", "direction"),
                        (vips, point) -> {
                            vips.byVip(server -> server.counters().packetsIn(), "in", point);
                            vips.byVip(server -> server.counters().packetsOut(), "out", point);
                        })
                .counter(
                        "meridian_vip_bytes_total",
                        "Bytes from clients (in) and to clients (out), by VIP.",
                        List.of("vip", "direction"),
                        (vips, point) -> {
                            vips.byVip(server -> server.counters().bytesIn(), "in", point);
                            vips.byVip(server -> server.counters().bytesOut(), "out", point);
                        });
    }

    private static void backends(MetricTable<VipMetrics> table) {
        table.gauge(
                        "meridian_vip_backend_open_connections",
                        "Connections in this node's IPVS connection table, by VIP, backend and"
                                + " state.",
                        List.of("vip", "backend", "state"),
                        (vips, point) ->
                                vips.byBackend(
                                        (vip, backend, real) -> {
                                            point.set(real.active(), vip, backend, "active");
                                            point.set(real.inactive(), vip, backend, "inactive");
                                        }))
                .counter(
                        "meridian_vip_backend_connections_total",
                        "Connections that this node has sent to a backend, by VIP and backend.",
                        List.of("vip", "backend"),
                        (vips, point) ->
                                vips.byBackend(
                                        (vip, backend, real) ->
                                                point.set(
                                                        real.counters().connections(),
                                                        vip,
                                                        backend)));
    }

    private void byVip(
            ToLongFunction<Statistics.Server> read, String label, MetricTable.Point point) {
        byVip(read).forEach((vip, n) -> point.set(n, vip, label));
    }

    /** Sums a VIP's two address families; all VIPs above the limit are one sum. */
    private SortedMap<String, Long> byVip(ToLongFunction<Statistics.Server> read) {
        SortedMap<String, Long> sums = new TreeMap<>();
        TreeSet<String> own = new TreeSet<>();
        for (Vip vip : vips.get()) {
            Optional<Statistics.Server> counted = dataPlane.counted(vip);
            if (counted.isPresent()) {
                String name = vip.key().toString();
                boolean hasOwn = own.contains(name) || own.size() < mostVips && own.add(name);
                sums.merge(hasOwn ? name : OTHER, read.applyAsLong(counted.get()), Long::sum);
            }
        }
        return sums;
    }

    private interface OnBackend {
        void accept(String vip, String backend, Statistics.Real counted);
    }

    private void byBackend(OnBackend each) {
        TreeSet<String> seen = new TreeSet<>();
        for (Vip vip : vips.get()) {
            for (Vip.Backend backend : vip.backends()) {
                if (seen.size() >= mostBackends) {
                    return;
                }
                Optional<Statistics.Real> counted = dataPlane.counted(vip, backend);
                String at = backend.endpoint().toString();
                // Tasks that share an endpoint are one real server.
                if (counted.isPresent() && seen.add(vip.key() + " " + at)) {
                    each.accept(vip.key().toString(), at, counted.get());
                }
            }
        }
    }
}
