package io.meridian.controlplane.node;

import io.meridian.actors.ingest.IngestStatus;
import io.meridian.controlplane.ProgramVersion;
import io.meridian.controlplane.metrics.MetricTable;
import io.meridian.domain.time.SteadyClock;
import io.meridian.feed.master.SeenNode;
import io.meridian.projections.ProjectionBacklog;
import io.prometheus.metrics.core.metrics.Info;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Metrics of a node's readiness, its conditions and, on a master, of all nodes. */
final class HealthMetrics {
    private HealthMetrics() {}

    /** Metrics that every node has. */
    static void register(PrometheusRegistry registry, Supplier<Optional<NodeReadiness>> health) {
        Info.builder()
                .name("meridian_build_info")
                .help("Always 1; the label is the version of this node's program.")
                .labelNames("version")
                .register(registry)
                .setLabelValues(ProgramVersion.text());
        MetricTable.ofOptional(registry, () -> health.get().map(NodeReadiness::report))
                .gauge(
                        "meridian_ready",
                        "1 while this node serves complete images, else 0.",
                        now -> now.reasons().isEmpty() ? 1 : 0)
                .gauge(
                        "meridian_degraded",
                        "1 for each condition of /health/ready that holds on this node: the node"
                                + " serves, and something stands still.",
                        List.of("condition"),
                        (now, point) -> now.conditions().keySet().forEach(c -> point.set(1, c)));
    }

    /** Metrics that only masters have. */
    static void registerMaster(
            PrometheusRegistry registry,
            Supplier<Optional<NodeReadiness>> health,
            Supplier<List<SeenNode>> nodes) {
        nodes(MetricTable.of(registry, nodes));
        database(
                MetricTable.ofOptional(
                        registry, () -> health.get().flatMap(NodeReadiness::master)));
        projections(
                MetricTable.ofOptional(
                        registry, () -> health.get().flatMap(NodeReadiness::backlog)));
        MetricTable<NodeReadiness> sources = MetricTable.ofOptional(registry, health);
        sources.gauge(
                "meridian_ingest_leader",
                "1 while a master leads the ingest of the source and answers this master, else 0.",
                List.of("source"),
                (now, point) ->
                        now.sources()
                                .forEach(
                                        source ->
                                                point.set(
                                                        source.status().isPresent() ? 1 : 0,
                                                        label(source))));
        ofSources(
                sources,
                "meridian_services",
                "Services that the ingest of the source knows.",
                IngestStatus::services);
        ofSources(
                sources,
                "meridian_live_tasks",
                "Live tasks that the ingest of the source knows.",
                IngestStatus::liveTasks);
        ofSources(
                sources,
                "meridian_ingest_oldest_claim_seconds",
                "Age of the oldest observation of the source that is not journalled yet; 0 without"
                        + " any.",
                status -> status.oldestClaim().toMillis() / 1000.0);
    }

    private static void nodes(MetricTable<List<SeenNode>> table) {
        table.gauge(
                        "meridian_nodes",
                        "Nodes of the cluster that this master knows, by state: ok, late, lost or"
                                + " left.",
                        List.of("state"),
                        (all, point) ->
                                count(all)
                                        .forEach((state, n) -> point.set((long) n, state.label())))
                .gauge(
                        "meridian_nodes_oldest_report_seconds",
                        "Age of the oldest last report among the nodes that have not left the"
                                + " cluster.",
                        HealthMetrics::oldest);
    }

    private static Map<SeenNode.State, Integer> count(List<SeenNode> nodes) {
        Map<SeenNode.State, Integer> count = new EnumMap<>(SeenNode.State.class);
        for (SeenNode.State state : SeenNode.State.values()) {
            count.put(state, 0);
        }
        nodes.forEach(node -> count.merge(node.state(), 1, Integer::sum));
        return count;
    }

    private static double oldest(List<SeenNode> nodes) {
        Instant now = SteadyClock.INSTANCE.instant();
        return nodes.stream()
                .filter(node -> node.state() != SeenNode.State.LEFT)
                .mapToDouble(node -> Duration.between(node.seenAt(), now).toMillis() / 1000.0)
                .max()
                .orElse(0);
    }

    private static void database(MetricTable<NodeReadiness.Master> table) {
        table.gauge(
                        "meridian_database_up",
                        "1 while the database answers this master's probe, else 0.",
                        now -> now.database().outage().isEmpty() ? 1 : 0)
                .gauge(
                        "meridian_database_probe_seconds",
                        "Seconds that the last probe of the database took.",
                        now -> now.database().latencySeconds());
    }

    private static void projections(MetricTable<ProjectionBacklog> table) {
        table.gauge(
                        "meridian_projection_lag_seconds",
                        "Age of the oldest journalled event that the tables do not include; 0"
                                + " without any.",
                        now -> now.lag().toMillis() / 1000.0)
                .gauge(
                        "meridian_projection_set_aside_events",
                        "Journalled events that cannot be projected and are set aside.",
                        ProjectionBacklog::setAside);
    }

    private static void ofSources(
            MetricTable<NodeReadiness> table,
            String name,
            String help,
            ToDoubleFunction<IngestStatus> value) {
        table.gauge(
                name,
                help,
                List.of("source"),
                (now, point) ->
                        now.sources()
                                .forEach(
                                        source ->
                                                source.status()
                                                        .ifPresent(
                                                                status ->
                                                                        point.set(
                                                                                value.applyAsDouble(
                                                                                        status),
                                                                                label(source)))));
    }

    private static String label(Sources.State source) {
        return source.name().toLowerCase(Locale.ROOT);
    }
}
