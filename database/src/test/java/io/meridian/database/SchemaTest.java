package io.meridian.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.List;
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
                .contains(
                        "event_journal",
                        "snapshot",
                        "akka_projection_timestamp_offset_store",
                        "zone_rows",
                        "vip_rows");
        assertThat(versions(settings)).isEqualTo(everyStep());
        assertThat(Sql.column(settings, "SELECT name || revision FROM table_revision ORDER BY 1"))
                .containsExactly("vip0", "zone0");
    }

    @Test
    void ensuringTwiceKeepsWhatIsThere(PostgresSettings settings) {
        List<String> id = Sql.column(settings, "SELECT value FROM meta WHERE key = 'database-id'");
        Schema.ensure(settings);
        assertThat(Sql.column(settings, "SELECT value FROM meta WHERE key = 'database-id'"))
                .isEqualTo(id);
    }

    @Test
    void anOlderDatabaseGetsTheMissingStepsOnly(PostgresSettings any) {
        PostgresSettings settings = empty(any, "older");
        new Schema(List.of(FIRST)).bring(settings);
        new Schema(List.of(FIRST, "ALTER TABLE one ADD COLUMN b integer DEFAULT 7"))
                .bring(settings);
        assertThat(Sql.column(settings, "SELECT a || ',' || b FROM one")).containsExactly("1,7");
        assertThat(versions(settings)).containsExactly("1", "2");
    }

    /** Rows of programs before are those of this one, whatever text is in them. */
    @Test
    void rowsOfSchemaThreeAreKept(PostgresSettings any) {
        PostgresSettings settings = empty(any, "rows");
        new Schema(Schema.steps().subList(0, 3)).bring(settings);
        List.of(
                        """
                        INSERT INTO zone_row VALUES
                          ('load:web t.1', 'mesos', 'web.load.mesos', 'TXT', E'a\\tb\\nc\\\\d'),
                          ('load:web t.2', 'mesos', 'web.load.mesos', 'A', '10.1.0.2'),
                          ('load:web t.2', 'mesos', 't2.load.mesos', 'A', '10.1.0.2')\
                        """,
                        """
                        INSERT INTO vip_row VALUES
                          ('', 'address', 'web.load', '', 0, '11.0.0.1', 0, '', '', 0, '', 0, '', ''),
                          ('load:web t.1', 'backend', 'web.load', 'tcp', 80, '10.1.0.1', 31000, 'a1',
                            '', 0, 'serving', 1, 'drain=60', '10.1.0.1')\
                        """,
                        """
                        INSERT INTO zone_change VALUES
                          (3, 0, true, 'load:web t.1', 'mesos', 'web.load.mesos', 'A', '10.1.0.1')\
                        """,
                        "UPDATE table_revision SET revision = 3 WHERE name = 'zone'")
                .forEach(sql -> Sql.column(settings, sql + " RETURNING 'x'"));

        Schema.ensure(settings);

        assertThat(
                        Sql.column(
                                settings,
                                "SELECT owner || '|' || rows FROM zone_rows ORDER BY owner"))
                .containsExactly(
                        "load:web t.1|mesos\tweb.load.mesos\tTXT\ta\\tb\\nc\\\\d\n",
                        "load:web t.2|mesos\tweb.load.mesos\tA\t10.1.0.2\n"
                                + "mesos\tt2.load.mesos\tA\t10.1.0.2\n");
        assertThat(Sql.column(settings, "SELECT owner || '|' || rows FROM vip_rows ORDER BY owner"))
                .containsExactly(
                        "|address\tweb.load\t\t0\t11.0.0.1\t0\t\t\t0\t\t0\t\t\n",
                        "load:web t.1|backend\tweb.load\ttcp\t80\t10.1.0.1\t31000\ta1\t\t0\tserving"
                                + "\t1\tdrain=60\t10.1.0.1\n");
        assertThat(Sql.column(settings, "SELECT name || revision FROM table_revision ORDER BY 1"))
                .containsExactly("vip0", "zone3");
        assertThat(Sql.column(settings, "SELECT count(*)::text FROM zone_changes"))
                .containsExactly("0");
    }

    @Test
    void aFailingStepLeavesTheDatabaseAsItWas(PostgresSettings any) {
        PostgresSettings settings = empty(any, "failing");
        new Schema(List.of(FIRST)).bring(settings);
        Schema broken =
                new Schema(
                        List.of(
                                FIRST,
                                "CREATE TABLE two (a integer)",
                                "CREATE TABLE one (a integer)"));
        assertThatThrownBy(() -> broken.bring(settings)).hasMessageContaining("already exists");
        assertThat(versions(settings)).containsExactly("1");
        assertThat(Sql.column(settings, "SELECT to_regclass('two') IS NULL"))
                .containsExactly("true");
    }

    @Test
    void aNewerDatabaseIsRefused(PostgresSettings any) {
        PostgresSettings settings = empty(any, "newer");
        new Schema(List.of(FIRST, "SELECT 1")).bring(settings);
        assertThatThrownBy(() -> new Schema(List.of(FIRST)).bring(settings))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("schema version 2, this program knows 1 at most");
        assertThat(versions(settings)).containsExactly("1", "2");
    }

    @Test
    void programsThatStartTogetherApplyEachStepOnce(PostgresSettings any) {
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
        assertThat(versions(settings)).isEqualTo(everyStep());
    }

    @Test
    void aServerThatIsAwayIsNamed() throws Exception {
        PostgresSettings nowhere =
                new PostgresSettings(
                        "127.0.0.1", ServerInstance.freePort(), "meridian", "meridian", "secret");
        assertThatThrownBy(() -> Schema.ensure(nowhere))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining(
                        "cannot connect to postgresql://meridian@127.0.0.1:" + nowhere.port())
                .hasMessageNotContaining("secret");
    }

    private static List<String> everyStep() {
        return IntStream.rangeClosed(1, Schema.version()).mapToObj(Integer::toString).toList();
    }
}
