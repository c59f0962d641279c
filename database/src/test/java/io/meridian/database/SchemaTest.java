package io.meridian.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

@ExtendWith(EmbeddedPostgresExtension.class)
class SchemaTest {
    private static final String FIRST = "CREATE TABLE one (a integer); INSERT INTO one VALUES (1);";

    private static PostgresSettings empty(PostgresSettings any, String name) {
        PostgresSettings settings = any.withDatabase("schema_" + name);
        Databases.createIfMissing(settings);
        return settings;
    }

    private static List<String> versions(PostgresSettings settings) {
        return Sql.column(settings, "SELECT version FROM meridian_schema ORDER BY version");
    }

    @Test
    void anEmptyDatabaseGetsEveryTable(PostgresSettings settings) {
        assertThat(
                        Sql.column(
                                settings,
                                "SELECT table_name FROM information_schema.tables WHERE"
                                        + " table_schema = 'public' ORDER BY 1"))
                .contains("event_journal", "snapshot", "projection_queue", "zone_rows", "vip_rows");
        assertThat(versions(settings)).isEqualTo(everyVersion());
        assertThat(Sql.column(settings, "SELECT name || revision FROM table_revision ORDER BY 1"))
                .containsExactly("vip0", "zone0");
    }

    @Test
    void aSecondCallKeepsTheData(PostgresSettings settings) {
        List<String> id = Sql.column(settings, "SELECT value FROM meta WHERE key = 'database-id'");
        Schema.ensure(settings);
        assertThat(Sql.column(settings, "SELECT value FROM meta WHERE key = 'database-id'"))
                .isEqualTo(id);
    }

    @Test
    void anOlderDatabaseGetsTheMissingMigrationsOnly(PostgresSettings any) {
        PostgresSettings settings = empty(any, "older");
        new Schema(List.of(FIRST)).migrate(settings, Map.of());
        new Schema(List.of(FIRST, "ALTER TABLE one ADD COLUMN b integer DEFAULT 7"))
                .migrate(settings, Map.of());
        assertThat(Sql.column(settings, "SELECT a || ',' || b FROM one")).containsExactly("1,7");
        assertThat(versions(settings)).containsExactly("1", "2");
    }

    @Test
    void aFixedSettingKeepsItsFirstValue(PostgresSettings settings) {
        Schema.ensure(settings, Map.of("meridian.services.shards", "100"));
        Schema.ensure(settings, Map.of("meridian.services.shards", "100"));
        assertThatThrownBy(() -> Schema.ensure(settings, Map.of("meridian.services.shards", "50")))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.isFinal()).isTrue())
                .hasMessageContaining(
                        "was first used with meridian.services.shards=100, this program has"
                                + " meridian.services.shards=50");
        Schema.ensure(settings, Map.of("meridian.services.shards", "100"));
    }

    @Test
    void aFailingMigrationLeavesTheDatabaseAsItWas(PostgresSettings any) {
        PostgresSettings settings = empty(any, "failing");
        new Schema(List.of(FIRST)).migrate(settings, Map.of());
        Schema broken =
                new Schema(
                        List.of(
                                FIRST,
                                "CREATE TABLE two (a integer)",
                                "CREATE TABLE one (a integer)"));
        assertThatThrownBy(() -> broken.migrate(settings, Map.of()))
                .hasMessageContaining("already exists");
        assertThat(versions(settings)).containsExactly("1");
        assertThat(Sql.column(settings, "SELECT to_regclass('two') IS NULL"))
                .containsExactly("true");
    }

    @Test
    void aNewerDatabaseIsRefused(PostgresSettings any) {
        PostgresSettings settings = empty(any, "newer");
        new Schema(List.of(FIRST, "SELECT 1")).migrate(settings, Map.of());
        assertThatThrownBy(() -> new Schema(List.of(FIRST)).migrate(settings, Map.of()))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("schema version 2, this program knows 1 at most");
        assertThat(versions(settings)).containsExactly("1", "2");
    }

    @Test
    void programsThatStartTogetherApplyEachMigrationOnce(PostgresSettings any) {
        PostgresSettings settings = empty(any, "together");
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            CompletableFuture<?>[] all =
                    IntStream.range(0, 4)
                            .mapToObj(
                                    _ ->
                                            CompletableFuture.runAsync(
                                                    () -> Schema.ensure(settings), threads))
                            .toArray(CompletableFuture[]::new);
            CompletableFuture.allOf(all).join();
        }
        assertThat(versions(settings)).isEqualTo(everyVersion());
    }

    /** PostgreSQL 15 and later lets only the owner of a database create tables in it. */
    @Test
    void aUserWhoMayNotCreateTablesIsRefusedWithTheRemedy(PostgresSettings any) {
        PostgresSettings settings = empty(any, "foreign");
        Sql.column(settings, "CREATE ROLE stranger LOGIN PASSWORD 'stranger'");
        PostgresSettings stranger =
                new PostgresSettings(
                        any.host(), any.port(), settings.database(), "stranger", "stranger");
        assertThatThrownBy(() -> Schema.ensure(stranger))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.isFinal()).isTrue())
                .hasMessageContaining(
                        "user stranger may not create tables in database"
                                + " postgresql://stranger@127.0.0.1")
                .hasMessageContaining("GRANT ALL ON SCHEMA public TO \"stranger\"");
        Sql.column(settings, "GRANT ALL ON SCHEMA public TO stranger");
        Schema.ensure(stranger);
    }

    @Test
    void anUnreachableServerIsNamedInTheError() throws Exception {
        PostgresSettings nowhere =
                new PostgresSettings(
                        "127.0.0.1", ServerInstance.freePort(), "meridian", "meridian", "secret");
        assertThatThrownBy(() -> Schema.ensure(nowhere))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining(
                        "cannot connect to postgresql://meridian@127.0.0.1:" + nowhere.port())
                .hasMessageNotContaining("secret");
    }

    private static List<String> everyVersion() {
        return IntStream.rangeClosed(1, Schema.version()).mapToObj(Integer::toString).toList();
    }
}
