package io.meridian.database;

import static java.util.Objects.requireNonNull;

import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.postgresql.api.PostgresqlStatement;

import java.time.Duration;
import java.util.function.Consumer;

/** Blocking SQL for start-up, on one connection per call. */
final class Databases {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private Databases() {}

    /** Creates the database of the settings unless it exists. */
    static void createIfMissing(PostgresSettings settings) {
        with(
                settings.withDatabase("postgres"),
                connection -> {
                    String count = "SELECT count(*)::text FROM pg_database WHERE datname = $1";
                    if (value(connection, count, settings.database()).equals("0")) {
                        run(connection, "CREATE DATABASE \"" + settings.database() + "\"");
                    }
                });
    }

    /** Runs statements without parameters, in order. */
    static void run(PostgresqlConnection connection, String sql) {
        connection
                .createStatement(sql)
                .execute()
                .concatMap(result -> result.getRowsUpdated())
                .blockLast(DEADLINE);
    }

    /** The text of the one row and column that a statement returns. */
    static String value(PostgresqlConnection connection, String sql, String... parameters) {
        PostgresqlStatement statement = connection.createStatement(sql);
        for (int i = 0; i < parameters.length; i++) {
            statement.bind("$" + (i + 1), parameters[i]);
        }
        String value =
                statement
                        .execute()
                        .concatMap(result -> result.map((row, _) -> row.get(0, String.class)))
                        .single()
                        .block(DEADLINE);
        return requireNonNull(value);
    }

    /**
     * Runs work on a new connection and then closes it. PostgreSQL rolls back a transaction that
     * the work has not committed.
     *
     * @throws DatabaseException if the server can't be reached; other failures as they are
     */
    static void with(PostgresSettings settings, Consumer<PostgresqlConnection> work) {
        PostgresqlConnection connection = connect(settings);
        try {
            work.accept(connection);
        } finally {
            connection.close().onErrorComplete().block(DEADLINE);
        }
    }

    private static PostgresqlConnection connect(PostgresSettings settings) {
        try {
            return requireNonNull(settings.connections("meridian-schema").create().block(DEADLINE));
        } catch (RuntimeException e) {
            throw new DatabaseException("cannot connect to " + settings + ": " + e.getMessage(), e);
        }
    }
}
