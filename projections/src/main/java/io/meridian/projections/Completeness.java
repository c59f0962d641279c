package io.meridian.projections;

import akka.actor.typed.ActorSystem;
import akka.persistence.r2dbc.ConnectionFactoryProvider;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;

import reactor.core.publisher.Mono;

import java.util.concurrent.CompletionStage;

/**
 * Stores whether the tables have once included a complete listing of every source. Nodes serve no
 * table before that, because a half-loaded zone answers NXDOMAIN for names that exist. The tables
 * never become incomplete again.
 */
public final class Completeness {
    /** Key in {@code meta}; present once the tables are complete. */
    static final String KEY = "complete";

    private final ConnectionFactory connections;

    Completeness(ConnectionFactory connections) {
        this.connections = connections;
    }

    public static Completeness create(ActorSystem<?> system) {
        return new Completeness(
                ConnectionFactoryProvider.get(system)
                        .connectionFactoryFor(TableStores.CONNECTIONS));
    }

    /** Whether {@link #declare} has ever succeeded on this database; fails if it is unreachable. */
    public CompletionStage<Boolean> isComplete() {
        String sql = "SELECT count(*) FROM meta WHERE key = $1";
        return Mono.usingWhen(
                        connections.create(),
                        connection ->
                                TableWriter.select(
                                        connection.createStatement(sql).bind("$1", KEY),
                                        row -> row.get(0, Long.class)),
                        Connection::close)
                .map(count -> count.getFirst() > 0)
                .toFuture();
    }

    /** Marks the tables as complete for all masters; idempotent and permanent. */
    public CompletionStage<Void> declare() {
        String sql =
                """
                INSERT INTO meta VALUES ($1, now()::text) ON CONFLICT (key) DO NOTHING
                """;
        return Mono.usingWhen(
                        connections.create(),
                        connection ->
                                TableWriter.execute(
                                        connection.createStatement(sql).bind("$1", KEY)),
                        Connection::close)
                .toFuture();
    }
}
