package io.meridian.domain.service;

import io.meridian.domain.net.IpAddress;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One task as Mesos reports it (specs: marathon-mesos-api 4, 5.4). Every observation has the
 * complete task. Texts are verbatim.
 *
 * @param framework name of the task's framework
 * @param name {@code Task.name}
 * @param unreachable whether Mesos has lost contact with the task's agent
 * @param agent agent of the task; its host is empty while Mesos has not reported the agent
 * @param mode mode of the task's network; {@link NetworkMode#HOST} unless Mesos reports another
 * @param addresses task addresses: {@code container_status.network_infos} of the newest status of
 *     state {@code TASK_RUNNING}, without duplicates; statuses of other states may have the agent's
 *     addresses
 * @param dockerAddresses values of that status's labels {@code Docker.NetworkSettings.IPAddress}
 * @param mesosAddresses values of that status's labels {@code
 *     MesosContainerizer.NetworkSettings.IPAddress}
 * @param hostPorts host ports of the task's resources, ranges expanded in order; each 0..65535
 * @param mappings port mappings, from host ports to ports inside the container
 * @param labels labels of the task
 * @param healthChecked whether the task has a health check
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
     * Names and ports by which the framework publishes the task ({@code DiscoveryInfo}).
     *
     * @param name discovery name; if empty, DNS names derive from the task's name
     */
    public record Discovery(String name, List<Port> ports) {
        public Discovery {
            ports = List.copyOf(ports);
        }
    }

    /**
     * @param number 0..65535; a host or a container port, see {@link MesosPorts}
     * @param protocol such as {@code tcp} or {@code udp,tcp}; may be empty
     * @param name may be empty
     * @param labels labels of the port, such as {@code VIP_0} and {@code network-scope}
     */
    public record Port(int number, String protocol, String name, SortedMap<String, String> labels) {
        public Port {
            labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
        }
    }

    /**
     * @param hostPort 0..65535
     * @param containerPort 0..65535
     * @param protocol name of the protocol; empty means {@code tcp}
     */
    public record PortMapping(int hostPort, int containerPort, String protocol) {}

    /** Whether the newest status has addresses of the task, of any kind. */
    boolean isAddressed() {
        return !addresses.isEmpty() || !dockerAddresses.isEmpty() || !mesosAddresses.isEmpty();
    }

    /** The task under the key that it has where the service's owner reads one framework only. */
    public MesosTask ofOneFramework() {
        return new MesosTask(
                new TaskId(id.value()),
                framework,
                name,
                discovery,
                phase,
                unreachable,
                agent,
                mode,
                containerizer,
                addresses,
                dockerAddresses,
                mesosAddresses,
                hostPorts,
                mappings,
                labels,
                health,
                healthChecked);
    }

    /**
     * The service of the task if Mesos owns it: named by the discovery name, otherwise by the
     * task's name, otherwise by its id.
     *
     * @return the service; empty if the task's framework has no name
     */
    public Optional<ServiceId> service() {
        String path = discovery.map(Discovery::name).filter(found -> !found.isEmpty()).orElse(name);
        return framework.isEmpty()
                ? Optional.empty()
                : Optional.of(ServiceId.of(framework, path.isEmpty() ? id.value() : path));
    }
}
