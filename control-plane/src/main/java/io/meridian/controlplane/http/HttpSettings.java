package io.meridian.controlplane.http;

import com.typesafe.config.Config;

import java.time.Duration;
import java.util.List;

/**
 * Limits of the HTTP listeners, {@code meridian.http.*}; meaning and ranges are in {@code
 * reference.conf}.
 *
 * @param maxConnections of each listener
 * @param maxConnectionsPerClient of each listener, from one IPv4 address or IPv6 /64
 * @param idleTimeout time within which a client sends a whole request, or takes a part of an answer
 * @param maxEventClients clients of {@code /api/events}
 * @param hosts names under which clients may ask the admin HTTP
 */
public record HttpSettings(
        int maxConnections,
        int maxConnectionsPerClient,
        Duration idleTimeout,
        int maxEventClients,
        List<String> hosts) {
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(10);

    public HttpSettings {
        hosts = List.copyOf(hosts);
    }

    /**
     * @throws IllegalArgumentException for an invalid value; the message has key, range and value
     */
    public static HttpSettings from(Config config) {
        Config http = config.getConfig("meridian.http");
        Duration idleTimeout = http.getDuration("idle-timeout");
        if (idleTimeout.compareTo(SHORTEST) < 0 || idleTimeout.compareTo(LONGEST) > 0) {
            throw wrong("idle-timeout", "between 1 s and 10 m", http.getString("idle-timeout"));
        }
        return new HttpSettings(
                integer(http, "max-connections", 10, 100_000),
                integer(http, "max-connections-per-client", 1, 100_000),
                idleTimeout,
                integer(http, "events.max-clients", 0, 10_000),
                http.getStringList("hosts"));
    }

    private static int integer(Config http, String key, int min, int max) {
        int value = http.getInt(key);
        if (value < min || value > max) {
            throw wrong(key, "between " + min + " and " + max, Integer.toString(value));
        }
        return value;
    }

    private static IllegalArgumentException wrong(String key, String rule, String value) {
        return new IllegalArgumentException(
                "setting meridian.http." + key + " must be " + rule + ": was " + value);
    }
}
