package io.meridian.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.meridian.database.PostgresSettings.Tls;
import io.r2dbc.spi.ConnectionFactories;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import reactor.core.publisher.Mono;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Connections to a PostgreSQL that takes only TLS, with a certificate for the name localhost. */
class TlsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir private static Path directory;

    private static EmbeddedPostgres server;

    @BeforeAll
    static void startServerThatTakesOnlyTls() throws Exception {
        EmbeddedSettings settings =
                new EmbeddedSettings(
                        directory.resolve("server"),
                        Path.of("target", "postgres-own"),
                        false,
                        Duration.ofMinutes(3),
                        20);
        server = EmbeddedPostgres.start(settings);
        Path data = settings.data();
        certificate("authority", "/CN=Test authority", null);
        certificate("other", "/CN=Other authority", null);
        certificate("server", "/CN=database", "authority");
        Files.copy(directory.resolve("server.crt"), data.resolve("server.crt"));
        Files.copy(directory.resolve("server.key"), data.resolve("server.key"));
        Files.setPosixFilePermissions(
                data.resolve("server.key"), PosixFilePermissions.fromString("rw-------"));
        Files.writeString(data.resolve("pg_hba.conf"), "hostssl all all all scram-sha-256\n");
        Sql.column(server.settings(), "ALTER SYSTEM SET ssl = on");
        Sql.column(server.settings(), "SELECT pg_reload_conf()");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** Writes NAME.crt and NAME.key, signed by the authority or by itself. */
    private static void certificate(String name, String subject, @Nullable String authority)
            throws Exception {
        List<String> self =
                List.of(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "9",
                        "-keyout",
                        name + ".key",
                        "-out",
                        name + ".crt",
                        "-subj",
                        subject);
        List<String> signed =
                authority == null
                        ? self
                        : java.util.stream.Stream.concat(
                                        self.stream(),
                                        java.util.stream.Stream.of(
                                                "-CA",
                                                authority + ".crt",
                                                "-CAkey",
                                                authority + ".key",
                                                "-addext",
                                                "subjectAltName=DNS:localhost",
                                                "-addext",
                                                "basicConstraints=critical,CA:FALSE"))
                                .toList();
        Process openssl =
                new ProcessBuilder(signed)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(openssl.getInputStream().readAllBytes(), UTF_8);
        assertThat(openssl.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(openssl.exitValue()).as(output).isZero();
    }

    private static PostgresSettings settings(
            String host, TlsMode mode, @Nullable String authority) {
        PostgresSettings own = server.settings();
        return new PostgresSettings(
                host,
                own.port(),
                own.database(),
                own.user(),
                own.password(),
                new Tls(mode, authority == null ? null : directory.resolve(authority + ".crt")));
    }

    private static final String ENCRYPTED =
            "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

    private static List<String> encrypted(PostgresSettings settings) {
        return Sql.column(settings, ENCRYPTED);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, PREFER,",
        "127.0.0.1, PREFER,",
        "127.0.0.1, REQUIRE,",
        "localhost, VERIFY_FULL, authority"
    })
    void aServerThatTakesOnlyTlsIsReached(String host, TlsMode mode, @Nullable String authority) {
        assertThat(encrypted(settings(host, mode, authority))).containsExactly("true");
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, DISABLE,, no encryption",
        "localhost, VERIFY_FULL, other,",
        "localhost, VERIFY_FULL,,",
        "127.0.0.1, VERIFY_FULL, authority,"
    })
    void aConnectionThatTheModeForbidsFails(
            String host, TlsMode mode, @Nullable String authority, @Nullable String why) {
        PostgresSettings settings = settings(host, mode, authority);
        assertThatThrownBy(() -> Schema.ensure(settings))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("cannot connect to postgresql://")
                .hasMessageContaining(why == null ? "" : why);
    }

    /** In a JVM of its own, because the mode sets a property of the process. */
    @Test
    void verifyCaVerifiesTheAuthorityAndNotTheName() throws Exception {
        assertThat(inAnotherProcess("127.0.0.1", "authority")).contains("encrypted [true]");
        assertThat(inAnotherProcess("localhost", "authority")).contains("encrypted [true]");
        assertThat(inAnotherProcess("localhost", "other"))
                .contains("cannot connect")
                .doesNotContain("encrypted");
    }

    private static String inAnotherProcess(String host, String authority) throws Exception {
        PostgresSettings own = server.settings();
        Process client =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Client.class.getName(),
                                host,
                                String.valueOf(own.port()),
                                own.database(),
                                own.user(),
                                own.password(),
                                directory.resolve(authority + ".crt").toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(client.getInputStream().readAllBytes(), UTF_8);
        assertThat(client.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return output;
    }

    /** Connects with verify-ca. */
    static final class Client {
        private Client() {}

        /**
         * @param args host, port, database, user, password, the authority's file
         */
        public static void main(String[] args) {
            PostgresSettings settings =
                    new PostgresSettings(
                            args[0],
                            Integer.parseInt(args[1]),
                            args[2],
                            args[3],
                            args[4],
                            new Tls(TlsMode.VERIFY_CA, Path.of(args[5])));
            try {
                Schema.ensure(settings);
                System.out.println("encrypted " + encrypted(settings));
            } catch (DatabaseException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    /** The journal's connections are made from Akka's settings, by the driver's options. */
    @ParameterizedTest
    @EnumSource(value = TlsMode.class, mode = EnumSource.Mode.EXCLUDE, names = "VERIFY_CA")
    void theJournalsConnectionsHaveTheSameMode(TlsMode mode) {
        boolean verifies = mode == TlsMode.VERIFY_FULL;
        var config =
                R2dbcConfig.of(settings("localhost", mode, verifies ? "authority" : null))
                        .getConfig("akka.persistence.r2dbc.connection-factory");
        ConnectionFactoryOptions.Builder options =
                ConnectionFactoryOptions.builder()
                        .option(ConnectionFactoryOptions.DRIVER, config.getString("driver"))
                        .option(ConnectionFactoryOptions.HOST, config.getString("host"))
                        .option(ConnectionFactoryOptions.PORT, config.getInt("port"))
                        .option(ConnectionFactoryOptions.USER, config.getString("user"))
                        .option(ConnectionFactoryOptions.PASSWORD, config.getString("password"))
                        .option(ConnectionFactoryOptions.DATABASE, config.getString("database"));
        if (config.getBoolean("ssl.enabled")) {
            options.option(ConnectionFactoryOptions.SSL, true)
                    .option(Option.valueOf("sslMode"), config.getString("ssl.mode"));
            if (verifies) {
                options.option(Option.valueOf("sslRootCert"), config.getString("ssl.root-cert"));
            }
        }
        var connected =
                Mono.usingWhen(
                        ConnectionFactories.get(options.build()).create(),
                        connection ->
                                Mono.from(connection.createStatement(ENCRYPTED).execute())
                                        .flatMap(
                                                result ->
                                                        Mono.from(
                                                                result.map(
                                                                        row ->
                                                                                row.get(
                                                                                        0,
                                                                                        String
                                                                                                .class)))),
                        connection -> connection.close());
        if (mode == TlsMode.DISABLE) {
            assertThatThrownBy(() -> connected.block(PATIENCE))
                    .hasMessageContaining("no encryption");
        } else {
            assertThat(connected.block(PATIENCE)).isEqualTo("true");
        }
    }

    @Test
    void preferTakesAServerWithoutTls(@TempDir Path plain) throws Exception {
        EmbeddedSettings settings =
                new EmbeddedSettings(
                        plain, Path.of("target", "postgres-own"), false, Duration.ofMinutes(3), 20);
        try (EmbeddedPostgres without = EmbeddedPostgres.start(settings)) {
            PostgresSettings own = without.settings();
            PostgresSettings prefers =
                    new PostgresSettings(
                            own.host(),
                            own.port(),
                            own.database(),
                            own.user(),
                            own.password(),
                            new Tls(TlsMode.PREFER, null));
            assertThat(encrypted(prefers)).containsExactly("false");
        }
    }
}
