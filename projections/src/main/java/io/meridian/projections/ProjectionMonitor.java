package io.meridian.projections;

import akka.actor.typed.ActorSystem;
import akka.persistence.r2dbc.ConnectionFactoryProvider;

import io.meridian.domain.time.SteadyClock;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Readable;

import reactor.core.publisher.Mono;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Compares journal and tables by the rows of the queue, when it is asked, and keeps the result. Any
 * thread.
 */
public final class ProjectionMonitor {
    /** Age at which a result no longer says anything. */
    private static final Duration OLD = Duration.ofSeconds(10);

    private static final String BACKLOG =
            """
            WITH oldest AS (
              SELECT first.persistence_id, first.seq_nr
              FROM (VALUES ('service'), ('vip-pool'), ('mesos-cluster')) AS type(entity_type)
              CROSS JOIN LATERAL (
                SELECT persistence_id, seq_nr FROM projection_queue q
                WHERE q.entity_type = type.entity_type ORDER BY place LIMIT 1) AS first),
            set_aside AS (
              SELECT persistence_id || ' event ' || seq_nr || ': ' || left(error, 200) AS text
              FROM projection_set_aside ORDER BY since, persistence_id, seq_nr LIMIT 3)
            SELECT
              coalesce((SELECT greatest(0, max(extract(epoch FROM clock_timestamp() - e.db_timestamp)))
                FROM oldest o JOIN event_journal e USING (persistence_id, seq_nr)), 0)::float8,
              (SELECT count(*) FROM projection_set_aside),
              ARRAY(SELECT text FROM set_aside)
            """;

    private final ConnectionFactory connections;
    private volatile Reading last = new Reading(Optional.empty(), Instant.MIN);

    private record Reading(Optional<ProjectionBacklog> backlog, Instant at) {}

    private ProjectionMonitor(ConnectionFactory connections) {
        this.connections = connections;
    }

    public static ProjectionMonitor create(ActorSystem<?> system) {
        return new ProjectionMonitor(
                ConnectionFactoryProvider.get(system)
                        .connectionFactoryFor(TableStores.CONNECTIONS));
    }

    /** Asks the database; fails if it does not answer. */
    public CompletionStage<ProjectionBacklog> ask() {
        return read(connections).doOnNext(this::keep).toFuture();
    }

    /** The last answer; empty if there was none within 10 s. */
    public Optional<ProjectionBacklog> last() {
        Reading reading = last;
        boolean old = reading.at().isBefore(SteadyClock.INSTANCE.instant().minus(OLD));
        return old ? Optional.empty() : reading.backlog();
    }

    private void keep(ProjectionBacklog backlog) {
        last = new Reading(Optional.of(backlog), SteadyClock.INSTANCE.instant());
    }

    static Mono<ProjectionBacklog> read(ConnectionFactory connections) {
        return Mono.usingWhen(
                        connections.create(),
                        connection ->
                                TableWriter.select(
                                        connection.createStatement(BACKLOG),
                                        ProjectionMonitor::backlog),
                        Connection::close)
                .map(List::getFirst);
    }

    private static ProjectionBacklog backlog(Readable row) {
        double seconds = row.get(0, Double.class);
        return new ProjectionBacklog(
                Duration.ofMillis(Math.round(seconds * 1000)),
                row.get(1, Long.class),
                List.of(row.get(2, String[].class)));
    }
}
