package io.meridian.controlplane.admin;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpCharsets;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.MediaTypes;

import io.meridian.dns.DnsFrontend;
import io.meridian.dns.DnsStatus;
import io.meridian.domain.time.SteadyClock;
import io.meridian.ipvs.reconcile.IpvsStatus;
import io.meridian.ipvs.reconcile.NamespaceStatus;
import io.meridian.sources.marathon.MarathonCounters;
import io.meridian.sources.mesos.MesosCounters;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * {@code GET /metrics} in Prometheus's text format; every value is read from the rooms when asked.
 */
public final class Metrics {
    private static final Duration FRESH = Duration.ofSeconds(10);

    private final PrometheusRegistry registry = new PrometheusRegistry();

    /**
     * @param dns the DNS front end, on an agent
     * @param marathon that source's counters, on a master
     * @param mesos likewise
     */
    public Metrics(
            AdminData data,
            Optional<DnsFrontend> dns,
            Optional<MarathonCounters> marathon,
            Optional<MesosCounters> mesos) {
        JvmMetrics.builder().register(registry);
        tables(data);
        dns.ifPresent(this::dns);
        data.dataPlane()
                .ifPresent(
                        plane -> {
                            dataplane(plane);
                            new VipMetrics(() -> data.vips().image().vips(), plane)
                                    .register(registry);
                        });
        marathon.ifPresent(this::marathon);
        mesos.ifPresent(counters -> new MesosMetrics(counters).register(registry));
    }

    /**
     * Adds containers' network namespaces.
     *
     * @param namespaces how they stand
     */
    public void namespaces(Supplier<List<NamespaceStatus>> namespaces) {
        gauge(
                "meridian_ipvs_namespaces",
                "Network namespaces of containers in which VIPs are kept.",
                () -> namespaces.get().stream().filter(each -> each.waiting().isEmpty()).count());
        gauge(
                "meridian_ipvs_namespaces_failing",
                "Network namespaces of containers that are not as desired, or wait to be ready.",
                () -> namespaces.get().stream().filter(NamespaceStatus::isFailing).count());
    }

    HttpResponse response() {
        return HttpResponse.create()
                .withEntity(
                        HttpEntities.create(
                                ContentTypes.create(MediaTypes.TEXT_PLAIN, HttpCharsets.UTF_8),
                                text()));
    }

    /** Every metric, as it is now. */
    public byte[] text() {
        return text(registry);
    }

    /** A registry's metrics in Prometheus's text format 0.0.4. */
    public static byte[] text(PrometheusRegistry registry) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            PrometheusTextFormatWriter.create().write(out, registry.scrape());
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    private void tables(AdminData data) {
        GaugeWithCallback.builder()
                .name("meridian_table_revision")
                .help("Revision of the table as this node has it; -1 before the first image.")
                .labelNames("table")
                .callback(
                        callback -> {
                            callback.call((double) data.zones().revision(), "zone");
                            callback.call((double) data.vips().revision(), "vip");
                        })
                .register(registry);
        GaugeWithCallback.builder()
                .name("meridian_table_lag_seconds")
                .help("For how long the table may have been out of date on this node.")
                .labelNames("table")
                .callback(
                        callback -> {
                            Instant now = SteadyClock.INSTANCE.instant();
                            callback.call(data.zones().lagSeconds(now, FRESH), "zone");
                            callback.call(data.vips().lagSeconds(now, FRESH), "vip");
                        })
                .register(registry);
        gauge(
                "meridian_vips",
                "Virtual IPs with at least one backend.",
                () -> data.vips().image().vips().size());
    }

    private void dns(DnsFrontend dns) {
        CounterWithCallback.builder()
                .name("meridian_dns_queries_total")
                .help("DNS messages that came in.")
                .labelNames("transport")
                .callback(
                        callback -> {
                            DnsStatus status = dns.status();
                            callback.call((double) status.udpQueries(), "udp");
                            callback.call((double) status.tcpQueries(), "tcp");
                        })
                .register(registry);
        CounterWithCallback.builder()
                .name("meridian_dns_answers_total")
                .help("DNS replies of our own, by response code.")
                .labelNames("rcode")
                .callback(
                        callback ->
                                dns.status()
                                        .answers()
                                        .forEach(
                                                (rcode, count) ->
                                                        callback.call(
                                                                (double) count,
                                                                rcode.toString()
                                                                        .toLowerCase(Locale.ROOT))))
                .register(registry);
        Function<ToDoubleFunction<DnsStatus>, DoubleSupplier> of =
                read -> () -> read.applyAsDouble(dns.status());
        counter(
                "meridian_dns_truncated_total",
                "Replies with TC set.",
                of.apply(DnsStatus::truncated));
        counter(
                "meridian_dns_malformed_total",
                "Messages without a readable question.",
                of.apply(DnsStatus::malformed));
        counter(
                "meridian_dns_dropped_total",
                "Messages that got no reply.",
                of.apply(DnsStatus::dropped));
        counter(
                "meridian_dns_forwarded_total",
                "Queries for names outside our zones that were not refused.",
                of.apply(DnsStatus::forwarded));
        counter(
                "meridian_dns_forward_failures_total",
                "Of those, not answered.",
                of.apply(DnsStatus::forwardFailures));
        new ForwardMetrics(() -> dns.status().forward()).register(registry);
        gauge(
                "meridian_dns_tcp_connections",
                "DNS connections that are open.",
                of.apply(DnsStatus::tcpConnections));
        counter(
                "meridian_dns_tcp_refused_total",
                "DNS connections closed as they came: too many.",
                of.apply(DnsStatus::tcpRefused));
        counter(
                "meridian_dns_tcp_evicted_total",
                "Idle DNS connections closed to make room for a new one.",
                of.apply(DnsStatus::tcpEvicted));
        counter(
                "meridian_dns_rate_slipped_total",
                "Answers above the rate limit that went out cut.",
                of.apply(DnsStatus::rateSlipped));
        counter(
                "meridian_dns_rate_dropped_total",
                "Answers above the rate limit that did not go out.",
                of.apply(DnsStatus::rateDropped));
        counter(
                "meridian_dns_unreadable_records_total",
                "Records of updates that were left out, as their data is not what their type"
                        + " needs.",
                of.apply(DnsStatus::unreadableRecords));
        counter(
                "meridian_dns_faults_total",
                "Errors of our own while answering.",
                of.apply(DnsStatus::faults));
        GaugeWithCallback.builder()
                .name("meridian_dns_applied_revision")
                .help("Table revision that DNS answers from; -1 before the first image.")
                .labelNames("table")
                .callback(
                        callback -> {
                            callback.call((double) dns.status().zoneRevision(), "zone");
                            callback.call((double) dns.status().vipRevision(), "vip");
                        })
                .register(registry);
    }

    private void dataplane(DataPlane plane) {
        Function<ToDoubleFunction<IpvsStatus>, DoubleSupplier> of =
                read -> () -> plane.status().map(read::applyAsDouble).orElse(0.0);
        gauge(
                "meridian_ipvs_available",
                "1 if this node's data plane can be programmed.",
                of.apply(status -> status.unavailable().isEmpty() ? 1 : 0));
        gauge(
                "meridian_ipvs_applied_revision",
                "VIP table revision in the kernel.",
                of.apply(IpvsStatus::appliedRevision));
        gauge(
                "meridian_ipvs_virtual_servers",
                "Virtual servers desired.",
                of.apply(status -> status.table().virtualServers()));
        gauge(
                "meridian_ipvs_real_servers",
                "Real servers desired.",
                of.apply(status -> status.table().realServers()));
        gauge(
                "meridian_ipvs_drains",
                "Real servers that have left and keep their connections.",
                of.apply(status -> status.table().draining().size()));
        gauge(
                "meridian_ipvs_slow_starts",
                "Real servers whose share still grows.",
                of.apply(status -> status.table().slowStarts()));
        gauge(
                "meridian_ipvs_scheduler_fallbacks",
                "Virtual servers with another scheduler than asked for: the kernel lacks it.",
                of.apply(status -> status.fallbacks().size()));
        gauge(
                "meridian_ipvs_failures",
                "Rows that are not as desired.",
                of.apply(status -> status.failures().size()));
        counter(
                "meridian_ipvs_operations_total",
                "Operations that the kernel took.",
                of.apply(status -> status.totals().operations()));
        CounterWithCallback.builder()
                .name("meridian_ipvs_refusals_total")
                .help("Operations that the kernel refused, by errno.")
                .labelNames("errno")
                .callback(
                        callback ->
                                plane.status()
                                        .ifPresent(
                                                now ->
                                                        now.totals()
                                                                .refusals()
                                                                .forEach(
                                                                        (errno, n) ->
                                                                                callback.call(
                                                                                        (double) n,
                                                                                        errno))))
                .register(registry);
        counter(
                "meridian_ipvs_drift_repaired_total",
                "Operations that undid foreign changes.",
                of.apply(now -> now.totals().driftRepaired()));
        counter(
                "meridian_ipvs_rounds_total",
                "Rounds of comparing and programming.",
                of.apply(status -> status.totals().rounds()));
        gauge(
                "meridian_ipvs_last_round_timestamp_seconds",
                "When the newest round began; 0 before the first.",
                of.apply(
                        status ->
                                SteadyClock.INSTANCE.wall(status.lastRound().at()).toEpochMilli()
                                        / 1000.0));
        gauge(
                "meridian_ipvs_last_round_seconds",
                "How long the newest round took.",
                of.apply(status -> status.lastRound().took().toNanos() / 1e9));
        gauge(
                "meridian_ipvs_counted_timestamp_seconds",
                "When connections and traffic of VIPs were read from the kernel; 0 before that.",
                of.apply(
                        status ->
                                SteadyClock.INSTANCE.wall(status.counted().at()).toEpochMilli()
                                        / 1000.0));
    }

    private void marathon(MarathonCounters counters) {
        CounterWithCallback.builder()
                .name("meridian_marathon_events_total")
                .help("Events from Marathon, by type.")
                .labelNames("type")
                .callback(
                        callback ->
                                counters.snapshot()
                                        .events()
                                        .forEach(
                                                (type, count) ->
                                                        callback.call((double) count, type)))
                .register(registry);
        Function<ToDoubleFunction<MarathonCounters.Snapshot>, DoubleSupplier> of =
                read -> () -> read.applyAsDouble(counters.snapshot());
        counter(
                "meridian_marathon_unknown_events_total",
                "Events of a type this program does not know.",
                of.apply(MarathonCounters.Snapshot::unknown));
        counter(
                "meridian_marathon_unreadable_total",
                "Events, tasks and services that could not be read.",
                of.apply(MarathonCounters.Snapshot::unreadable));
        counter(
                "meridian_marathon_listings_total",
                "Complete listings.",
                of.apply(MarathonCounters.Snapshot::listings));
        counter(
                "meridian_marathon_listing_failures_total",
                "Listings that failed.",
                of.apply(MarathonCounters.Snapshot::listingFailures));
        counter(
                "meridian_marathon_rereads_total",
                "Reads of single services.",
                of.apply(MarathonCounters.Snapshot::rereads));
        counter(
                "meridian_marathon_connections_total",
                "Attempts to open the event stream.",
                of.apply(MarathonCounters.Snapshot::connections));
        counter(
                "meridian_marathon_stream_bytes_total",
                "Bytes read from event streams.",
                of.apply(MarathonCounters.Snapshot::bytes));
        gauge(
                "meridian_marathon_attached",
                "1 while the event stream is open.",
                of.apply(now -> now.attached() ? 1 : 0));
        gauge(
                "meridian_marathon_last_listing_timestamp_seconds",
                "When the last complete listing was read.",
                of.apply(
                        now ->
                                SteadyClock.INSTANCE.wall(now.lastListingAt()).toEpochMilli()
                                        / 1000.0));
    }

    private void counter(String name, String help, DoubleSupplier value) {
        CounterWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }

    private void gauge(String name, String help, DoubleSupplier value) {
        GaugeWithCallback.builder()
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .register(registry);
    }
}
