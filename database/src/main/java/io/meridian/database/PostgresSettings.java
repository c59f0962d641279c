package io.meridian.database;

import io.r2dbc.postgresql.MultiHostConnectionStrategy.TargetServerType;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.client.SSLMode;

import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Address of the database, and the user that connects to it.
 *
 * @param host name or address of the server, or a list with commas of which the first that accepts
 *     writes is used; each host of a list may have a port, as in {@code db1:5433}
 * @param port port of hosts without one: 1..65535
 * @param tls whether and how connections are encrypted
 */
public record PostgresSettings(
        String host, int port, String database, String user, String password, Tls tls) {
    private static final Pattern WITH_PORT = Pattern.compile("(\\[[^\\]]+]|[^:]+):([0-9]{1,5})");

    /** Time for which a server that was down or not primary is tried after the others. */
    static final Duration RECHECK = Duration.ofSeconds(2);

    public PostgresSettings {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port must be between 1 and 65535: was " + port);
        }
    }

    /** Settings of a server that needs no TLS, such as one on this host. */
    public PostgresSettings(String host, int port, String database, String user, String password) {
        this(host, port, database, user, password, Tls.NONE);
    }

    /**
     * Encryption of the connections.
     *
     * @param authority PEM file with certificates of the authorities that may sign the server's;
     *     null for the authorities that the JDK trusts
     */
    public record Tls(TlsMode mode, @Nullable Path authority) {
        public static final Tls NONE = new Tls(TlsMode.DISABLE, null);

        /**
         * Netty 4.2 verifies the name of the server, which is too much for verify-ca, and only a
         * property of the process turns that off. No other part of the program uses Netty's TLS.
         */
        public Tls {
            if (mode == TlsMode.VERIFY_CA) {
                System.setProperty(
                        "io.netty.handler.ssl.defaultEndpointVerificationAlgorithm", "NONE");
            }
        }
    }

    /** Name or address of a server, without brackets, and its port. */
    record Host(String name, int port) {
        @Override
        public String toString() {
            return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
        }
    }

    /** The servers in the order in which connections try them. */
    List<Host> hosts() {
        return Arrays.stream(host.split(",", -1)).map(String::strip).map(this::host).toList();
    }

    private Host host(String text) {
        Matcher withPort = WITH_PORT.matcher(text);
        return withPort.matches()
                ? new Host(
                        withPort.group(1).replaceAll("[\\[\\]]", ""),
                        Integer.parseInt(withPort.group(2)))
                : new Host(text.replaceAll("[\\[\\]]", ""), port);
    }

    /** These settings with another database on the same server. */
    public PostgresSettings withDatabase(String other) {
        return new PostgresSettings(host, port, other, user, password, tls);
    }

    /**
     * A factory of connections without a pool.
     *
     * @param purpose name of the connections, shown as {@code application_name} in {@code
     *     pg_stat_activity}
     */
    public PostgresqlConnectionFactory connections(String purpose) {
        PostgresqlConnectionConfiguration.Builder builder =
                PostgresqlConnectionConfiguration.builder();
        List<Host> hosts = hosts();
        if (hosts.size() == 1) {
            builder.host(hosts.getFirst().name()).port(hosts.getFirst().port());
        } else {
            hosts.forEach(one -> builder.addHost(one.name(), one.port()));
            builder.targetServerType(TargetServerType.PRIMARY).hostRecheckTime(RECHECK);
        }
        if (tls.authority() != null) {
            builder.sslRootCert(tls.authority().toString());
        }
        return new PostgresqlConnectionFactory(
                builder.sslMode(SSLMode.fromValue(tls.mode().label()))
                        .database(database)
                        .username(user)
                        .password(password)
                        .applicationName(purpose)
                        .connectTimeout(Duration.ofSeconds(5))
                        .tcpKeepAlive(true)
                        .build());
    }

    /** URL of the database without the password. */
    @Override
    public String toString() {
        return "postgresql://"
                + user
                + "@"
                + hosts().stream().map(Host::toString).collect(Collectors.joining(","))
                + "/"
                + database;
    }
}
