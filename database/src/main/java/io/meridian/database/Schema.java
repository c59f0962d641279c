package io.meridian.database;

import io.r2dbc.postgresql.api.PostgresqlConnection;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The tables, and the steps that lead to them: files {@code ddl/NNN-name.sql}, one per version,
 * never changed once released.
 */
public final class Schema {
    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
    private static final List<String> STEPS =
            List.of(
                    "001-journal-and-tables.sql",
                    "002-vip-options.sql",
                    "003-mesos-cluster.sql",
                    "004-rows-by-owner.sql",
                    "005-hundred-shards.sql");

    /** Any number that no other program uses as an advisory lock in the same database. */
    private static final long LOCK = 0x6d_65_72_69_64_69_61_6eL; // "meridian"

    private final List<String> steps;

    /**
     * @param steps what each version adds, as SQL without parameters; the first is version 1
     */
    Schema(List<String> steps) {
        this.steps = List.copyOf(steps);
    }

    /** The newest version that this program knows. */
    public static int version() {
        return STEPS.size();
    }

    /**
     * Brings the database to {@link #version()}: all steps or none. Safe to call from several
     * programs at once.
     *
     * @throws DatabaseException if the database can't be reached, or is newer than this program
     */
    public static void ensure(PostgresSettings settings) {
        new Schema(steps()).bring(settings);
    }

    /** What each version adds. */
    static List<String> steps() {
        return STEPS.stream().map(Schema::read).toList();
    }

    void bring(PostgresSettings settings) {
        Databases.with(
                settings,
                connection ->
                        connection
                                .beginTransaction()
                                .then(
                                        Databases.run(
                                                connection,
                                                "SELECT pg_advisory_xact_lock(" + LOCK + ")"))
                                .then(
                                        Databases.run(
                                                connection,
                                                "CREATE TABLE IF NOT EXISTS meridian_schema"
                                                        + " (version integer PRIMARY KEY, applied"
                                                        + " timestamptz NOT NULL DEFAULT now())"))
                                .then(found(connection))
                                .flatMap(found -> migrate(connection, settings, found))
                                .then(connection.commitTransaction())
                                .onErrorResume(
                                        e ->
                                                connection
                                                        .rollbackTransaction()
                                                        .onErrorComplete()
                                                        .then(Mono.error(e))));
    }

    private Mono<Integer> found(PostgresqlConnection connection) {
        return Mono.defer(
                () ->
                        connection
                                .createStatement(
                                        "SELECT coalesce(max(version), 0) FROM meridian_schema")
                                .execute()
                                .concatMap(
                                        result -> result.map((row, _) -> row.get(0, Integer.class)))
                                .single());
    }

    private Mono<Void> migrate(
            PostgresqlConnection connection, PostgresSettings settings, int found) {
        if (found > steps.size()) {
            return Mono.error(
                    new DatabaseException(
                            "database "
                                    + settings
                                    + " has schema version "
                                    + found
                                    + ", this program knows "
                                    + steps.size()
                                    + " at most; refusing to start so that nothing is lost; run the"
                                    + " newer program",
                            true));
        }
        List<Mono<Void>> todo = new ArrayList<>();
        IntStream.rangeClosed(found + 1, steps.size())
                .forEach(
                        version -> {
                            todo.add(
                                    Mono.defer(
                                            () -> {
                                                LOG.info(
                                                        "database {}: schema version {} is applied",
                                                        settings,
                                                        version);
                                                return Databases.run(
                                                        connection, steps.get(version - 1));
                                            }));
                            todo.add(
                                    Mono.defer(
                                            () ->
                                                    Databases.run(
                                                            connection,
                                                            "INSERT INTO meridian_schema (version)"
                                                                    + " VALUES ("
                                                                    + version
                                                                    + ")")));
                        });
        return Flux.concat(todo).then();
    }

    private static String read(String step) {
        try (InputStream in = Schema.class.getResourceAsStream("ddl/" + step)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
