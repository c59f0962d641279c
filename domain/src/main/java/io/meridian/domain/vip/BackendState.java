package io.meridian.domain.vip;

/** State of a backend: whether it takes new connections, and if not, why. */
public enum BackendState {
    /** Takes new connections. */
    SERVING,
    /** Keeps its connections and takes no new ones, because it stops or its health check fails. */
    DRAINING,
    /**
     * The contact to its agent is lost. Takes new connections only if no backend of the VIP is
     * serving.
     */
    UNREACHABLE;

    /** The name in the HTTP API. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
