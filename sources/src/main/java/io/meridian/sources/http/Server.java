package io.meridian.sources.http;

import java.net.URI;

/**
 * The server that requests go to.
 *
 * @param base base URL of its API, after redirects
 * @param origin configured or discovered URL that redirected here; equal to {@code base} if none
 *     did. Decides whether credentials may be sent, see {@link RedirectPolicy}.
 * @param leader {@code host:port} of the leader as the server names it; empty if it names none
 */
public record Server(URI base, URI origin, String leader) {
    /** A server that no other one redirected to. */
    public static Server at(URI base) {
        return new Server(base, base, "");
    }

    /** {@link #leader}, or host and port of {@link #base} if the server names no leader. */
    public String leaderOrAuthority() {
        return leader.isEmpty() ? base.getAuthority() : leader;
    }
}
