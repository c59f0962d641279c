package io.meridian.domain.vip;

/** Whether a backend takes new connections, and if not, why. */
public enum BackendState {
    /** Takes new connections. */
    SERVING,
    /** Keeps its connections and takes no new ones: it is stopping, or its health check fails. */
    DRAINING,
    /** Contact to its agent is lost; used only where a VIP has no serving backend. */
    UNREACHABLE;

    /** As in the HTTP API. */
    public String label() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
