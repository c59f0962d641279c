package io.meridian.sources.http;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a standby may send us and who gets our credentials. Leaders name themselves by addresses
 * that often only the cluster knows, so following is allowed widely; credentials go to hosts that
 * the operator has written down.
 */
public final class RedirectPolicy {
    private final Set<String> allowed;
    private final String endpoint;
    private final Set<String> trusted = new TreeSet<>();

    /**
     * @param urls base URLs that are configured
     * @param allowed hosts in lower case; {@code *} is any
     * @param endpoint path below a base URL that redirects must lead to, such as {@code /v2/events}
     */
    public RedirectPolicy(List<URI> urls, Set<String> allowed, String endpoint) {
        this.allowed = Set.copyOf(allowed);
        this.endpoint = endpoint;
        urls.forEach(url -> trusted.add(host(url)));
        allowed.stream().filter(host -> !host.equals("*")).forEach(trusted::add);
    }

    /** Whether requests to this URL carry credentials; {@code from} is where we were sent from. */
    public boolean mayCarryCredentials(URI base, URI from) {
        boolean downgraded =
                "https".equalsIgnoreCase(from.getScheme())
                        && !"https".equalsIgnoreCase(base.getScheme());
        return !downgraded && trusted.contains(host(base));
    }

    /** Whether requests may go to this host at all. */
    public boolean allows(URI base) {
        return allowed.contains("*") || trusted.contains(host(base));
    }

    /**
     * The base URL behind a {@code Location}; empty if it may not be followed or is another
     * endpoint. A location without scheme keeps that of {@code from}.
     *
     * @param from base URL that answered with it
     */
    public Optional<URI> follow(URI from, String location) {
        return follow(from, endpoint, location);
    }

    /** The same for another endpoint. */
    public Optional<URI> follow(URI from, String endpoint, String location) {
        URI target;
        try {
            target = URI.create(from + endpoint).resolve(location);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        String path = target.getRawPath() == null ? "" : target.getRawPath();
        String scheme = target.getScheme();
        boolean web = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
        if (!web || target.getHost() == null || !path.endsWith(endpoint) || !allows(target)) {
            return Optional.empty();
        }
        return Optional.of(
                URI.create(
                        scheme
                                + "://"
                                + target.getRawAuthority()
                                + path.substring(0, path.length() - endpoint.length())));
    }

    private static String host(URI url) {
        return url.getHost().toLowerCase(Locale.ROOT);
    }
}
