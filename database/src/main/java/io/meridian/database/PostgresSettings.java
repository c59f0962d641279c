package io.meridian.database;

import io.r2dbc.postgresql.PostgresqlConnectionConfiguration;
import io.r2dbc.postgresql.PostgresqlConnectionFactory;

import java.time.Duration;

/**
 * Where the database is and who we are to it.
 *
 * @param port 1..65535
 */
public record PostgresSettings(
        String host, int port, String database, String user, String password) {
    public PostgresSettings {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("port must be between 1 and 65535: was " + port);
        }
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
        return new PostgresqlConnectionFactory(
                PostgresqlConnectionConfiguration.builder()
                        .host(host)
                        .port(port)
                        .database(database)
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
        return "postgresql://" + user + "@" + host + ":" + port + "/" + database;
    }
}
