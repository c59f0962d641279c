package io.meridian.domain.service;

import io.meridian.domain.net.Protocol;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * One port as a definition declares it.
 *
 * @param container name of the pod container that owns it; empty for apps
 * @param name port name; empty if it has none
 * @param protocols protocols of the port; {@code udp,tcp} is one port with two
 * @param containerPort port inside the container, 0..65535; 0 if it equals the host port, as always
 *     in host mode
 * @param hasHostPort whether Mesos allocates a host port for this port; tasks list the host ports
 *     of such ports only, in definition order
 * @param vipLabels VIP labels of the port, sorted by key
 */
public record PortDefinition(
        String container,
        String name,
        SortedSet<Protocol> protocols,
        int containerPort,
        boolean hasHostPort,
        List<LabelledVip> vipLabels) {
    public PortDefinition {
        if (containerPort < 0 || containerPort > 65535) {
            throw new IllegalArgumentException(
                    "containerPort must be between 0 and 65535: was " + containerPort);
        }
        protocols = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(protocols));
        vipLabels = List.copyOf(vipLabels);
    }

    /** A copy with other VIP labels. */
    public PortDefinition with(List<LabelledVip> labels) {
        return new PortDefinition(container, name, protocols, containerPort, hasHostPort, labels);
    }
}
