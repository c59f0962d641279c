package io.meridian.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.ConnectionFactoryOptions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.List;

/** Both kinds of connections, pooled and not, with a list of servers of which some are down. */
@ExtendWith(EmbeddedPostgresExtension.class)
class SeveralServersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void connectionsGoToTheServerThatIsUp(PostgresSettings up) throws Exception {
        int down = ServerInstance.freePort();
        PostgresSettings several =
                new PostgresSettings(
                        "127.0.0.1:" + down + ", " + up.host() + ":" + up.port(),
                        5432,
                        up.database(),
                        up.user(),
                        up.password());
        assertThat(database(several.connections("test"))).isEqualTo(up.database());

        String url =
                R2dbcConfig.of(several).getString("akka.persistence.r2dbc.connection-factory.url");
        ConnectionFactory journal = ConnectionFactories.get(ConnectionFactoryOptions.parse(url));
        assertThat(database(journal)).isEqualTo(up.database());
    }

    @Test
    void anUnreachableListIsAnErrorThatNamesTheServers() throws Exception {
        PostgresSettings none =
                new PostgresSettings(
                        "127.0.0.1:" + ServerInstance.freePort() + ",127.0.0.1:1",
                        5432,
                        "d",
                        "u",
                        "p");
        assertThatThrownBy(() -> Schema.ensure(none))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("127.0.0.1:1/d");
    }

    @Test
    void hostsWithoutAPortUseTheCommonPort() {
        assertThat(settings("db1").hosts()).isEqualTo(List.of(host("db1", 5432)));
        assertThat(settings("db1, db2:5433").hosts())
                .isEqualTo(List.of(host("db1", 5432), host("db2", 5433)));
        assertThat(settings("[::1]:5433,::1").hosts())
                .isEqualTo(List.of(host("::1", 5433), host("::1", 5432)));
        assertThat(R2dbcConfig.of(settings("db1")))
                .matches(
                        config ->
                                config.getString("akka.persistence.r2dbc.connection-factory.url")
                                        .isEmpty());
    }

    private static PostgresSettings.Host host(String name, int port) {
        return new PostgresSettings.Host(name, port);
    }

    private static PostgresSettings settings(String host) {
        return new PostgresSettings(host, 5432, "d", "u", "p");
    }

    private static String database(ConnectionFactory connections) {
        return Flux.usingWhen(
                        Mono.from(connections.create()),
                        connection ->
                                Flux.from(
                                                connection
                                                        .createStatement(
                                                                "SELECT current_database()")
                                                        .execute())
                                        .concatMap(
                                                result ->
                                                        result.map(
                                                                (row, _) ->
                                                                        row.get(0, String.class))),
                        connection -> connection.close())
                .blockFirst(PATIENCE);
    }
}
