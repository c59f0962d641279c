package io.meridian.controlplane.admin;

import io.meridian.controlplane.metrics.MetricTable;
import io.meridian.sources.marathon.MarathonCounters;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.util.List;
import java.util.function.Supplier;

/**
 * Metrics of the Marathon source. The source runs on one master of the cluster; the other masters
 * show 0.
 */
final class MarathonMetrics {
    private MarathonMetrics() {}

    static void register(PrometheusRegistry registry, Supplier<MarathonCounters.Snapshot> status) {
        MetricTable<MarathonCounters.Snapshot> table = MetricTable.of(registry, status);
        stream(table);
        listings(table);
    }

    private static void stream(MetricTable<MarathonCounters.Snapshot> table) {
        table.counter(
                        "meridian_marathon_events_total",
                        "Events received from Marathon's event stream, by type.",
                        List.of("type"),
                        (now, point) -> now.events().forEach((type, n) -> point.set(n, type)))
                .counter(
                        "meridian_marathon_unknown_events_total",
                        "Events received from Marathon whose type this program does not know.",
                        MarathonCounters.Snapshot::unknown)
                .counter(
                        "meridian_marathon_unreadable_total",
                        "Events, tasks and services of Marathon that this program could not read.",
                        MarathonCounters.Snapshot::unreadable)
                .counter(
                        "meridian_marathon_connections_total",
                        "Attempts to open Marathon's event stream.",
                        MarathonCounters.Snapshot::connections)
                .counter(
                        "meridian_marathon_stream_bytes_total",
                        "Bytes read from Marathon's event streams.",
                        MarathonCounters.Snapshot::bytes)
                .gauge(
                        "meridian_marathon_attached",
                        "1 while Marathon's event stream is open, else 0.",
                        now -> now.attached() ? 1 : 0);
    }

    private static void listings(MetricTable<MarathonCounters.Snapshot> table) {
        table.counter(
                        "meridian_marathon_listings_total",
                        "Complete listings of Marathon's apps and pods.",
                        MarathonCounters.Snapshot::listings)
                .counter(
                        "meridian_marathon_listing_failures_total",
                        "Listings of Marathon's apps and pods that failed.",
                        MarathonCounters.Snapshot::listingFailures)
                .counter(
                        "meridian_marathon_rereads_total",
                        "Reads of a single app or pod from Marathon.",
                        MarathonCounters.Snapshot::rereads)
                .gauge(
                        "meridian_marathon_last_listing_timestamp_seconds",
                        "Unix time of the last complete listing of Marathon's apps and pods; 0"
                                + " before the first.",
                        now -> IpvsMetrics.unixSeconds(now.lastListingAt()));
    }
}
