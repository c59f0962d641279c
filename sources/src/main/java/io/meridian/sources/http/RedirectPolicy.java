package io.meridian.sources.http;

import java.io.Serial;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
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
     * @throws Refused if the redirect must not be followed
     */
    public URI follow(URI from, String endpoint, String location) throws Refused {
        URI target;
        try {
            target = URI.create(from + endpoint).resolve(location);
        } catch (IllegalArgumentException e) {
            throw new Refused("which is not a URL");
        }
        String path = target.getRawPath() == null ? "" : target.getRawPath();
        String scheme = target.getScheme();
        boolean web = "http".equalsIgnoreCase(scheme) || "https".equalsIgnoreCase(scheme);
        if (!web || target.getHost() == null) {
            throw new Refused("which is not a URL of http or https with a host");
        }
        if (!path.endsWith(endpoint)) {
            throw new Refused("which is not " + endpoint + " of another server");
        }
        if (!allows(target)) {
            throw new Refused("which allowed-redirect-hosts does not allow");
        }
        if (isLocal(target) && !isLocal(from) && !trusted.contains(host(target))) {
            throw new Refused(
                    "which is a loopback or link-local address and so not another machine's; add"
                            + " the host to allowed-redirect-hosts to follow all the same");
        }
        return URI.create(
                scheme
                        + "://"
                        + target.getRawAuthority()
                        + path.substring(0, path.length() - endpoint.length()));
    }

    /** A redirect that is not followed; the message is a relative clause about its target. */
    public static final class Refused extends Exception {
        @Serial private static final long serialVersionUID = 1L;

        private Refused(String clause) {
            super(clause, null, false, false);
        }
    }

    /**
     * Whether the host is a loopback or link-local literal or {@code localhost}. Cloud providers
     * serve credentials at link-local addresses.
     */
    private static boolean isLocal(URI url) {
        String host = host(url).replaceAll("[\\[\\]]", "");
        if (host.equals("localhost") || host.endsWith(".localhost")) {
            return true;
        }
        try {
            InetAddress address = InetAddress.ofLiteral(host);
            return address.isLoopbackAddress()
                    || address.isLinkLocalAddress()
                    || address.isAnyLocalAddress();
        } catch (IllegalArgumentException name) {
            return false;
        }
    }

    private static String host(URI url) {
        return url.getHost().toLowerCase(Locale.ROOT);
    }
}
