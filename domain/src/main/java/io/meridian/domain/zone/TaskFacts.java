package io.meridian.domain.zone;

import io.meridian.domain.net.IpAddress;

import java.util.List;

/**
 * What the Mesos-DNS records of one running task are made from, whoever told of it.
 *
 * @param owner of the rows
 * @param framework {@code F}, normalised: one or several labels
 * @param id Mesos task id
 * @param agent Mesos agent id; empty if not known
 * @param addresses of the task, by the order of sources
 * @param agentAddresses of its agent
 * @param hostPorts allocated on its agent, 1..65535
 * @param discovered whether the framework says how the task is to be found (DiscoveryInfo): then
 *     {@code discoveryPorts} are its SRV records, else its host ports are
 */
record TaskFacts(
        String owner,
        String framework,
        String id,
        String agent,
        List<IpAddress> addresses,
        List<IpAddress> agentAddresses,
        List<Integer> hostPorts,
        boolean discovered,
        List<DiscoveryPort> discoveryPorts) {
    TaskFacts {
        addresses = List.copyOf(addresses);
        agentAddresses = List.copyOf(agentAddresses);
        hostPorts = List.copyOf(hostPorts);
        discoveryPorts = List.copyOf(discoveryPorts);
    }

    /**
     * @param label of its name; empty if it has none
     * @param protocols labels without underscore
     * @param number 0..65535
     */
    record DiscoveryPort(String label, List<String> protocols, int number) {
        DiscoveryPort {
            protocols = List.copyOf(protocols);
        }
    }
}
