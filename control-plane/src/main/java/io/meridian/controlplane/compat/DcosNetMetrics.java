package io.meridian.controlplane.compat;

import io.meridian.controlplane.metrics.MetricTable;
import io.meridian.dns.DnsStatus;
import io.meridian.domain.vip.BackendState;
import io.meridian.domain.vip.Vip;
import io.meridian.domain.vip.VipImage;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.reconcile.IpvsStatus;
import io.meridian.ipvs.reconcile.NamespaceStatus;
import io.meridian.sources.marathon.MarathonCounters;
import io.meridian.sources.mesos.MesosCounters;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * Meridian's metrics under dcos-net's names, registry by registry (specs: dcos-net 4.6), so that
 * dashboards keep working. A metric without a counterpart is left out, never shown as 0; the
 * registries "lashup" and "overlay" exist and are empty. The registry "default" has this program's
 * own metrics instead of the Erlang VM's.
 */
public final class DcosNetMetrics {
    private final Supplier<byte[]> own;
    private final Map<String, PrometheusRegistry> registries = new HashMap<>();

    /**
     * @param own this program's metrics in Prometheus's text format
     * @param node decides which backends are local
     * @param dns status of the DNS front end; absent on a node without role agent
     * @param ipvs last status of the IPVS writer; absent on a node without role agent
     * @param marathon counters of the Marathon source; absent unless this node is a master without
     *     Mesos
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
        marathon.ifPresent(this::marathon);
    }

    /**
     * Adds metrics of containers' network namespaces.
     *
     * @param namespaces the writers' last statuses, one for each namespace
     */
    public void namespaces(Supplier<List<NamespaceStatus>> namespaces) {
        MetricTable.of(registries.get("l4lb"), namespaces)
                .gauge(
                        "netns",
                        "Network namespaces of containers in which this node programs VIPs.",
                        all -> all.stream().filter(each -> each.waiting().isEmpty()).count());
    }

    /** A registry in Prometheus's text format; empty for a name that dcos-net does not have. */
    Optional<byte[]> text(String name) {
        return name.equals("default")
                ? Optional.of(own.get())
                : Optional.ofNullable(registries.get(name)).map(MetricTable::text);
    }

    private static void dns(
            PrometheusRegistry registry, CompatData data, Optional<Supplier<DnsStatus>> dns) {
        MetricTable.of(registry, data::servedZones)
                .gauge(
                        "zone_records",
                        "Records in the DNS zone.",
                        List.of("zone"),
                        (zones, point) ->
                                zones.forEach(
                                        zone -> point.set(zone.records().count(), zone.origin())));
        dns.ifPresent(
                status ->
                        MetricTable.of(registry, status)
                                .counter(
                                        "forwarder_failures_total",
                                        "Forwarded queries that got no usable answer; the zone"
                                                + " \".\" stands for all zones.",
                                        List.of("zone"),
                                        (now, point) -> point.set(now.forwardFailures(), ".")));
    }

    private static void l4lb(
            PrometheusRegistry registry,
            CompatData data,
            NodeView node,
            Supplier<Optional<IpvsStatus>> ipvs) {
        MetricTable.of(registry, () -> data.vips().image())
                .gauge("vips", "VIPs with at least one backend.", DcosNetMetrics::vips)
                .gauge("backends", "Backends of all VIPs.", image -> backends(image, _ -> true))
                .gauge(
                        "local_backends",
                        "Backends of all VIPs that run on this node.",
                        image -> backends(image, node::owns))
                .gauge(
                        "unreachable_backends",
                        "Backends of all VIPs that run on unreachable agents.",
                        image -> backends(image, one -> one.state() == BackendState.UNREACHABLE));
        MetricTable.ofOptional(registry, ipvs)
                .counter(
                        "reconciled_ipvs_rules_total",
                        "Operations that undid changes of other programs to Meridian's IPVS rows.",
                        status -> status.totals().driftRepaired());
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

    /**
     * Without Mesos, counts Marathon's event stream where dcos-net counts its stream from Mesos.
     */
    private void marathon(MarathonCounters counters) {
        source(
                MetricTable.of(registries.get("mesos_listener"), counters::snapshot),
                MarathonCounters.Snapshot::bytes,
                now -> now.unknown() + sum(now.events()),
                MarathonCounters.Snapshot::streamFailures);
    }

    /** Adds counters of Mesos's event stream; a node with Mesos does not add Marathon's. */
    public void mesos(MesosCounters counters) {
        source(
                MetricTable.of(registries.get("mesos_listener"), counters::snapshot),
                MesosCounters.Snapshot::bytes,
                now -> now.unknown() + sum(now.events()),
                MesosCounters.Snapshot::streamFailures);
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static <S> void source(
            MetricTable<S> table,
            ToDoubleFunction<S> bytes,
            ToDoubleFunction<S> messages,
            ToDoubleFunction<S> failures) {
        table.counter("bytes_total", "Bytes read from the event stream.", bytes)
                .counter("messages_total", "Events read from the event stream.", messages)
                .counter(
                        "failures_total",
                        "Event streams that were lost or could not be opened.",
                        failures);
    }
}
