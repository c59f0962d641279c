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
 * @param protocols what it speaks; {@code udp,tcp} is one port with two
 * @param containerPort port inside the container, 0..65535; 0 means "the same as the host port",
 *     and so in host mode
 * @param hasHostPort whether a host port is allocated for it: tasks list host ports for these only,
 *     in definition order
 * @param vipLabels its VIP labels, sorted by key
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
}
