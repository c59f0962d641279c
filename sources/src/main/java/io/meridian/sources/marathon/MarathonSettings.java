package io.meridian.sources.marathon;

import com.typesafe.config.Config;

import io.meridian.sources.http.ApiUrl;
import io.meridian.sources.http.BadSettingException;
import io.meridian.sources.http.Credentials;
import io.meridian.sources.http.RedirectPolicy;
import io.meridian.sources.http.SettingsReader;
import io.meridian.sources.http.Tls;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * How to reach one Marathon and how often to ask it; keys under {@value #PREFIX}, explained in
 * {@code reference.conf}.
 *
 * @param urls where Marathon's API is; rotated on failure; none turns the source off
 * @param frameworkName name of the framework in service ids and in DNS names
 * @param allowedRedirectHosts hosts that a standby may send us to; {@code *} is any
 */
public record MarathonSettings(
        List<URI> urls,
        String frameworkName,
        Set<String> allowedRedirectHosts,
        Credentials credentials,
        Tls tls,
        Duration connectTimeout,
        Duration readTimeout,
        Duration requestTimeout,
        Duration firstEventTimeout,
        Duration backoffMin,
        Duration backoffMax,
        Duration backoffResetAfter,
        Duration rereadDebounce,
        Duration rereadLongestDebounce,
        int rereadsInFlight,
        int listingThreshold,
        Duration listingInterval,
        long listingMaxSize,
        long eventMaxSize,
        Duration agentTtl,
        Duration agentFailedTtl,
        Duration agentTimeout) {
    static final String PREFIX = "meridian.sources.marathon";
    private static final String EXAMPLE = "http://marathon.example.org:8080";

    public MarathonSettings {
        urls = List.copyOf(urls);
        allowedRedirectHosts = Set.copyOf(allowedRedirectHosts);
    }

    /** Whether a Marathon is configured at all. */
    public boolean enabled() {
        return !urls.isEmpty();
    }

    /**
     * Reads and checks the settings.
     *
     * @param config the whole configuration, with {@code reference.conf} under it
     * @throws BadSettingException for a value of a wrong type or out of its range
     */
    public static MarathonSettings from(Config config) {
        SettingsReader in = new SettingsReader(config, PREFIX);
        Duration min = in.duration("backoff.min", Duration.ofMillis(100), Duration.ofMinutes(10));
        Duration debounce = in.duration("reread.debounce", Duration.ZERO, Duration.ofMinutes(1));
        return new MarathonSettings(
                in.texts("urls").stream()
                        .map(url -> ApiUrl.read(in, "urls", url, EXAMPLE))
                        .toList(),
                frameworkName(in),
                hosts(in),
                Credentials.from(in),
                Tls.from(in),
                in.duration("connect-timeout", Duration.ofMillis(10), Duration.ofMinutes(5)),
                in.duration("read-timeout", Duration.ofMillis(100), Duration.ofHours(1)),
                in.duration("request-timeout", Duration.ofMillis(100), Duration.ofHours(1)),
                in.duration("first-event-timeout", Duration.ofMillis(10), Duration.ofMinutes(5)),
                min,
                in.duration("backoff.max", min, Duration.ofHours(1)),
                in.duration("backoff.reset-after", Duration.ZERO, Duration.ofHours(24)),
                debounce,
                in.duration("reread.longest-debounce", debounce, Duration.ofMinutes(10)),
                (int) in.number("reread.in-flight", 1, 64),
                (int) in.number("reread.listing-threshold", 1, 100_000),
                in.duration("listing.interval", Duration.ofMillis(100), Duration.ofHours(24)),
                in.bytes("listing.max-size", 1 << 10, Integer.MAX_VALUE - 8),
                in.bytes("events.max-size", 1 << 10, 1 << 30),
                in.duration("agents.ttl", Duration.ZERO, Duration.ofHours(24)),
                in.duration("agents.failed-ttl", Duration.ofMillis(10), Duration.ofHours(24)),
                in.duration("agents.timeout", Duration.ofMillis(10), Duration.ofMinutes(5)));
    }

    RedirectPolicy redirects() {
        return new RedirectPolicy(urls, allowedRedirectHosts, "/v2/events");
    }

    ReadSettings reads() {
        return new ReadSettings(
                rereadDebounce, rereadLongestDebounce, rereadsInFlight, listingThreshold);
    }

    private static String frameworkName(SettingsReader in) {
        String name = in.text("framework-name");
        if (name.isEmpty() || name.indexOf(':') >= 0) {
            throw in.bad("framework-name", "must be a name without colon: was \"" + name + "\"");
        }
        return name;
    }

    private static Set<String> hosts(SettingsReader in) {
        Set<String> hosts = new TreeSet<>();
        in.texts("allowed-redirect-hosts")
                .forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
        return hosts;
    }
}
