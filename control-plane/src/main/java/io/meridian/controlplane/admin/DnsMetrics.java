package io.meridian.controlplane.admin;

import io.meridian.controlplane.metrics.MetricTable;
import io.meridian.dns.DnsStatus;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** Metrics of the DNS front end. */
final class DnsMetrics {
    private DnsMetrics() {}

    static void register(PrometheusRegistry registry, Supplier<DnsStatus> status) {
        MetricTable<DnsStatus> table = MetricTable.of(registry, status);
        queries(table);
        forwarding(table);
        tcp(table);
        rateLimits(table);
        images(table);
        ForwardMetrics.register(registry, () -> status.get().forward());
    }

    private static void queries(MetricTable<DnsStatus> table) {
        table.counter(
                        "meridian_dns_queries_total",
                        "DNS messages received, by transport.",
                        List.of("transport"),
                        (dns, point) -> {
                            point.set(dns.udpQueries(), "udp");
                            point.set(dns.tcpQueries(), "tcp");
                        })
                .counter(
                        "meridian_dns_answers_total",
                        "DNS replies that this node made itself, by response code.",
                        List.of("rcode"),
                        (dns, point) ->
                                dns.answers()
                                        .forEach(
                                                (rcode, n) ->
                                                        point.set(n, lower(rcode.toString()))))
                .counter(
                        "meridian_dns_truncated_total",
                        "DNS replies with the TC flag set.",
                        DnsStatus::truncated)
                .counter(
                        "meridian_dns_partial_total",
                        "DNS replies over TCP with a part of the name's records, because one"
                                + " message holds at most 65,535 bytes.",
                        DnsStatus::partial)
                .counter(
                        "meridian_dns_malformed_total",
                        "DNS messages received without a readable question.",
                        DnsStatus::malformed)
                .counter(
                        "meridian_dns_dropped_total",
                        "DNS messages received that got no reply.",
                        DnsStatus::dropped)
                .counter(
                        "meridian_dns_faults_total",
                        "Exceptions of this program while it answered a DNS message.",
                        DnsStatus::faults);
    }

    private static void forwarding(MetricTable<DnsStatus> table) {
        table.counter(
                        "meridian_dns_forwarded_total",
                        "DNS queries for names outside this node's zones that recursion.allow"
                                + " admits.",
                        DnsStatus::forwarded)
                .counter(
                        "meridian_dns_forward_failures_total",
                        "Forwarded DNS queries that got no usable answer of an upstream: the"
                                + " client got SERVFAIL.",
                        DnsStatus::forwardFailures);
    }

    private static void tcp(MetricTable<DnsStatus> table) {
        table.gauge(
                        "meridian_dns_tcp_connections",
                        "DNS connections over TCP that are open.",
                        DnsStatus::tcpConnections)
                .counter(
                        "meridian_dns_tcp_refused_total",
                        "DNS connections over TCP that this node closed at once because a limit"
                                + " of connections was reached.",
                        DnsStatus::tcpRefused)
                .counter(
                        "meridian_dns_tcp_evicted_total",
                        "Idle DNS connections over TCP that this node closed to admit a new one.",
                        DnsStatus::tcpEvicted);
    }

    private static void rateLimits(MetricTable<DnsStatus> table) {
        table.counter(
                        "meridian_dns_rate_slipped_total",
                        "DNS replies above the response rate limit that this node sent truncated.",
                        DnsStatus::rateSlipped)
                .counter(
                        "meridian_dns_rate_dropped_total",
                        "DNS replies above the response rate limit that this node did not send.",
                        DnsStatus::rateDropped);
    }

    private static void images(MetricTable<DnsStatus> table) {
        table.counter(
                        "meridian_dns_unreadable_records_total",
                        "Records of table updates that DNS leaves out because their data does not"
                                + " match their type.",
                        DnsStatus::unreadableRecords)
                .gauge(
                        "meridian_dns_applied_revision",
                        "Table revision that DNS answers from; -1 before the first image.",
                        List.of("table"),
                        (dns, point) -> {
                            point.set(dns.zoneRevision(), "zone");
                            point.set(dns.vipRevision(), "vip");
                        });
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
