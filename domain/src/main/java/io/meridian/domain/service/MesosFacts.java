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
 * What only Mesos tells of an instance.
 *
 * @param onlySource whether nobody else tells of it: then its names and ports come from here
 * @param name {@code Task.name}, verbatim
 * @param discovery empty if the task has none
 * @param dockerAddresses see {@link MesosTask}
 * @param mesosAddresses see {@link MesosTask}
 * @param hostPorts of its resources, in order
 * @param mappings of host ports to ports inside the container
 * @param vipLabels those labels of the task that may say something of VIPs
 * @param supplied which parts of the instance are Mesos's because its owner has not told of them
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

    /** What a claim says, with nothing filled. */
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

    /** The newer ones; addresses and mappings that they lack are kept. */
    MesosFacts merge(MesosFacts newer) {
        return new MesosFacts(
                newer.onlySource,
                newer.name,
                newer.discovery.or(() -> discovery),
                newer.dockerAddresses.isEmpty() ? dockerAddresses : newer.dockerAddresses,
                newer.mesosAddresses.isEmpty() ? mesosAddresses : newer.mesosAddresses,
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

    /** The name of its DiscoveryInfo, else its own; may be empty. */
    public String discoveryName() {
        return discovered() ? discovery.orElseThrow().name() : name;
    }

    /** Whether the framework says by which name it is to be found. */
    public boolean discovered() {
        return discovery.filter(one -> !one.name().isEmpty()).isPresent();
    }
}
