package io.meridian.controlplane.admin;

import io.meridian.controlplane.metrics.MetricTable;
import io.meridian.sources.mesos.MesosCounters;
import io.meridian.sources.mesos.MesosPhase;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/**
 * Metrics of the Mesos source. The source runs on one master of the cluster; the other masters show
 * 0 and the phase "detached".
 */
final class MesosMetrics {
    private MesosMetrics() {}

    static void register(PrometheusRegistry registry, Supplier<MesosCounters.Snapshot> status) {
        MetricTable<MesosCounters.Snapshot> table = MetricTable.of(registry, status);
        stream(table);
        listings(table);
        known(table);
    }

    private static void stream(MetricTable<MesosCounters.Snapshot> table) {
        table.counter(
                        "meridian_mesos_events_total",
                        "Events received from the Mesos master's event stream, by type.",
                        List.of("type"),
                        (now, point) -> now.events().forEach((type, n) -> point.set(n, type)))
                .counter(
                        "meridian_mesos_unknown_events_total",
                        "Events received from the Mesos master whose type this program does not"
                                + " know.",
                        MesosCounters.Snapshot::unknown)
                .counter(
                        "meridian_mesos_unreadable_total",
                        "Events and tasks of Mesos that this program could not read.",
                        MesosCounters.Snapshot::unreadable)
                .counter(
                        "meridian_mesos_connections_total",
                        "Attempts to open the Mesos master's event stream.",
                        MesosCounters.Snapshot::connections)
                .counter(
                        "meridian_mesos_stream_failures_total",
                        "Event streams of Mesos masters that were lost or could not be opened.",
                        MesosCounters.Snapshot::streamFailures)
                .counter(
                        "meridian_mesos_stream_bytes_total",
                        "Bytes read from Mesos masters' event streams.",
                        MesosCounters.Snapshot::bytes)
                .gauge(
                        "meridian_mesos_last_byte_timestamp_seconds",
                        "Unix time at which the Mesos master last sent a byte; 0 before the first.",
                        now -> IpvsMetrics.unixSeconds(now.lastByteAt()));
    }

    private static void listings(MetricTable<MesosCounters.Snapshot> table) {
        table.gauge(
                        "meridian_mesos_attached",
                        "1 while a Mesos master answers the Mesos source of this node, else 0.",
                        now -> now.phase() == MesosPhase.DETACHED ? 0 : 1)
                .gauge(
                        "meridian_mesos_phase",
                        "1 for the current phase of the Mesos source, 0 for the others; only in"
                                + " phase \"complete\" does a missing task count as gone.",
                        List.of("phase"),
                        (now, point) -> {
                            for (MesosPhase phase : MesosPhase.values()) {
                                point.set(phase == now.phase() ? 1 : 0, label(phase));
                            }
                        })
                .counter(
                        "meridian_mesos_listings_total",
                        "Complete listings of the Mesos cluster.",
                        MesosCounters.Snapshot::listings)
                .counter(
                        "meridian_mesos_polls_total",
                        "Complete states read from Mesos masters that have no event stream.",
                        MesosCounters.Snapshot::polls)
                .counter(
                        "meridian_mesos_poll_failures_total",
                        "Failed reads of the complete state of a Mesos master that has no event"
                                + " stream.",
                        MesosCounters.Snapshot::pollFailures);
    }

    private static void known(MetricTable<MesosCounters.Snapshot> table) {
        table.gauge("meridian_mesos_agents", "Mesos agents known.", now -> now.known().agents())
                .gauge(
                        "meridian_mesos_frameworks",
                        "Mesos frameworks known.",
                        now -> now.known().frameworks())
                .gauge("meridian_mesos_tasks", "Mesos tasks known.", now -> now.known().tasks())
                .gauge(
                        "meridian_mesos_awaited_agents",
                        "Mesos agents that have not yet registered with a new leading master.",
                        now -> now.known().awaitedAgents())
                .gauge(
                        "meridian_mesos_waiting_tasks",
                        "Mesos tasks whose framework is not known yet.",
                        now -> now.known().waitingTasks())
                .gauge(
                        "meridian_mesos_unreachable_tasks",
                        "Mesos tasks on unreachable agents.",
                        now -> now.known().unreachableTasks());
    }

    private static String label(MesosPhase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }
}
