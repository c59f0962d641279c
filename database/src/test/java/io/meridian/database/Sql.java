package io.meridian.database;

import reactor.core.publisher.Flux;

import java.time.Duration;
import java.util.List;

/** Runs SQL in tests, on one connection per call; results are text. */
final class Sql {
    private Sql() {}

    static void run(PostgresSettings settings, String sql) {
        Databases.with(settings, connection -> Databases.run(connection, sql));
    }

    /** The first column of every row. */
    static List<String> column(PostgresSettings settings, String sql) {
        return Flux.usingWhen(
                        settings.connections("test").create(),
                        connection ->
                                Flux.from(connection.createStatement(sql).execute())
                                        .concatMap(
                                                result ->
                                                        result.map(
                                                                (row, _) ->
                                                                        String.valueOf(
                                                                                row.get(0)))),
                        connection -> connection.close())
                .collectList()
                .block(Duration.ofSeconds(60));
    }
}
