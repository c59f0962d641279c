package io.meridian.domain.zone;

import io.meridian.domain.net.IpAddress;

import java.util.List;

/**
 * Facts about one running task from which its Mesos-DNS records are made, from any source.
 *
 * @param owner of the rows
 * @param framework {@code F}, normalised: one or several labels
 * @param id Mesos task id
 * @param agent Mesos agent id; empty if unknown
 * @param addresses of the task, in the order of the address sources
 * @param agentAddresses of the task's agent
 * @param hostPorts allocated on the agent, 1..65535
 * @param discovered whether the framework sets DiscoveryInfo; the SRV records then have {@code
 *     discoveryPorts}, else {@code hostPorts}
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
     * A port of the DiscoveryInfo.
     *
     * @param label of the port's name; empty if it has none
     * @param protocols labels without underscore
     * @param number 0..65535
     */
    record DiscoveryPort(String label, List<String> protocols, int number) {
        DiscoveryPort {
            protocols = List.copyOf(protocols);
        }
    }
}
