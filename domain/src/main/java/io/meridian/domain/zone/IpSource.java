package io.meridian.domain.zone;

import java.util.List;
import java.util.Optional;

/** Where a task's addresses in {@code .mesos} names come from (Mesos-DNS {@code IPSources}). */
public enum IpSource {
    /**
     * What Mesos reports for the task's own network attachment. For a bridge that is reachable on
     * its agent only.
     */
    NETINFO,
    /** The agent's addresses. */
    HOST;

    /** The first source that has an address supplies all. */
    public static final List<IpSource> DEFAULT_ORDER = List.of(NETINFO, HOST);

    /** As in the configuration: {@code netinfo}, {@code host}. */
    public String label() {
        return this == NETINFO ? "netinfo" : "host";
    }

    /** Reads what {@link #label()} writes; anything else is empty. */
    public static Optional<IpSource> parse(String text) {
        return switch (text) {
            case "netinfo" -> Optional.of(NETINFO);
            case "host" -> Optional.of(HOST);
            default -> Optional.empty();
        };
    }
}
