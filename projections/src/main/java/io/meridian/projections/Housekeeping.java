package io.meridian.projections;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.SingletonActor;
import akka.persistence.r2dbc.ConnectionFactoryProvider;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/**
 * Deletes events, snapshots and services that are no longer needed (ADR 0016), so that the database
 * does not grow with every task that ever ran. A cluster singleton; two rounds at once are safe.
 *
 * <p>Deletes an event once a snapshot of its entity and the tables both include it, but neither an
 * entity's last event, which holds the sequence number, nor events from one that was set aside on.
 * Deletes a service once it was removed long ago and none of its events waits for its projection. A
 * new service of the same name starts at sequence number 1.
 */
public final class Housekeeping {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final String ROLE = "master";
    private static final int BATCH = 5000;

    private static final String EVENTS =
            """
            WITH gone AS (
              SELECT e.persistence_id, e.seq_nr
              FROM snapshot s
              JOIN service t ON s.persistence_id = 'service|' || t.service
              JOIN event_journal e ON e.persistence_id = s.persistence_id
                AND e.seq_nr < least(s.seq_nr, t.seq_nr,
                  (SELECT min(a.seq_nr) FROM projection_set_aside a WHERE a.persistence_id = s.persistence_id))
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
                    AND (e.seq_nr > t.seq_nr OR e.db_timestamp >= now() - make_interval(secs => $1)))
              LIMIT $2
              FOR UPDATE),
            events AS (DELETE FROM event_journal e USING gone g
              WHERE e.persistence_id = g.persistence_id),
            snapshots AS (DELETE FROM snapshot s USING gone g
              WHERE s.persistence_id = g.persistence_id),
            set_aside AS (DELETE FROM projection_set_aside a USING gone g
              WHERE a.persistence_id = g.persistence_id)
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
                    scheduleNext(timers);
                    return Behaviors.receive(
                            (context, message) -> {
                                on(message, context, timers);
                                return Behaviors.same();
                            });
                });
    }

    private void on(
            Message message, ActorContext<Message> context, TimerScheduler<Message> timers) {
        switch (message) {
            case Message.Due _ -> context.pipeToSelf(round(), Housekeeping::ended);
            case Message.Done done -> {
                LOG.debug("housekeeping: {}", done.removed());
                scheduleNext(timers);
            }
            case Message.Failed failed -> {
                LOG.warn(
                        "cannot delete old events and services: {}; retry in {} s",
                        failed.why(),
                        settings.interval().toSeconds());
                scheduleNext(timers);
            }
        }
    }

    private static Message ended(@Nullable Removed removed, @Nullable Throwable failure) {
        return removed != null ? new Message.Done(removed) : new Message.Failed("" + failure);
    }

    private void scheduleNext(TimerScheduler<Message> timers) {
        timers.startSingleTimer(Message.Due.NOW, settings.interval());
    }

    /** Deletes all events and services that may go, in transactions of at most 5,000 rows each. */
    CompletionStage<Removed> round() {
        return all(EVENTS, settings.keepEvents())
                .flatMap(
                        events ->
                                all(SERVICES, settings.forgetServices())
                                        .map(services -> new Removed(events, services)))
                .toFuture();
    }

    /** Runs a statement until it deletes fewer rows than a batch; returns their number. */
    private Mono<Long> all(String sql, Duration age) {
        return batch(sql, age)
                .expand(deleted -> deleted < BATCH ? Mono.empty() : batch(sql, age))
                .reduce(0L, Long::sum);
    }

    private Mono<Long> batch(String sql, Duration age) {
        return Mono.usingWhen(
                connections.create(),
                connection ->
                        TableWriter.update(
                                connection
                                        .createStatement(sql)
                                        .bind("$1", age.toMillis() / 1000.0)
                                        .bind("$2", BATCH)),
                Connection::close);
    }
}
