package io.meridian.domain.service;

import io.meridian.domain.net.Protocol;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A port of a running instance: the port of the definition, with the allocated numbers.
 *
 * @param containerPort 0 if there is none (host mode, or a mapping without any usable port)
 * @param hostPort 0 if none was allocated
 * @param vipLabels VIP labels of the port
 */
public record BoundPort(
        String name,
        SortedSet<Protocol> protocols,
        int containerPort,
        int hostPort,
        List<LabelledVip> vipLabels) {
    public BoundPort {
        protocols = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(protocols));
        vipLabels = List.copyOf(vipLabels);
    }
}
