package io.meridian.domain.zone;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Labels;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.ServiceId;

import java.util.Collection;
import java.util.List;

/**
 * The zone {@value #ORIGIN} of dcos-dns: where a task is to be found, by what is asked for (specs:
 * dcos-net 1.2). With {@code <task>} and {@code <FW>} one label each by DC/OS's rules:
 *
 * <pre>
 * &lt;task&gt;.&lt;FW&gt;.agentip.ORIGIN      the agent's addresses
 * &lt;task&gt;.&lt;FW&gt;.containerip.ORIGIN  the task's addresses; none if it reports none
 * &lt;task&gt;.&lt;FW&gt;.autoip.ORIGIN       where its ports are reached: the agent's addresses if a port is
 *                                 mapped or the task reports none, else the task's
 * </pre>
 */
public final class DcosZone {
    public static final String ORIGIN = "dcos.thisdcos.directory";

    /** TTL of the addresses in seconds, as in dcos-net. */
    public static final int TTL_SECONDS = 5;

    private DcosZone() {}

    /**
     * Adds the records of one running instance. There are none if no valid label is left of its
     * name or its framework's.
     */
    static void add(String owner, ServiceId service, Instance instance, Collection<ZoneRow> rows) {
        String task = Labels.dcosLabel(instance.discoveryName(service));
        String framework = Labels.dcosLabel(service.frameworkName());
        if (task.isEmpty() || framework.isEmpty()) {
            return;
        }
        String prefix = task + "." + framework + ".";
        List<IpAddress> own = instance.addresses();
        List<IpAddress> agent = instance.agent().addresses();
        add(prefix + "agentip", agent, owner, rows);
        add(prefix + "containerip", own, owner, rows);
        add(prefix + "autoip", own.isEmpty() || mapsPorts(instance) ? agent : own, owner, rows);
    }

    /**
     * Whether a port is reached at the agent's address: on the host's network every port is,
     * without any mapping.
     */
    private static boolean mapsPorts(Instance instance) {
        return instance.mode() != NetworkMode.HOST
                && instance.ports().stream().anyMatch(port -> port.hostPort() != 0);
    }

    static void add(
            String relative, List<IpAddress> addresses, String owner, Collection<ZoneRow> rows) {
        for (IpAddress address : addresses) {
            rows.add(
                    new ZoneRow(
                            ORIGIN,
                            relative + "." + ORIGIN,
                            RecordType.of(address),
                            address.toString(),
                            owner));
        }
    }
}
