package io.meridian.domain.service;

import io.meridian.domain.net.IpAddress;

import java.time.Instant;
import java.util.List;

/**
 * One running task of a service, with all that names and backends are made from.
 *
 * @param instance Marathon's instance id; several tasks of a pod share one, and a relaunched task
 *     keeps it
 * @param addresses task addresses, last known; may be empty
 * @param ports of this task, in definition order
 * @param phase {@link TaskPhase#RUNNING} or {@link TaskPhase#KILLING}
 * @param unreachable contact to the agent is lost
 * @param healthChecked whether traffic waits for a first good verdict
 */
public record Instance(
        TaskId task,
        String instance,
        Instant version,
        Agent agent,
        List<IpAddress> addresses,
        NetworkMode mode,
        Containerizer containerizer,
        List<BoundPort> ports,
        TaskPhase phase,
        boolean unreachable,
        boolean healthChecked,
        Health health) {
    public Instance {
        addresses = List.copyOf(addresses);
        ports = List.copyOf(ports);
    }

    /**
     * Whether new connections may go to it: running, reachable, and not failing or still owing its
     * first check.
     */
    public boolean takesTraffic() {
        return phase == TaskPhase.RUNNING
                && !unreachable
                && (healthChecked ? health == Health.HEALTHY : health != Health.UNHEALTHY);
    }
}
