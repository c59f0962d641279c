package io.meridian.domain.service;

import io.meridian.domain.net.IpAddress;

import java.time.Instant;
import java.util.List;

/**
 * What one status update or one listing entry says of one task.
 *
 * @param container pod container name; empty for an app's task
 * @param version run-spec version it was started with; {@link Instant#EPOCH} if not said
 * @param unreachable whether Mesos has lost contact with the agent; then {@code phase} is the last
 *     one known to be possible
 * @param addresses task addresses in Mesos's order; empty if this sighting has none (then earlier
 *     ones hold)
 * @param hostPorts allocated host ports, in the order of the definition's ports that have one
 * @param health {@link Health#UNKNOWN} if not said
 */
public record TaskSighting(
        TaskId task,
        String instance,
        String container,
        Instant version,
        TaskPhase phase,
        boolean unreachable,
        Agent agent,
        List<IpAddress> addresses,
        List<Integer> hostPorts,
        Health health) {
    public TaskSighting {
        addresses = List.copyOf(addresses);
        hostPorts = List.copyOf(hostPorts);
    }
}
