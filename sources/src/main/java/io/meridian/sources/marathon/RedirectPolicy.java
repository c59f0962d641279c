package io.meridian.sources.marathon;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a standby may send us and who gets our credentials. Leaders name themselves by addresses
 * that often only the cluster knows, so following is allowed widely; credentials go to hosts that
 * the operator has written down.
 */
final class RedirectPolicy {
    private static final String EVENTS = "/v2/events";

    private final Set<String> allowed;
    private final Set<String> trusted = new TreeSet<>();

    RedirectPolicy(MarathonSettings settings) {
        allowed = settings.allowedRedirectHosts();
        settings.urls().forEach(url -> trusted.add(host(url)));
        allowed.stream().filter(host -> !host.equals("*")).forEach(trusted::add);
    }

    /** Whether requests to this URL carry credentials; {@code from} is where we were sent from. */
    boolean mayCarryCredentials(URI base, URI from) {
        boolean downgraded =
                "https".equalsIgnoreCase(from.getScheme())
                        && !"https".equalsIgnoreCase(base.getScheme());
        return !downgraded && trusted.contains(host(base));
    }

    /**
     * The base URL behind a {@code Location}; empty if it may not be followed or is no event
     * stream.
     *
     * @param from base URL that answered with it
     */
    Optional<URI> follow(URI from, String location) {
        URI target;
        try {
            target = URI.create(from + EVENTS).resolve(location);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        String path = target.getRawPath() == null ? "" : target.getRawPath();
        String scheme = target.getScheme();
        boolean web = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
        if (!web || target.getHost() == null || !path.endsWith(EVENTS)) {
            return Optional.empty();
        }
        if (!allowed.contains("*") && !trusted.contains(host(target))) {
            return Optional.empty();
        }
        return Optional.of(
                URI.create(
                        scheme
                                + "://"
                                + target.getRawAuthority()
                                + path.substring(0, path.length() - EVENTS.length())));
    }

    private static String host(URI url) {
        return url.getHost().toLowerCase(Locale.ROOT);
    }
}
