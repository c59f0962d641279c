package io.meridian.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;

import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.R2dbcException;
import io.r2dbc.spi.Statement;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import reactor.core.publisher.Flux;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;

/** {@link CombiningDriver} against a table whose trigger counts inserting statements. */
@ExtendWith(EmbeddedPostgresExtension.class)
class CombiningDriverTest {
    private static final String INSERT =
            " INSERT INTO kept (name, slice, seq_nr, at, note)"
                    + " VALUES ($1, $2, $3, $4, transaction_timestamp()) ";

    private static final Instant AT = Instant.parse("2026-11-28T08:00:00.123456Z");

    @BeforeEach
    void emptyTable(PostgresSettings settings) {
        for (String sql :
                List.of(
                        "DROP TABLE IF EXISTS kept, statements",
                        "CREATE TABLE kept (name varchar(20) PRIMARY KEY, slice int NOT NULL,"
                                + " seq_nr bigint, at timestamptz, note timestamptz)",
                        "CREATE TABLE statements (n int)",
                        "CREATE OR REPLACE FUNCTION count_one() RETURNS trigger LANGUAGE plpgsql AS"
                                + " 'BEGIN INSERT INTO statements VALUES (1); RETURN NULL; END'",
                        "CREATE TRIGGER each AFTER INSERT ON kept FOR EACH STATEMENT"
                                + " EXECUTE FUNCTION count_one()")) {
            Sql.run(settings, sql);
        }
    }

    private static ConnectionFactory connections(PostgresSettings settings) {
        Config config = R2dbcConfig.of(settings);
        String prefix = "akka.persistence.r2dbc.connection-factory.";
        return ConnectionFactories.get(
                ConnectionFactoryOptions.builder()
                        .option(
                                ConnectionFactoryOptions.DRIVER,
                                config.getString(prefix + "driver"))
                        .option(ConnectionFactoryOptions.HOST, settings.host())
                        .option(ConnectionFactoryOptions.PORT, settings.port())
                        .option(ConnectionFactoryOptions.DATABASE, settings.database())
                        .option(ConnectionFactoryOptions.USER, settings.user())
                        .option(ConnectionFactoryOptions.PASSWORD, settings.password())
                        .build());
    }

    /** Number of rows that each result reports as inserted. */
    private static List<Long> inserted(
            PostgresSettings settings, String sql, Function<Statement, Statement> bind) {
        return Flux.usingWhen(
                        connections(settings).create(),
                        connection ->
                                Flux.from(bind.apply(connection.createStatement(sql)).execute())
                                        .concatMap(result -> result.getRowsUpdated()),
                        Connection::close)
                .collectList()
                .block(Duration.ofSeconds(60));
    }

    private static Statement row(Statement statement, String name, int slice) {
        return statement.bind(0, name).bind(1, slice).bind(2, 1L << 40 | slice).bind(3, AT);
    }

    private static Statement rows(Statement statement, String... names) {
        for (int i = 0; i < names.length; i++) {
            row(statement.add(), names[i], i);
        }
        return statement;
    }

    private static List<String> kept(PostgresSettings settings) {
        return Sql.column(
                settings,
                "SELECT concat_ws(' ', name, slice, seq_nr - (1::bigint << 40), at ="
                        + " '2026-11-28T08:00:00.123456Z', note IS NOT NULL) FROM kept ORDER BY"
                        + " name");
    }

    private static String statements(PostgresSettings settings) {
        return Sql.column(settings, "SELECT count(*) FROM statements").getFirst();
    }

    @Test
    void rowsOfOneInsertAreOneStatement(PostgresSettings settings) {
        assertThat(inserted(settings, INSERT, s -> rows(s, "a", "b,{\"'", "c")))
                .isEqualTo(List.of(3L));
        assertThat(kept(settings)).isEqualTo(List.of("a 0 0 t t", "b,{\"' 1 1 t t", "c 2 2 t t"));
        assertThat(statements(settings)).isEqualTo("1");
    }

    @Test
    void oneRowIsItsOwnStatement(PostgresSettings settings) {
        assertThat(inserted(settings, INSERT, s -> row(s, "a", 0))).isEqualTo(List.of(1L));
        assertThat(kept(settings)).isEqualTo(List.of("a 0 0 t t"));
    }

    @Test
    void rowsOfUnsupportedTypesAreBoundByTheDriver(PostgresSettings settings) {
        assertThat(
                        inserted(
                                settings,
                                INSERT,
                                s ->
                                        row(s, "a", 0)
                                                .add()
                                                .bind("$1", "b")
                                                .bind("$2", 1)
                                                .bindNull("$3", Long.class)
                                                .bind("$4", AT)))
                .isEqualTo(List.of(1L, 1L));
        assertThat(kept(settings)).isEqualTo(List.of("a 0 0 t t", "b 1 t t"));
        assertThat(statements(settings)).isEqualTo("2");
    }

    @Test
    void anInsertWithFurtherClausesIsNotCombined(PostgresSettings settings) {
        String sql = INSERT + "ON CONFLICT (name) DO NOTHING";
        assertThat(
                        inserted(
                                settings,
                                sql,
                                s -> row(row(row(s, "a", 0).add(), "a", 1).add(), "b", 2)))
                .isEqualTo(List.of(1L, 0L, 1L));
        assertThat(kept(settings)).isEqualTo(List.of("a 0 0 t t", "b 2 2 t t"));
    }

    @Test
    void oneBadRowFailsTheWholeStatement(PostgresSettings settings) {
        assertThatThrownBy(() -> inserted(settings, INSERT, s -> rows(s, "a", "b", "a")))
                .isInstanceOfSatisfying(
                        R2dbcException.class, e -> assertThat(e.getSqlState()).isEqualTo("23505"));
        assertThat(kept(settings)).isEmpty();
    }

    @Test
    void driverErrorsKeepTheirType(PostgresSettings settings) {
        assertThatThrownBy(() -> inserted(settings, "SELEC 1", s -> s))
                .isInstanceOfSatisfying(
                        R2dbcException.class, e -> assertThat(e.getSqlState()).isEqualTo("42601"));
    }
}
