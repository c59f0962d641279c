package io.meridian.controlplane.admin;

import io.meridian.domain.time.SteadyClock;
import io.meridian.sources.mesos.MesosCounters;
import io.meridian.sources.mesos.MesosPhase;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** What the Mesos source counts. It runs on one master; on others all is 0 or detached. */
final class MesosMetrics {
    private final MesosCounters counters;

    MesosMetrics(MesosCounters counters) {
        this.counters = counters;
    }

    void register(PrometheusRegistry registry) {
        CounterWithCallback.builder()
                .name("meridian_mesos_events_total")
                .help("Events from the Mesos master, by type.")
                .labelNames("type")
                .callback(
                        callback ->
                                counters.snapshot()
                                        .events()
                                        .forEach(
                                                (type, count) ->
                                                        callback.call((double) count, type)))
                .register(registry);
        GaugeWithCallback.builder()
                .name("meridian_mesos_phase")
                .help(
                        "1 for the phase in which the source is; only in complete is what it does"
                                + " not list gone.")
                .labelNames("phase")
                .callback(
                        callback -> {
                            MesosPhase now = counters.snapshot().phase();
                            for (MesosPhase phase : MesosPhase.values()) {
                                callback.call(
                                        phase == now ? 1.0 : 0.0,
                                        phase.name().toLowerCase(Locale.ROOT));
                            }
                        })
                .register(registry);
        streams(registry);
        known(registry);
    }

    private void streams(PrometheusRegistry registry) {
        counter(
                registry,
                "unknown_events",
                "Events of a type this program does not know.",
                MesosCounters.Snapshot::unknown);
        counter(
                registry,
                "unreadable",
                "Events and tasks that could not be read.",
                MesosCounters.Snapshot::unreadable);
        counter(registry, "listings", "Complete listings.", MesosCounters.Snapshot::listings);
        counter(
                registry,
                "polls",
                "Whole states read from masters without event stream.",
                MesosCounters.Snapshot::polls);
        counter(
                registry,
                "poll_failures",
                "Of those, failed.",
                MesosCounters.Snapshot::pollFailures);
        counter(
                registry,
                "connections",
                "Attempts to open the event stream.",
                MesosCounters.Snapshot::connections);
        counter(
                registry,
                "stream_failures",
                "Event streams that were lost or not opened.",
                MesosCounters.Snapshot::streamFailures);
        counter(
                registry,
                "stream_bytes",
                "Bytes read from event streams.",
                MesosCounters.Snapshot::bytes);
        gauge(
                registry,
                "last_byte_timestamp_seconds",
                "When the master last gave a sign of life; 0 before the first.",
                now -> SteadyClock.INSTANCE.wall(now.lastByteAt()).toEpochMilli() / 1000.0);
    }

    private void known(PrometheusRegistry registry) {
        gauge(registry, "agents", "Agents known.", now -> now.known().agents());
        gauge(registry, "frameworks", "Frameworks known.", now -> now.known().frameworks());
        gauge(registry, "tasks", "Tasks known.", now -> now.known().tasks());
        gauge(
                registry,
                "awaited_agents",
                "Agents that a new leader has yet to hear of again.",
                now -> now.known().awaitedAgents());
        gauge(
                registry,
                "waiting_tasks",
                "Tasks whose framework is not known yet.",
                now -> now.known().waitingTasks());
        gauge(
                registry,
                "unreachable_tasks",
                "Tasks on agents out of contact.",
                now -> now.known().unreachableTasks());
    }

    private void counter(
            PrometheusRegistry registry,
            String name,
            String help,
            ToDoubleFunction<MesosCounters.Snapshot> read) {
        CounterWithCallback.builder()
                .name("meridian_mesos_" + name + "_total")
                .help(help)
                .callback(callback -> callback.call(read.applyAsDouble(counters.snapshot())))
                .register(registry);
    }

    private void gauge(
            PrometheusRegistry registry,
            String name,
            String help,
            ToDoubleFunction<MesosCounters.Snapshot> read) {
        GaugeWithCallback.builder()
                .name("meridian_mesos_" + name)
                .help(help)
                .callback(callback -> callback.call(read.applyAsDouble(counters.snapshot())))
                .register(registry);
    }
}
