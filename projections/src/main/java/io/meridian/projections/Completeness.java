package io.meridian.projections;

import akka.actor.typed.ActorSystem;
import akka.persistence.r2dbc.ConnectionFactoryProvider;

import io.r2dbc.spi.ConnectionFactory;

import reactor.core.publisher.Flux;

import java.util.concurrent.CompletionStage;

/**
 * Whether the tables have ever been complete: that is, included all of a first complete listing.
 * Before that nothing is served from them, as a half-loaded zone answers "no such name" for what
 * exists. Once complete they stay so.
 */
public final class Completeness {
    /** In {@code meta}, once they are. */
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

    public CompletionStage<Boolean> isComplete() {
        return Flux.usingWhen(
                        connections.create(),
                        connection ->
                                Flux.from(
                                                connection
                                                        .createStatement(
                                                                "SELECT count(*) FROM meta WHERE"
                                                                        + " key = $1")
                                                        .bind("$1", KEY)
                                                        .execute())
                                        .flatMap(
                                                result ->
                                                        result.map(
                                                                row -> row.get(0, Long.class) > 0)),
                        connection -> connection.close())
                .single()
                .toFuture();
    }

    /** Sets it, for all masters and for ever. */
    public CompletionStage<Void> declare() {
        return Flux.usingWhen(
                        connections.create(),
                        connection ->
                                Flux.from(
                                                connection
                                                        .createStatement(
                                                                "INSERT INTO meta VALUES ($1,"
                                                                    + " now()::text) ON CONFLICT"
                                                                    + " (key) DO NOTHING")
                                                        .bind("$1", KEY)
                                                        .execute())
                                        .flatMap(result -> result.getRowsUpdated()),
                        connection -> connection.close())
                .then()
                .toFuture();
    }
}
