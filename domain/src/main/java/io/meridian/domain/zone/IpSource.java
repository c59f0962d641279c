package io.meridian.domain.zone;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A source of a task's addresses in {@code .mesos} names (Mesos-DNS {@code IPSources}). */
public enum IpSource {
    /**
     * The task's own network attachment as Mesos reports it. The address of a bridge is reachable
     * on its agent only.
     */
    NETINFO,
    /**
     * The label {@code Docker.NetworkSettings.IPAddress} of the task's status, which only Mesos
     * reports.
     */
    DOCKER,
    /**
     * The label {@code MesosContainerizer.NetworkSettings.IPAddress} of the task's status, which
     * only Mesos reports.
     */
    MESOS,
    /** The agent's addresses. */
    HOST;

    /** The default order of Mesos-DNS. The first source with an address supplies all addresses. */
    public static final List<IpSource> DEFAULT_ORDER = List.of(NETINFO, MESOS, HOST);

    /** Name in the configuration: {@code netinfo}, {@code docker}, {@code mesos}, {@code host}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads a name in the configuration; empty for other texts. */
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
