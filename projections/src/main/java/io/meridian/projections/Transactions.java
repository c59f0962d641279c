package io.meridian.projections;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;

import reactor.core.publisher.Mono;

import java.util.Optional;
import java.util.function.Function;

/** Runs work in transactions, each on a connection of its own. */
record Transactions(ConnectionFactory connections) {
    /** Commits when the work completes; rolls back when it fails or is cancelled. */
    <T> Mono<T> run(Function<Connection, Mono<T>> work) {
        return Mono.usingWhen(
                connections.create(),
                connection -> committed(connection, work),
                Connection::close,
                (connection, _) -> rolledBack(connection),
                Transactions::rolledBack);
    }

    private static <T> Mono<T> committed(
            Connection connection, Function<Connection, Mono<T>> work) {
        return Mono.from(connection.beginTransaction())
                .then(Mono.defer(() -> work.apply(connection)))
                .map(Optional::of)
                .defaultIfEmpty(Optional.empty())
                .flatMap(
                        result ->
                                Mono.from(connection.commitTransaction())
                                        .then(Mono.justOrEmpty(result)));
    }

    private static Mono<Void> rolledBack(Connection connection) {
        return Mono.from(connection.rollbackTransaction())
                .onErrorComplete()
                .then(Mono.from(connection.close()));
    }
}
