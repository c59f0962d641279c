package io.meridian.sources.mesos;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.MesosTask.PortMapping;

import java.util.List;

/**
 * The fields of a {@code TaskStatus} that Meridian uses.
 *
 * @param state such as {@code TASK_RUNNING}
 * @param reason such as {@code REASON_AGENT_REMOVED}; may be empty
 * @param timestamp seconds since the epoch, by the clock of the component that created the status;
 *     0 if absent
 * @param health {@link Health#UNKNOWN} if the status has no health
 * @param agent id of the agent; may be empty
 * @param lostContact whether the status has the time since which the agent is unreachable
 * @param networks network infos of {@code container_status}
 * @param dockerAddresses values of the labels {@code Docker.NetworkSettings.IPAddress}
 * @param mesosAddresses values of the labels {@code MesosContainerizer.NetworkSettings.IPAddress}
 */
record StatusReport(
        String state,
        String reason,
        double timestamp,
        Health health,
        String agent,
        boolean lostContact,
        List<Network> networks,
        List<IpAddress> dockerAddresses,
        List<IpAddress> mesosAddresses) {
    StatusReport {
        networks = List.copyOf(networks);
        dockerAddresses = List.copyOf(dockerAddresses);
        mesosAddresses = List.copyOf(mesosAddresses);
    }

    /**
     * A {@code NetworkInfo}.
     *
     * @param name of the network; empty for the host's network or a network without name
     */
    record Network(String name, List<IpAddress> addresses, List<PortMapping> mappings) {
        Network {
            addresses = List.copyOf(addresses);
            mappings = List.copyOf(mappings);
        }
    }

    /** Whether the status has addresses of the task itself. */
    boolean tellsAddresses() {
        if (!dockerAddresses.isEmpty() || !mesosAddresses.isEmpty()) {
            return true;
        }
        for (Network network : networks) {
            if (!network.addresses().isEmpty()) {
                return true;
            }
        }
        return false;
    }
}
