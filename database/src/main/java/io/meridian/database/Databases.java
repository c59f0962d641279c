package io.meridian.database;

import io.r2dbc.postgresql.api.PostgresqlConnection;

import org.reactivestreams.Publisher;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.function.Function;

/** Blocking calls for start-up time. */
final class Databases {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private Databases() {}

    /** Makes the database that the settings name. */
    static void createIfMissing(PostgresSettings settings) {
        with(
                settings.withDatabase("postgres"),
                connection -> {
                    String found = "SELECT 1 FROM pg_database WHERE datname = $1";
                    return Flux.from(
                                    connection
                                            .createStatement(found)
                                            .bind("$1", settings.database())
                                            .execute())
                            .flatMap(result -> result.map((row, _) -> row.get(0, Integer.class)))
                            .hasElements()
                            .flatMap(
                                    exists ->
                                            exists
                                                    ? Mono.<Void>empty()
                                                    : run(
                                                            connection,
                                                            "CREATE DATABASE \""
                                                                    + settings.database()
                                                                    + "\""));
                });
    }

    /** Runs statements without parameters, in order. */
    static Mono<Void> run(PostgresqlConnection connection, String sql) {
        return connection
                .createStatement(sql)
                .execute()
                .concatMap(result -> result.getRowsUpdated())
                .then();
    }

    /**
     * Runs work on one connection of its own, and waits for it.
     *
     * @throws DatabaseException if the server can't be reached; other failures as they are
     */
    static void with(
            PostgresSettings settings, Function<PostgresqlConnection, Publisher<Void>> work) {
        PostgresqlConnection connection = connect(settings);
        try {
            Mono.from(work.apply(connection)).block(DEADLINE);
        } finally {
            connection.close().onErrorComplete().block(DEADLINE);
        }
    }

    private static PostgresqlConnection connect(PostgresSettings settings) {
        try {
            return settings.connections("meridian-schema").create().block(DEADLINE);
        } catch (RuntimeException e) {
            throw new DatabaseException("cannot connect to " + settings + ": " + e.getMessage(), e);
        }
    }
}
