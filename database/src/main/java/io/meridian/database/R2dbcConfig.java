package io.meridian.database;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import java.util.Map;

/** The journal's settings that follow from where the database is. */
public final class R2dbcConfig {
    private static final String PREFIX = "akka.persistence.r2dbc.connection-factory.";

    private R2dbcConfig() {}

    /**
     * Journal and snapshot plugin, and its connections; to be put before {@code reference.conf}
     * ({@code withFallback}). Also overrides whatever URL was set, as that would win over host and
     * port.
     */
    public static Config of(PostgresSettings settings) {
        return ConfigFactory.parseMap(
                Map.ofEntries(
                        Map.entry(
                                "akka.persistence.journal.plugin",
                                "akka.persistence.r2dbc.journal"),
                        Map.entry(
                                "akka.persistence.snapshot-store.plugin",
                                "akka.persistence.r2dbc.snapshot"),
                        Map.entry(PREFIX + "driver", "postgres"),
                        Map.entry(PREFIX + "url", ""),
                        Map.entry(PREFIX + "host", settings.host()),
                        Map.entry(PREFIX + "port", settings.port()),
                        Map.entry(PREFIX + "database", settings.database()),
                        Map.entry(PREFIX + "user", settings.user()),
                        Map.entry(PREFIX + "password", settings.password()),
                        // A pool full of connections to a server that restarted: each failed
                        // acquire drops one.
                        Map.entry(PREFIX + "acquire-retry", 20)),
                settings.toString());
    }
}
