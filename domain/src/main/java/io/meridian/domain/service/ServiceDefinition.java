package io.meridian.domain.service;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The networking part of an app's or pod's definition.
 *
 * @param version time of the last revision; scaling is a revision
 * @param configSince time of the last revision that changed more than the scale; tasks of any
 *     version from this to {@code version} have this port layout (Marathon {@code
 *     versionInfo.lastConfigChangeAt})
 * @param ports ports in definition order
 * @param healthChecked containers with health checks, which take traffic only while healthy; the
 *     empty name is an app's
 * @param refusals one sentence for each unreadable part of the definition; the other parts are
 *     valid
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

    /** The same definition with further refusals. */
    public ServiceDefinition refusing(List<String> more) {
        if (more.isEmpty()) {
            return this;
        }
        List<String> all = new ArrayList<>(refusals);
        all.addAll(more);
        return new ServiceDefinition(
                version, configSince, mode, containerizer, ports, healthChecked, all);
    }

    /** Whether a task that was started with a version has this port layout. */
    public boolean covers(Instant taskVersion) {
        return !taskVersion.isBefore(configSince) && !taskVersion.isAfter(version);
    }
}
