package io.meridian.system;

import io.meridian.database.EmbeddedPostgres;
import io.meridian.database.PostgresSettings;

import reactor.core.publisher.Flux;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A PostgreSQL server for a test class; each scenario has a database of its own. */
final class Database implements AutoCloseable {
    private final EmbeddedPostgres postgres;

    Database(Path directory) {
        postgres = EmbeddedPostgres.start(directory);
    }

    EmbeddedPostgres server() {
        return postgres;
    }

    /** Makes an empty database. */
    PostgresSettings create(String name) {
        rows(postgres.settings(), "CREATE DATABASE \"" + name + "\"");
        return postgres.settings().withDatabase(name);
    }

    /** Settings that make a node use this database. */
    static Map<String, String> configuration(PostgresSettings settings) {
        return Map.of(
                "meridian.journal.kind", "postgres",
                "meridian.journal.postgres.host", settings.host(),
                "meridian.journal.postgres.port", Integer.toString(settings.port()),
                "meridian.journal.postgres.database", settings.database(),
                "meridian.journal.postgres.user", settings.user(),
                "meridian.journal.postgres.password", settings.password());
    }

    /** All rows of a query, each as one text with columns separated by a bar. */
    static List<String> rows(PostgresSettings settings, String sql) {
        return Flux.usingWhen(
                        settings.connections("system-test").create(),
                        connection ->
                                Flux.from(connection.createStatement(sql).execute())
                                        .concatMap(
                                                result ->
                                                        result.map(
                                                                (row, meta) -> {
                                                                    StringBuilder text =
                                                                            new StringBuilder();
                                                                    for (int i = 0;
                                                                            i
                                                                                    < meta.getColumnMetadatas()
                                                                                            .size();
                                                                            i++) {
                                                                        text.append(
                                                                                        i == 0
                                                                                                ? ""
                                                                                                : "|")
                                                                                .append(row.get(i));
                                                                    }
                                                                    return text.toString();
                                                                })),
                        connection -> connection.close())
                .collectList()
                .block(Duration.ofSeconds(60));
    }

    @Override
    public void close() {
        postgres.close();
    }
}
