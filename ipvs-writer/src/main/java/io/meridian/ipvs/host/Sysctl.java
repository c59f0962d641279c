package io.meridian.ipvs.host;

import java.util.Locale;
import java.util.Optional;

/**
 * A kernel setting that balancing depends on. {@code auto} changes it only where it still has the
 * kernel's own default: what somebody has set otherwise stays.
 */
public enum Sysctl {
    /** Without it no rule sees balanced connections, the masquerade rule neither. */
    CONNTRACK(
            "net.ipv4.vs.conntrack",
            "0",
            false,
            "the masquerade rule will not match, and real servers may answer past this host"),
    /** A connection to a real server that is gone ends at once instead of timing out. */
    EXPIRE_NODEST_CONN(
            "net.ipv4.vs.expire_nodest_conn",
            "0",
            true,
            "connections to real servers that are gone hang until they time out"),
    /** A client that sticks to a real server is sent elsewhere once that one drains. */
    EXPIRE_QUIESCENT_TEMPLATE(
            "net.ipv4.vs.expire_quiescent_template",
            "0",
            true,
            "clients with session affinity go on coming to real servers that drain"),
    /**
     * Whether a new connection from a port that was used before is balanced anew. Before Linux 5.9
     * that costs such a connection a second when connections are tracked.
     */
    CONN_REUSE_MODE(
            "net.ipv4.vs.conn_reuse_mode",
            "1",
            true,
            "new connections from ports that were used before may wait for a second"),
    /** Without it only this host's own connections to VIPs are answered. */
    IP_FORWARD(
            "net.ipv4.ip_forward",
            "0",
            false,
            "connections of containers and other hosts to VIPs get no answers");

    private final String key;
    private final String kernelDefault;
    private final boolean inContainers;
    private final String without;

    Sysctl(String key, String kernelDefault, boolean inContainers, String without) {
        this.key = key;
        this.kernelDefault = kernelDefault;
        this.inContainers = inContainers;
        this.without = without;
    }

    /** As {@code sysctl} has it. */
    public String key() {
        return key;
    }

    /** Below {@code meridian.dataplane.sysctl}. */
    public String setting() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it matters in a container's network namespace, where nothing is masqueraded. */
    public boolean matters(boolean container) {
        return inContainers || !container;
    }

    /** What goes wrong without it. */
    String without() {
        return without;
    }

    /** What somebody wants to be done with it. */
    public sealed interface Choice {
        /** Our value, where the kernel's default stands. */
        record Auto() implements Choice {}

        /** It is left alone. */
        record Keep() implements Choice {}

        /** That value, whatever stands there. */
        record Fixed(String value) implements Choice {}
    }

    /** Our value, on a kernel of that release. */
    String wanted(KernelRelease release) {
        return this == CONN_REUSE_MODE && release.isBefore(5, 9) ? "0" : "1";
    }

    /**
     * What to write; empty to leave it.
     *
     * @param current what stands there
     */
    Optional<String> change(Choice choice, String current, KernelRelease release) {
        String value =
                switch (choice) {
                    case Choice.Keep _ -> current;
                    case Choice.Fixed fixed -> fixed.value();
                    case Choice.Auto _ -> current.equals(kernelDefault) ? wanted(release) : current;
                };
        return value.equals(current) ? Optional.empty() : Optional.of(value);
    }

    /** Whether that value leaves undone what it is there for. */
    boolean isLacking(String value) {
        return (this == CONNTRACK || this == IP_FORWARD) && value.equals("0");
    }
}
