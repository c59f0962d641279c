package io.meridian.domain.service;

import io.meridian.domain.net.IpAddress;

import java.time.Instant;
import java.util.List;

/**
 * The state of one task as one status update or one listing entry reports it.
 *
 * @param container pod container name; empty for an app's task
 * @param version run-spec version that the task was started with; {@link Instant#EPOCH} if the
 *     report has none
 * @param unreachable whether Mesos has lost contact with the agent; {@code phase} is then the last
 *     phase that the task can be in
 * @param addresses task addresses in Mesos's order; empty if this sighting has none (the service
 *     then keeps earlier ones)
 * @param hostPorts allocated host ports, in the order of the definition's ports that have one
 * @param health {@link Health#UNKNOWN} if the report has no verdict
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
