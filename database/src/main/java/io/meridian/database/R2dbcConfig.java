package io.meridian.database;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

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
                        Map.entry(PREFIX + "driver", CombiningDriver.NAME),
                        Map.entry(PREFIX + "url", url(settings)),
                        Map.entry(PREFIX + "host", settings.hosts().getFirst().name()),
                        Map.entry(PREFIX + "port", settings.hosts().getFirst().port()),
                        Map.entry(PREFIX + "database", settings.database()),
                        Map.entry(PREFIX + "user", settings.user()),
                        Map.entry(PREFIX + "password", settings.password()),
                        // A pool full of connections to a server that restarted: each failed
                        // acquire drops one.
                        Map.entry(PREFIX + "acquire-retry", 20)),
                settings.toString());
    }

    /** Only a URL can name several servers; it wins over the other keys. */
    private static String url(PostgresSettings settings) {
        if (settings.hosts().size() == 1) {
            return "";
        }
        return "r2dbc:"
                + CombiningDriver.NAME
                + ":failover://"
                + encoded(settings.user())
                + ":"
                + encoded(settings.password())
                + "@"
                + settings.hosts().stream()
                        .map(PostgresSettings.Host::toString)
                        .collect(Collectors.joining(","))
                + "/"
                + encoded(settings.database())
                + "?targetServerType=primary&hostRecheckTime="
                + PostgresSettings.RECHECK;
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
