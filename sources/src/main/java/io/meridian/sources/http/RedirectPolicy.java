package io.meridian.sources.http;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Decides which redirects to follow and which servers get credentials. Leaders often name
 * themselves by addresses that only the cluster knows, so redirects are allowed widely. Credentials
 * go only to hosts that the operator has written down. Immutable.
 */
public final class RedirectPolicy {
    private final Set<String> allowed;
    private final Set<String> trusted = new TreeSet<>();

    /**
     * @param urls base URLs that are configured
     * @param allowed hosts in lower case; {@code *} is any
     */
    public RedirectPolicy(List<URI> urls, Set<String> allowed) {
        this.allowed = Set.copyOf(allowed);
        urls.forEach(url -> trusted.add(host(url)));
        allowed.stream().filter(host -> !host.equals("*")).forEach(trusted::add);
    }

    /**
     * Whether requests to this URL carry credentials.
     *
     * @param from URL that redirected there; no credentials go from https to http
     */
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
     * The base URL that a {@code Location} leads to. A location without scheme keeps that of {@code
     * from}.
     *
     * @param from base URL that answered with it
     * @param endpoint path below a base URL, such as {@code /v2/events}; a redirect must keep it
     * @return empty if the redirect must not be followed
     */
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
