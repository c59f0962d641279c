package io.meridian.database;

import static io.meridian.database.TlsMode.DISABLE;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** Akka's settings of journal, snapshots and connections for a database. */
public final class R2dbcConfig {
    private static final String PREFIX = "akka.persistence.r2dbc.connection-factory.";

    private R2dbcConfig() {}

    /**
     * Settings of the journal and snapshot plugins and of their connections. The caller puts them
     * before {@code reference.conf} ({@code withFallback}). They override any configured URL, which
     * would win over host and port.
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
                        Map.entry(PREFIX + "driver", "postgresql"),
                        Map.entry(PREFIX + "url", url(settings)),
                        Map.entry(PREFIX + "host", settings.hosts().getFirst().name()),
                        Map.entry(PREFIX + "port", settings.hosts().getFirst().port()),
                        Map.entry(PREFIX + "database", settings.database()),
                        Map.entry(PREFIX + "user", settings.user()),
                        Map.entry(PREFIX + "password", settings.password()),
                        Map.entry(PREFIX + "ssl.enabled", settings.tls().mode() != DISABLE),
                        Map.entry(PREFIX + "ssl.mode", settings.tls().mode().label()),
                        Map.entry(PREFIX + "ssl.root-cert", authority(settings)),
                        // After a restart of the server all pooled connections are dead, and each
                        // failed acquire drops one.
                        Map.entry(PREFIX + "acquire-retry", 20)),
                settings.toString());
    }

    private static String authority(PostgresSettings settings) {
        Path file = settings.tls().authority();
        return file == null ? "" : file.toString();
    }

    /** URL of several servers, which only a URL can name; empty for one server. */
    private static String url(PostgresSettings settings) {
        if (settings.hosts().size() == 1) {
            return "";
        }
        return "r2dbc:postgresql:failover://"
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
