package io.meridian.database;

import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.spi.R2dbcException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Migrations of the database: files {@code ddl/NNN-name.sql}, one per schema version. A file never
 * changes after the release that contains it. All calls block.
 */
public final class Schema {
    private static final Logger LOG = LoggerFactory.getLogger(Schema.class);
    private static final List<String> MIGRATIONS = List.of("001-schema.sql");

    /** SQL state of a statement that the user may not run. */
    private static final String NO_PRIVILEGE = "42501";

    /** Key of the advisory lock that programs hold while they migrate: "meridian". */
    private static final long LOCK = 0x6d_65_72_69_64_69_61_6eL;

    private static final String VERSIONS =
            """
            CREATE TABLE IF NOT EXISTS meridian_schema (
              version integer PRIMARY KEY,
              applied timestamptz NOT NULL DEFAULT now())
            """;

    private static final String KEEP_SETTING =
            """
            INSERT INTO meta (key, value) VALUES ($1, $2)
            ON CONFLICT (key) DO UPDATE SET value = meta.value
            RETURNING value
            """;

    private final List<String> migrations;

    /**
     * @param migrations SQL of each migration, without parameters; the first makes version 1
     */
    Schema(List<String> migrations) {
        this.migrations = List.copyOf(migrations);
    }

    /** The newest version that this program knows. */
    public static int version() {
        return MIGRATIONS.size();
    }

    /**
     * Brings the database to {@link #version()}, all migrations or none, and compares settings with
     * those that the database was first used with. Several programs may call this at once.
     *
     * @param fixed settings that must never change for one database, by key
     * @throws DatabaseException if the database can't be reached, is newer than this program, or
     *     was first used with another value of a fixed setting
     */
    public static void ensure(PostgresSettings settings, Map<String, String> fixed) {
        new Schema(MIGRATIONS.stream().map(Schema::read).toList()).migrate(settings, fixed);
    }

    /** Like {@link #ensure(PostgresSettings, Map)} without fixed settings. */
    public static void ensure(PostgresSettings settings) {
        ensure(settings, Map.of());
    }

    void migrate(PostgresSettings settings, Map<String, String> fixed) {
        try {
            Databases.with(settings, connection -> migrate(connection, settings, fixed));
        } catch (R2dbcException refused) {
            throw refused(settings, refused);
        }
    }

    private void migrate(
            PostgresqlConnection connection, PostgresSettings settings, Map<String, String> fixed) {
        Databases.run(connection, "BEGIN");
        Databases.run(connection, "SELECT pg_advisory_xact_lock(" + LOCK + ")");
        Databases.run(connection, VERSIONS);
        migrate(connection, settings);
        new TreeMap<>(fixed).forEach((key, value) -> keep(connection, settings, key, value));
        Databases.run(connection, "COMMIT");
    }

    /** PostgreSQL 15 and later lets only the owner of a database create tables in it. */
    private static DatabaseException refused(PostgresSettings settings, R2dbcException refused) {
        if (NO_PRIVILEGE.equals(refused.getSqlState())) {
            return new DatabaseException(
                    ("user %2$s may not create tables in database %1$s: %3$s; make the user the"
                                    + " owner (ALTER DATABASE \"%4$s\" OWNER TO \"%2$s\"), or grant"
                                    + " it the schema (GRANT ALL ON SCHEMA public TO \"%2$s\")")
                            .formatted(
                                    settings,
                                    settings.user(),
                                    refused.getMessage(),
                                    settings.database()),
                    true);
        }
        return new DatabaseException(
                "cannot create tables in database " + settings + ": " + refused.getMessage(),
                refused);
    }

    private void migrate(PostgresqlConnection connection, PostgresSettings settings) {
        String newest = "SELECT coalesce(max(version), 0)::text FROM meridian_schema";
        int found = Integer.parseInt(Databases.value(connection, newest));
        if (found > migrations.size()) {
            throw new DatabaseException(
                    ("database %s has schema version %d, this program knows %d at most; refusing"
                                    + " to start so that nothing is lost; run the newer program")
                            .formatted(settings, found, migrations.size()),
                    true);
        }
        for (int version = found + 1; version <= migrations.size(); version++) {
            LOG.info("migrating database: database={} version={}", settings, version);
            Databases.run(connection, migrations.get(version - 1));
            Databases.run(
                    connection, "INSERT INTO meridian_schema (version) VALUES (" + version + ")");
        }
    }

    private static void keep(
            PostgresqlConnection connection, PostgresSettings settings, String key, String value) {
        String first = Databases.value(connection, KEEP_SETTING, key, value);
        if (!first.equals(value)) {
            throw new DatabaseException(
                    ("database %s was first used with %s=%s, this program has %s=%s; set the first"
                                    + " value, or use an empty database")
                            .formatted(settings, key, first, key, value),
                    true);
        }
    }

    private static String read(String migration) {
        try (InputStream in = Schema.class.getResourceAsStream("ddl/" + migration)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
