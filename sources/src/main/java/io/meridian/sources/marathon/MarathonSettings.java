package io.meridian.sources.marathon;

import com.typesafe.config.Config;

import io.meridian.sources.http.BadSettingException;
import io.meridian.sources.http.ConnectionSettings;
import io.meridian.sources.http.LookupSettings;
import io.meridian.sources.http.RedirectPolicy;
import io.meridian.sources.http.SettingsReader;

import java.time.Duration;
import java.util.List;

/**
 * How to reach one Marathon and how often to read it; keys under {@value #PREFIX}, explained in
 * {@code reference.conf}.
 *
 * @param connection URLs of Marathon, rotated on failure, and how to reach them; no URL turns the
 *     source off
 * @param frameworkName name of the framework in service ids and in DNS names
 * @param frameworkId id of the framework in Mesos; empty for every framework of that name
 * @param firstEventTimeout how long to wait for the first event before listing without it
 * @param listingInterval mean time between full listings on a quiet stream
 * @param listingMaxSize bytes of one REST response after decompression
 * @param eventMaxSize bytes of one event
 */
public record MarathonSettings(
        ConnectionSettings connection,
        String frameworkName,
        String frameworkId,
        Duration firstEventTimeout,
        RereadSettings reread,
        Duration listingInterval,
        long listingMaxSize,
        long eventMaxSize,
        LookupSettings agents) {
    static final String PREFIX = "meridian.sources.marathon";
    static final String ENDPOINT = "/v2/events";
    private static final String EXAMPLE = "http://marathon.example.org:8080";

    /** Whether any Marathon is configured. */
    public boolean enabled() {
        return !connection.urls().isEmpty();
    }

    /**
     * Reads and checks the settings.
     *
     * @param config the whole configuration, with {@code reference.conf} under it
     * @throws BadSettingException for a value of a wrong type or out of its range
     */
    public static MarathonSettings from(Config config) {
        SettingsReader in = new SettingsReader(config, PREFIX);
        return new MarathonSettings(
                ConnectionSettings.from(in, EXAMPLE),
                frameworkName(in),
                in.text("framework-id").trim(),
                in.duration("first-event-timeout", Duration.ofMillis(10), Duration.ofMinutes(5)),
                RereadSettings.from(in),
                in.duration("listing.interval", Duration.ofMillis(100), Duration.ofHours(24)),
                in.bytesInHeap("listing.max-size", 1 << 10, Integer.MAX_VALUE - 8),
                in.bytesInHeap("events.max-size", 1 << 10, 1 << 30),
                LookupSettings.from(in));
    }

    RedirectPolicy redirects() {
        return connection.redirects(List.of());
    }

    private static String frameworkName(SettingsReader in) {
        String name = in.text("framework-name");
        if (name.isEmpty() || name.indexOf(':') >= 0) {
            throw in.bad("framework-name", "must be a name without colon: was \"" + name + "\"");
        }
        return name;
    }
}
