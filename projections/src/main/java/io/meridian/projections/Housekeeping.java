package io.meridian.projections;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.SingletonActor;
import akka.persistence.r2dbc.ConnectionFactoryProvider;

import io.r2dbc.spi.ConnectionFactory;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Deletes events, snapshots and services that are no longer needed (ADR 0016), so that the database
 * does not grow with every task that ever ran. A cluster singleton; two rounds at once are safe.
 *
 * <p>Deletes an event once a snapshot of its entity and the tables both include it, but never an
 * entity's last event: it holds the sequence number. Deletes a service once it was removed long ago
 * and the projection has forgotten its sequence number. A new service of the same name starts at 1,
 * and the projection would otherwise skip its events as repeated.
 */
public final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final String ROLE = "master";
    private static final int BATCH = 5000;

    /** How long the projection remembers offsets: longer than Akka's time window of 5 minutes. */
    private static final Duration OFFSETS = Duration.ofHours(1);

    private static final String EVENTS =
            """
            WITH gone AS (
              SELECT e.persistence_id, e.seq_nr
              FROM snapshot s
              JOIN service t ON s.persistence_id = 'service|' || t.service
              JOIN event_journal e ON e.persistence_id = s.persistence_id
                AND e.seq_nr < least(s.seq_nr, t.seq_nr)
              WHERE s.entity_type = 'service'
                AND e.db_timestamp < now() - make_interval(secs => $1)
              LIMIT $2)
            DELETE FROM event_journal e USING gone g
            WHERE e.persistence_id = g.persistence_id AND e.seq_nr = g.seq_nr
            """;

    private static final String SERVICES =
            """
            WITH gone AS (
              SELECT t.service, 'service|' || t.service AS persistence_id
              FROM service t
              WHERE t.removed
                AND NOT EXISTS (SELECT FROM service_instance i WHERE i.service = t.service)
                AND NOT EXISTS (SELECT FROM event_journal e
                  WHERE e.persistence_id = 'service|' || t.service
                    AND (e.seq_nr > t.seq_nr
                      OR e.db_timestamp >= now() - make_interval(secs => $1)
                      OR e.db_timestamp >= (SELECT max(timestamp_offset)
                          FROM akka_projection_timestamp_offset_store
                          WHERE projection_name = 'tables') - make_interval(secs => $2)))
                AND NOT EXISTS (SELECT FROM akka_projection_timestamp_offset_store o
                  WHERE o.persistence_id = 'service|' || t.service)
              LIMIT $3
              FOR UPDATE),
            events AS (DELETE FROM event_journal e USING gone g
              WHERE e.persistence_id = g.persistence_id),
            snapshots AS (DELETE FROM snapshot s USING gone g
              WHERE s.persistence_id = g.persistence_id)
            DELETE FROM service t USING gone g WHERE t.service = g.service
            """;

    private final ConnectionFactory connections;
    private final HousekeepingSettings settings;

    Housekeeping(ConnectionFactory connections, HousekeepingSettings settings) {
        this.connections = connections;
        this.settings = settings;
    }

    /**
     * Result of a round.
     *
     * @param events number of events deleted from services that stay
     * @param services number of services deleted, with their events and snapshots
     */
    record Removed(long events, long services) {}

    private sealed interface Message {
        /** Starts the next round. */
        enum Due implements Message {
            NOW
        }

        record Done(Removed removed) implements Message {}

        record Failed(String why) implements Message {}
    }

    /** Starts the cluster singleton on a master. */
    public static void init(ActorSystem<?> system, HousekeepingSettings settings) {
        Housekeeping housekeeping =
                new Housekeeping(
                        ConnectionFactoryProvider.get(system)
                                .connectionFactoryFor(TableStores.CONNECTIONS),
                        settings);
        ClusterSingleton.get(system)
                .init(
                        SingletonActor.of(housekeeping.behavior(), "housekeeping")
                                .withSettings(
                                        ClusterSingletonSettings.create(system).withRole(ROLE)));
    }

    private Behavior<Message> behavior() {
        return Behaviors.withTimers(
                timers -> {
                    timers.startSingleTimer(Message.Due.NOW, settings.interval());
                    return Behaviors.receive(
                            (context, message) -> {
                                switch (message) {
                                    case Message.Due _ ->
                                            context.pipeToSelf(
                                                    round(),
                                                    (removed, failure) ->
                                                            failure == null
                                                                    ? new Message.Done(removed)
                                                                    : new Message.Failed(
                                                                            failure.toString()));
                                    case Message.Done done -> {
                                        LOG.debug("housekeeping: {}", done.removed());
                                        timers.startSingleTimer(
                                                Message.Due.NOW, settings.interval());
                                    }
                                    case Message.Failed failed -> {
                                        LOG.warn(
                                                "cannot delete old events and services: {}; retry"
                                                        + " in {} s",
                                                failed.why(),
                                                settings.interval().toSeconds());
                                        timers.startSingleTimer(
                                                Message.Due.NOW, settings.interval());
                                    }
                                }
                                return Behaviors.same();
                            });
                });
    }

    /** Deletes all events and services that may go, in transactions of at most 5,000 rows each. */
    CompletionStage<Removed> round() {
        Mono<Long> events = all(EVENTS, new Object[] {seconds(settings.keepEvents()), BATCH});
        Duration horizon =
                settings.forgetServices().compareTo(OFFSETS) < 0
                        ? settings.forgetServices()
                        : OFFSETS;
        Mono<Long> services =
                all(
                        SERVICES,
                        new Object[] {seconds(settings.forgetServices()), seconds(horizon), BATCH});
        return events.flatMap(gone -> services.map(left -> new Removed(gone, left))).toFuture();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    private Mono<Long> all(String sql, Object[] values) {
        return batch(sql, values)
                .expand(gone -> gone < BATCH ? Mono.empty() : batch(sql, values))
                .reduce(0L, Long::sum);
    }

    private Mono<Long> batch(String sql, Object[] values) {
        return Mono.usingWhen(
                connections.create(),
                connection -> {
                    var statement = connection.createStatement(sql);
                    for (int i = 0; i < values.length; i++) {
                        statement.bind("$" + (i + 1), values[i]);
                    }
                    return Flux.from(statement.execute())
                            .concatMap(result -> result.getRowsUpdated())
                            .reduce(0L, Long::sum);
                },
                connection -> connection.close());
    }
}
