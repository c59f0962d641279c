package io.meridian.controlplane.compat;

import io.meridian.controlplane.admin.Metrics;
import io.meridian.dns.DnsStatus;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.Vip;
import io.meridian.domain.vip.VipImage;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.reconcile.IpvsStatus;
import io.meridian.ipvs.reconcile.NamespaceStatus;
import io.meridian.sources.marathon.MarathonCounters;
import io.meridian.sources.mesos.MesosCounters;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Our figures under dcos-net's names, registry by registry (specs: dcos-net 4.6), so that
 * dashboards go on. What we have no figure for is left out, never shown as 0; so the registries of
 * the gossip and of the overlay are there and empty. The default registry, which has Erlang's own
 * figures there, has this program's.
 */
public final class DcosNetMetrics {
    private final Supplier<byte[]> own;
    private final Map<String, PrometheusRegistry> registries = new HashMap<>();

    /**
     * @param own this program's metrics in text
     * @param node decides which backends are local
     * @param dns what the DNS front end has done, on an agent
     * @param ipvs the data plane's last status, on an agent
     * @param marathon the source's counters, on a master
     */
    public DcosNetMetrics(
            CompatData data,
            Supplier<byte[]> own,
            NodeView node,
            Optional<Supplier<DnsStatus>> dns,
            Supplier<Optional<IpvsStatus>> ipvs,
            Optional<MarathonCounters> marathon) {
        this.own = own;
        for (String name : List.of("dns", "l4lb", "lashup", "mesos_listener", "overlay")) {
            registries.put(name, new PrometheusRegistry());
        }
        dns(registries.get("dns"), data, dns);
        l4lb(registries.get("l4lb"), data, node, ipvs);
        marathon.ifPresent(counters -> source(registries.get("mesos_listener"), counters));
    }

    /**
     * Adds containers' network namespaces.
     *
     * @param namespaces how they stand
     */
    public void namespaces(Supplier<List<NamespaceStatus>> namespaces) {
        gauge(
                registries.get("l4lb"),
                "netns",
                "Network namespaces of containers in which VIPs are kept.",
                () -> namespaces.get().stream().filter(each -> each.waiting().isEmpty()).count());
    }

    /** A registry in Prometheus's text format; empty for a name that dcos-net does not have. */
    Optional<byte[]> text(String name) {
        return name.equals("default")
                ? Optional.of(own.get())
                : Optional.ofNullable(registries.get(name)).map(Metrics::text);
    }

    private static void dns(
            PrometheusRegistry registry, CompatData data, Optional<Supplier<DnsStatus>> dns) {
        GaugeWithCallback.builder()
                .name("zone_records")
                .help("The number of records in DNS Zone.")
                .labelNames("zone")
                .callback(
                        callback ->
                                data.servedZones()
                                        .forEach(
                                                zone ->
                                                        callback.call(
                                                                (double) zone.records().count(),
                                                                zone.origin())))
                .register(registry);
        dns.ifPresent(
                status ->
                        CounterWithCallback.builder()
                                .name("forwarder_failures_total")
                                .help("Forwarded queries that got no answer, all zones together.")
                                .labelNames("zone")
                                .callback(
                                        callback ->
                                                callback.call(
                                                        (double) status.get().forwardFailures(),
                                                        "."))
                                .register(registry));
    }

    private static void l4lb(
            PrometheusRegistry registry,
            CompatData data,
            NodeView node,
            Supplier<Optional<IpvsStatus>> ipvs) {
        Function<ToLongFunction<VipImage>, DoubleSupplier> of =
                read -> () -> (double) read.applyAsLong(data.vips().image());
        gauge(registry, "vips", "VIPs with a backend.", of.apply(DcosNetMetrics::vips));
        gauge(
                registry,
                "backends",
                "Backends of all VIPs.",
                of.apply(image -> backends(image, _ -> true)));
        gauge(
                registry,
                "local_backends",
                "Backends on this node.",
                of.apply(image -> backends(image, node::owns)));
        gauge(
                registry,
                "unreachable_backends",
                "Backends on agents that are out of contact.",
                of.apply(image -> backends(image, one -> one.state() == BackendState.UNREACHABLE)));
        CounterWithCallback.builder()
                .name("reconciled_ipvs_rules_total")
                .help("Differences in the kernel that nobody asked for and that were repaired.")
                .callback(
                        callback ->
                                callback.call(
                                        (double)
                                                ipvs.get()
                                                        .map(now -> now.totals().driftRepaired())
                                                        .orElse(0L)))
                .register(registry);
    }

    private static long vips(VipImage image) {
        return image.vips().stream().map(Vip::key).distinct().count();
    }

    private static long backends(VipImage image, Predicate<Vip.Backend> counted) {
        return image.vips().stream()
                .flatMap(vip -> vip.backends().stream())
                .filter(counted)
                .count();
    }

    /** Adds the event stream of Mesos; in place of Marathon's, which is then not to be given. */
    public void mesos(MesosCounters counters) {
        Function<ToLongFunction<MesosCounters.Snapshot>, DoubleSupplier> of =
                read -> () -> (double) read.applyAsLong(counters.snapshot());
        source(
                registries.get("mesos_listener"),
                of.apply(MesosCounters.Snapshot::bytes),
                of.apply(now -> now.unknown() + sum(now.events())),
                of.apply(MesosCounters.Snapshot::streamFailures));
    }

    /** Without Mesos, Marathon's event stream is what dcos-net's stream from Mesos was. */
    private static void source(PrometheusRegistry registry, MarathonCounters counters) {
        Function<ToLongFunction<MarathonCounters.Snapshot>, DoubleSupplier> of =
                read -> () -> (double) read.applyAsLong(counters.snapshot());
        source(
                registry,
                of.apply(MarathonCounters.Snapshot::bytes),
                of.apply(now -> now.unknown() + sum(now.events())),
                of.apply(MarathonCounters.Snapshot::streamFailures));
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static void source(
            PrometheusRegistry registry,
            DoubleSupplier bytes,
            DoubleSupplier messages,
            DoubleSupplier failures) {
        counter(registry, "bytes_total", "Bytes read from the event stream.", bytes);
        counter(registry, "messages_total", "Events read from the event stream.", messages);
        counter(
                registry,
                "failures_total",
                "Event streams that were lost or not opened.",
                failures);
    }

    private static void gauge(
            PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    private static void counter(
            PrometheusRegistry registry, String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }
}
