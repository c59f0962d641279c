package io.meridian.domain.service;

import java.time.Instant;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the user asked for, as far as networking goes.
 *
 * @param version when it was last revised; scaling revises too
 * @param configSince since when everything but the scale is as it is now; tasks of any version from
 *     this to {@code version} have this port layout (Marathon {@code
 *     versionInfo.lastConfigChangeAt})
 * @param ports in definition order
 * @param healthChecked containers whose traffic is gated by health checks; the empty name stands
 *     for an app
 * @param refusals what could not be read of it, one sentence each; the rest of it holds
 */
public record ServiceDefinition(
        Instant version,
        Instant configSince,
        NetworkMode mode,
        Containerizer containerizer,
        List<PortDefinition> ports,
        SortedSet<String> healthChecked,
        List<String> refusals) {
    public ServiceDefinition {
        if (configSince.isAfter(version)) {
            throw new IllegalArgumentException(
                    "configSince " + configSince + " is after version " + version);
        }
        ports = List.copyOf(ports);
        healthChecked = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(healthChecked));
        refusals = List.copyOf(refusals);
    }

    /** Whether a task started with that version has this port layout. */
    public boolean covers(Instant taskVersion) {
        return !taskVersion.isBefore(configSince) && !taskVersion.isAfter(version);
    }
}
