package io.meridian.database;

import io.r2dbc.postgresql.MultiHostConnectionStrategy.TargetServerType;
import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where the database is and who we are to it.
 *
 * @param host name or address; or several with commas, each with a port of its own if it has one:
 *     then the first that takes writes is used
 * @param port of hosts without one: 1..65535
 */
public record PostgresSettings(
        String host, int port, String database, String user, String password) {
    private static final Pattern WITH_PORT = Pattern.compile("(\\[[^\\]]+]|[^:]+):([0-9]{1,5})");

    /** For how long a server that was down, or no primary, is not tried before the others. */
    static final Duration RECHECK = Duration.ofSeconds(2);

    public PostgresSettings {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port must be between 1 and 65535: was " + port);
        }
    }

    /** One server. */
    record Host(String name, int port) {
        @Override
        public String toString() {
            return (name.contains(":") ? "[" + name + "]" : name) + ":" + port;
        }
    }

    /** In the order in which they are tried. */
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

    /** The same server, another database on it. */
    public PostgresSettings withDatabase(String other) {
        return new PostgresSettings(host, port, other, user, password);
    }

    /**
     * Connections that belong to no pool.
     *
     * @param purpose shown as {@code application_name} in {@code pg_stat_activity}
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
        return new PostgresqlConnectionFactory(
                builder.database(database)
                        .username(user)
                        .password(password)
                        .applicationName(purpose)
                        .connectTimeout(Duration.ofSeconds(5))
                        .tcpKeepAlive(true)
                        .build());
    }

    /** Without the password. */
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
