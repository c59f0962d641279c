package io.meridian.sources.mesos;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Health;
import io.meridian.domain.service.MesosTask.PortMapping;

import java.util.List;

/**
 * A {@code TaskStatus}, as far as it is used.
 *
 * @param state such as {@code TASK_RUNNING}
 * @param reason such as {@code REASON_AGENT_REMOVED}; may be empty
 * @param timestamp seconds since the epoch, by the clock of the component that made the status; 0
 *     if it has none
 * @param health {@link Health#UNKNOWN} if it says nothing of it
 * @param agent id; may be empty
 * @param lostContact whether it says since when the agent has been unreachable
 * @param networks of its {@code container_status}
 * @param dockerAddresses of its labels {@code Docker.NetworkSettings.IPAddress}
 * @param mesosAddresses of its labels {@code MesosContainerizer.NetworkSettings.IPAddress}
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
     * @param name empty: the host's network, or one that has no name
     */
    record Network(String name, List<IpAddress> addresses, List<PortMapping> mappings) {
        Network {
            addresses = List.copyOf(addresses);
            mappings = List.copyOf(mappings);
        }
    }

    /** Whether it tells the task's own addresses at all. */
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
