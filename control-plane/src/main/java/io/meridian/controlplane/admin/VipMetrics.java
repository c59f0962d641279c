package io.meridian.controlplane.admin;

import io.meridian.domain.vip.Vip;
import io.meridian.ipvs.Statistics;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * What the kernel counts, by VIP and by backend. How many series that makes is bounded: VIPs above
 * the limit, by name, are one, "other"; backends above theirs have none.
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
        GaugeWithCallback.builder()
                .name("meridian_vip_open_connections")
                .help("Connections that this node's kernel remembers, by VIP.")
                .labelNames("vip", "state")
                .callback(
                        callback -> {
                            byVip(Statistics.Server::active)
                                    .forEach((vip, n) -> callback.call((double) n, vip, "active"));
                            byVip(Statistics.Server::inactive)
                                    .forEach(
                                            (vip, n) -> callback.call((double) n, vip, "inactive"));
                        })
                .register(registry);
        CounterWithCallback.builder()
                .name("meridian_vip_connections_total")
                .help("Connections that this node has sent to a backend, by VIP.")
                .labelNames("vip")
                .callback(
                        callback ->
                                byVip(server -> server.counters().connections())
                                        .forEach((vip, n) -> callback.call((double) n, vip)))
                .register(registry);
        directions(
                registry,
                "meridian_vip_packets_total",
                "Packets from clients (in) and to them (out), by VIP.",
                server -> server.counters().packetsIn(),
                server -> server.counters().packetsOut());
        directions(
                registry,
                "meridian_vip_bytes_total",
                "Bytes from clients (in) and to them (out), by VIP.",
                server -> server.counters().bytesIn(),
                server -> server.counters().bytesOut());
        GaugeWithCallback.builder()
                .name("meridian_vip_backend_open_connections")
                .help("Connections that this node's kernel remembers, by VIP and backend.")
                .labelNames("vip", "backend", "state")
                .callback(
                        callback ->
                                byBackend(
                                        (vip, backend, real) -> {
                                            callback.call(
                                                    (double) real.active(), vip, backend, "active");
                                            callback.call(
                                                    (double) real.inactive(),
                                                    vip,
                                                    backend,
                                                    "inactive");
                                        }))
                .register(registry);
        CounterWithCallback.builder()
                .name("meridian_vip_backend_connections_total")
                .help("Connections that this node has sent to a backend, by VIP and backend.")
                .labelNames("vip", "backend")
                .callback(
                        callback ->
                                byBackend(
                                        (vip, backend, real) ->
                                                callback.call(
                                                        (double) real.counters().connections(),
                                                        vip,
                                                        backend)))
                .register(registry);
    }

    private void directions(
            PrometheusRegistry registry,
            String name,
            String help,
            ToLongFunction<Statistics.Server> in,
            ToLongFunction<Statistics.Server> out) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .labelNames("vip", "direction")
                .callback(
                        callback -> {
                            byVip(in).forEach((vip, n) -> callback.call((double) n, vip, "in"));
                            byVip(out).forEach((vip, n) -> callback.call((double) n, vip, "out"));
                        })
                .register(registry);
    }

    /** A VIP's two families are one; so are all VIPs above the limit. */
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
