package io.meridian.sources.http;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a source reaches its servers; keys directly under the source's prefix.
 *
 * @param urls configured base URLs
 * @param allowedRedirectHosts hosts that a server may redirect to, in lower case; {@code *} is any
 * @param readTimeout longest silence on the event stream
 * @param requestTimeout longest time for one response, from request to last byte
 */
public record ConnectionSettings(
        List<URI> urls,
        Set<String> allowedRedirectHosts,
        Credentials credentials,
        Tls tls,
        Duration connectTimeout,
        Duration readTimeout,
        Duration requestTimeout,
        ReconnectSettings reconnect) {
    public ConnectionSettings {
        urls = List.copyOf(urls);
        allowedRedirectHosts = Set.copyOf(allowedRedirectHosts);
    }

    /**
     * @param example URL for messages
     * @throws BadSettingException for a value of a wrong type or out of its range
     */
    public static ConnectionSettings from(SettingsReader in, String example) {
        Set<String> hosts = new TreeSet<>();
        in.texts("allowed-redirect-hosts")
                .forEach(host -> hosts.add(host.toLowerCase(Locale.ROOT)));
        return new ConnectionSettings(
                in.texts("urls").stream()
                        .map(url -> ApiUrl.read(in, "urls", url, example))
                        .toList(),
                hosts,
                Credentials.from(in),
                Tls.from(in),
                in.duration("connect-timeout", Duration.ofMillis(10), Duration.ofMinutes(5)),
                in.duration("read-timeout", Duration.ofMillis(100), Duration.ofHours(1)),
                in.duration("request-timeout", Duration.ofMillis(100), Duration.ofHours(1)),
                ReconnectSettings.from(in));
    }

    /**
     * @param discovered base URLs of servers beside {@link #urls}
     */
    public RedirectPolicy redirects(List<URI> discovered) {
        List<URI> known = new ArrayList<>(urls);
        known.addAll(discovered);
        return new RedirectPolicy(known, allowedRedirectHosts);
    }
}
