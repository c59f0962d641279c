package io.meridian.domain.service;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.MesosTask.Discovery;
import io.meridian.domain.service.MesosTask.PortMapping;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Facts of an instance that only Mesos reports.
 *
 * @param onlySource whether Mesos is the instance's only source; its names and ports then derive
 *     from these facts
 * @param name {@code Task.name}, verbatim
 * @param discovery DiscoveryInfo of the task; empty if the task has none
 * @param dockerAddresses as in {@link MesosTask}
 * @param mesosAddresses as in {@link MesosTask}
 * @param hostPorts host ports of the task's resources, in order
 * @param mappings port mappings, from host ports to ports inside the container
 * @param vipLabels labels of the task that may concern VIPs
 * @param supplied parts of the instance that come from Mesos, because its owner has not reported
 *     them
 */
public record MesosFacts(
        boolean onlySource,
        String name,
        Optional<Discovery> discovery,
        List<IpAddress> dockerAddresses,
        List<IpAddress> mesosAddresses,
        List<Integer> hostPorts,
        List<PortMapping> mappings,
        SortedMap<String, String> vipLabels,
        SortedSet<Part> supplied) {
    public MesosFacts {
        dockerAddresses = List.copyOf(dockerAddresses);
        mesosAddresses = List.copyOf(mesosAddresses);
        hostPorts = List.copyOf(hostPorts);
        mappings = List.copyOf(mappings);
        vipLabels = Collections.unmodifiableSortedMap(new TreeMap<>(vipLabels));
        supplied = Collections.unmodifiableSortedSet(new TreeSet<>(supplied));
    }

    /** A part of an {@link Instance} that Mesos can supply. */
    public enum Part {
        AGENT_ID,
        AGENT_HOST,
        AGENT_ADDRESSES,
        ADDRESSES
    }

    /** The facts of an observation, with no part supplied yet. */
    static MesosFacts of(MesosTask task, boolean onlySource) {
        SortedMap<String, String> vipLabels = new TreeMap<>();
        task.labels()
                .forEach(
                        (key, value) -> {
                            if (VipLabels.concerns(key)) {
                                vipLabels.put(key, value);
                            }
                        });
        return new MesosFacts(
                onlySource,
                task.name(),
                task.discovery(),
                task.dockerAddresses(),
                task.mesosAddresses(),
                task.hostPorts(),
                task.mappings(),
                vipLabels,
                new TreeSet<>());
    }

    /**
     * Merges newer facts; ports and mappings that the newer facts lack are kept.
     *
     * @param addressed whether the newer facts are of a status with addresses of any kind, which go
     *     together
     */
    MesosFacts merge(MesosFacts newer, boolean addressed) {
        return new MesosFacts(
                newer.onlySource,
                newer.name,
                newer.discovery.or(() -> discovery),
                addressed ? newer.dockerAddresses : dockerAddresses,
                addressed ? newer.mesosAddresses : mesosAddresses,
                newer.hostPorts.isEmpty() ? hostPorts : newer.hostPorts,
                newer.mappings.isEmpty() ? mappings : newer.mappings,
                newer.vipLabels.isEmpty() ? vipLabels : newer.vipLabels,
                supplied);
    }

    MesosFacts withSupplied(SortedSet<Part> parts) {
        return new MesosFacts(
                onlySource,
                name,
                discovery,
                dockerAddresses,
                mesosAddresses,
                hostPorts,
                mappings,
                vipLabels,
                parts);
    }

    /** The name of the task's DiscoveryInfo, otherwise the task's name; may be empty. */
    public String discoveryName() {
        return discovered() ? discovery.orElseThrow().name() : name;
    }

    /** Whether the task has a discovery name. */
    public boolean discovered() {
        return discovery.filter(one -> !one.name().isEmpty()).isPresent();
    }
}
