package io.meridian.ipvs.host;

import java.util.Locale;
import java.util.Optional;

/**
 * A kernel setting on which balancing depends. {@code auto} changes it only from the kernel's
 * default; an operator's value stays.
 */
enum Sysctl {
    /** Lets rules see balanced connections; the masquerade rule needs it. */
    CONNTRACK(
            "net.ipv4.vs.conntrack",
            "0",
            false,
            "the masquerade rule will not match, and real servers may answer past this host"),
    /** Ends a connection to a removed real server at its next packet instead of its timeout. */
    EXPIRE_NODEST_CONN(
            "net.ipv4.vs.expire_nodest_conn",
            "0",
            true,
            "connections to real servers that are gone hang until they time out"),
    /** Sends a client with session affinity to another real server while its own drains. */
    EXPIRE_QUIESCENT_TEMPLATE(
            "net.ipv4.vs.expire_quiescent_template",
            "0",
            true,
            "clients with session affinity go on coming to real servers that drain"),
    /**
     * Balances a new connection from a reused client port again. Before Linux 5.9 that delays such
     * a connection by a second if connections are tracked.
     */
    CONN_REUSE_MODE(
            "net.ipv4.vs.conn_reuse_mode",
            "1",
            true,
            "new connections from ports that were used before may wait for a second"),
    /** Forwards replies to containers and other hosts. */
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

    /** The name for {@code sysctl}. */
    public String key() {
        return key;
    }

    /** The key below {@code meridian.dataplane.sysctl}. */
    public String setting() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Whether the setting is needed in a container's network namespace, where nothing is
     * masqueraded.
     */
    public boolean matters(boolean container) {
        return inContainers || !container;
    }

    /** The consequence if the setting is 0. */
    String without() {
        return without;
    }

    /** The operator's choice for a setting. */
    public sealed interface Choice {
        /** Sets Meridian's value if the kernel has its default. */
        record Auto() implements Choice {}

        /** Leaves the setting unchanged. */
        record Keep() implements Choice {}

        /** Sets this value in any case. */
        record Fixed(String value) implements Choice {}
    }

    /** Meridian's value for a kernel release. */
    String wanted(KernelRelease release) {
        return this == CONN_REUSE_MODE && release.isBefore(5, 9) ? "0" : "1";
    }

    /**
     * The value to write; empty to leave the setting unchanged.
     *
     * @param current value of the setting
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

    /** Whether a value defeats the purpose of the setting. */
    boolean isLacking(String value) {
        return (this == CONNTRACK || this == IP_FORWARD) && value.equals("0");
    }
}
