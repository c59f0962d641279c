package io.meridian.domain.zone;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Where a task's addresses in {@code .mesos} names come from (Mesos-DNS {@code IPSources}). */
public enum IpSource {
    /**
     * What Mesos reports for the task's own network attachment. For a bridge that is reachable on
     * its agent only.
     */
    NETINFO,
    /**
     * The label {@code Docker.NetworkSettings.IPAddress} of the task's status. Only Mesos tells of
     * it.
     */
    DOCKER,
    /**
     * The label {@code MesosContainerizer.NetworkSettings.IPAddress} of the task's status. Only
     * Mesos tells of it.
     */
    MESOS,
    /** The agent's addresses. */
    HOST;

    /** Mesos-DNS's own order. The first source that has an address supplies all. */
    public static final List<IpSource> DEFAULT_ORDER = List.of(NETINFO, MESOS, HOST);

    /** As in the configuration: {@code netinfo}, {@code docker}, {@code mesos}, {@code host}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads what {@link #label()} writes; anything else is empty. */
    public static Optional<IpSource> parse(String text) {
        return switch (text) {
            case "netinfo" -> Optional.of(NETINFO);
            case "docker" -> Optional.of(DOCKER);
            case "mesos" -> Optional.of(MESOS);
            case "host" -> Optional.of(HOST);
            default -> Optional.empty();
        };
    }
}
