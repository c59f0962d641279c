package io.meridian.sources.marathon;

import com.typesafe.config.Config;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
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

    public MarathonSettings {
        urls = List.copyOf(urls);
        allowedRedirectHosts = Set.copyOf(allowedRedirectHosts);
    }

    /**
     * Who we are; all empty means nobody in particular. A token beats a name and password.
     *
     * @param tokenFile read again for every request, so that a renewed token is used at once;
     *     empty: none
     */
    public record Credentials(String username, String password, String token, String tokenFile) {
        /** Whether requests carry an {@code Authorization} header. */
        boolean any() {
            return !username.isEmpty() || !token.isEmpty() || !tokenFile.isEmpty();
        }

        /** Never shows a secret. */
        @Override
        public String toString() {
            return any() ? "Credentials[set]" : "Credentials[none]";
        }
    }

    /**
     * How far to trust an {@code https} Marathon.
     *
     * @param caFile PEM file of the authorities to trust; empty: those of the Java runtime
     * @param verify false takes any certificate of any host
     */
    public record Tls(String caFile, boolean verify) {}

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
                in.texts("urls").stream().map(url -> url(in, url)).toList(),
                frameworkName(in),
                hosts(in),
                credentials(in),
                tls(in),
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

    ReadSettings reads() {
        return new ReadSettings(
                rereadDebounce, rereadLongestDebounce, rereadsInFlight, listingThreshold);
    }

    private static URI url(SettingsReader in, String text) {
        URI url;
        try {
            url = URI.create(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
        } catch (IllegalArgumentException e) {
            throw in.bad(
                    "urls",
                    "must be URLs such as http://marathon.example.org:8080: \""
                            + text
                            + "\" is not one");
        }
        String scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!(scheme.equals("http") || scheme.equals("https")) || url.getHost() == null) {
            throw in.bad(
                    "urls", "must be http:// or https:// URLs with a host: was \"" + text + "\"");
        }
        if (url.getUserInfo() != null) {
            throw in.bad(
                    "urls",
                    "must not hold credentials, which have keys of their own under credentials");
        }
        if (url.getQuery() != null || url.getFragment() != null) {
            throw in.bad("urls", "must end with the path: was \"" + text + "\"");
        }
        return url;
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

    private static Credentials credentials(SettingsReader in) {
        Credentials credentials =
                new Credentials(
                        in.text("credentials.username"),
                        in.text("credentials.password"),
                        in.text("credentials.token"),
                        in.text("credentials.token-file"));
        if (credentials.username().isEmpty() && !credentials.password().isEmpty()) {
            throw in.bad("credentials.username", "must be set if credentials.password is");
        }
        if (!credentials.token().isEmpty() && !credentials.tokenFile().isEmpty()) {
            throw in.bad("credentials.token-file", "must be empty if credentials.token is set");
        }
        return credentials;
    }

    private static Tls tls(SettingsReader in) {
        String caFile = in.text("tls.ca-file");
        if (!caFile.isEmpty() && !Files.isReadable(Path.of(caFile))) {
            throw in.bad("tls.ca-file", "must be a readable PEM file: was \"" + caFile + "\"");
        }
        return new Tls(caFile, in.flag("tls.verify"));
    }
}
