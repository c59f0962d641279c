package io.meridian.domain.service;

import io.meridian.domain.net.IpAddress;

import java.util.List;

/**
 * The Mesos machine that runs a task.
 *
 * @param id Mesos agent id; empty if not known
 * @param host its {@code --hostname}: an address or a name
 * @param addresses what {@code host} stands for; empty while unresolved
 */
public record Agent(String id, String host, List<IpAddress> addresses) {
    public Agent {
        addresses = List.copyOf(addresses);
    }

    /** The newer one; what it does not tell is kept. */
    Agent merge(Agent newer) {
        return new Agent(
                newer.id.isEmpty() ? id : newer.id,
                newer.host.isEmpty() ? host : newer.host,
                newer.addresses.isEmpty() ? addresses : newer.addresses);
    }
}
