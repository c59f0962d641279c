package io.meridian.domain.service;

import io.meridian.domain.net.IpAddress;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One task as Mesos itself tells of it, whole: every claim has all that is known (specs:
 * marathon-mesos-api 4, 5.4). Texts are verbatim.
 *
 * @param framework name of its framework
 * @param name {@code Task.name}
 * @param unreachable contact to the agent is lost
 * @param agent host is empty while Mesos has not told of the agent
 * @param mode of its network; {@link NetworkMode#HOST} if nothing else is said
 * @param addresses of {@code container_status.network_infos} in the newest status of state {@code
 *     TASK_RUNNING}, without duplicates; from no other status, which may have the agent's
 * @param dockerAddresses of that status' labels {@code Docker.NetworkSettings.IPAddress}
 * @param mesosAddresses of that status' labels {@code MesosContainerizer.NetworkSettings.IPAddress}
 * @param hostPorts of its resources, ranges expanded in order; each 0..65535
 * @param mappings of host ports to ports inside the container
 * @param labels of the task
 * @param healthChecked whether it has a health check
 */
public record MesosTask(
        TaskId id,
        String framework,
        String name,
        Optional<Discovery> discovery,
        TaskPhase phase,
        boolean unreachable,
        Agent agent,
        NetworkMode mode,
        Containerizer containerizer,
        List<IpAddress> addresses,
        List<IpAddress> dockerAddresses,
        List<IpAddress> mesosAddresses,
        List<Integer> hostPorts,
        List<PortMapping> mappings,
        SortedMap<String, String> labels,
        Health health,
        boolean healthChecked) {
    public MesosTask {
        addresses = List.copyOf(addresses);
        dockerAddresses = List.copyOf(dockerAddresses);
        mesosAddresses = List.copyOf(mesosAddresses);
        hostPorts = List.copyOf(hostPorts);
        mappings = List.copyOf(mappings);
        labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    }

    /**
     * How its framework wants it to be found ({@code DiscoveryInfo}).
     *
     * @param name empty if there is none: then names are made of the task's own
     */
    public record Discovery(String name, List<Port> ports) {
        public Discovery {
            ports = List.copyOf(ports);
        }
    }

    /**
     * @param number 0..65535; which side of a mapping it is says {@link MesosPorts}
     * @param protocol such as {@code tcp} or {@code udp,tcp}; may be empty
     * @param name may be empty
     * @param labels such as {@code VIP_0} and {@code network-scope}
     */
    public record Port(int number, String protocol, String name, SortedMap<String, String> labels) {
        public Port {
            labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        }
    }

    /**
     * @param hostPort 0..65535
     * @param containerPort 0..65535
     * @param protocol may be empty, which means {@code tcp}
     */
    public record PortMapping(int hostPort, int containerPort, String protocol) {}

    /**
     * The service that it is a task of, if its framework is none whose services another source
     * tells of: by the name of its DiscoveryInfo, else its own, else its id.
     *
     * @return empty if its framework has no name
     */
    public Optional<ServiceId> service() {
        String path = discovery.map(Discovery::name).filter(found -> !found.isEmpty()).orElse(name);
        return framework.isEmpty()
                ? Optional.empty()
                : Optional.of(ServiceId.of(framework, path.isEmpty() ? id.value() : path));
    }
}
