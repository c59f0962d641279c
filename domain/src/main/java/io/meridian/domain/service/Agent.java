package io.meridian.domain.service;

import io.meridian.domain.net.IpAddress;

import java.util.List;

/**
 * The Mesos agent that runs a task.
 *
 * @param id Mesos agent id; empty if not known
 * @param host {@code --hostname} of the agent: an address or a name
 * @param addresses addresses of {@code host}; empty while unresolved
 */
public record Agent(String id, String host, List<IpAddress> addresses) {
    public Agent {
        addresses = List.copyOf(addresses);
    }

    /** Merges a newer report of the agent; parts that the report lacks are kept. */
    Agent merge(Agent newer) {
        return new Agent(
                newer.id.isEmpty() ? id : newer.id,
                newer.host.isEmpty() ? host : newer.host,
                newer.addresses.isEmpty() ? addresses : newer.addresses);
    }
}
