package io.meridian.domain.mesos;

import java.util.List;

/**
 * The cluster as its leading master describes it ({@code /master/state}; specs: mesos-dns 1.1).
 * Texts are verbatim; the rules skip each unreadable one.
 *
 * @param leader {@code id@address:port}; empty if the document has none
 * @param masters {@code address:port} of each master, in configured order; an empty text is a
 *     leader that is not known
 */
public record MesosView(
        String leader, List<String> masters, List<Agent> agents, List<Framework> frameworks) {
    public MesosView {
        masters = List.copyOf(masters);
        agents = List.copyOf(agents);
        frameworks = List.copyOf(frameworks);
    }

    /**
     * @param pid process id of the agent, {@code slave(1)@host:port}; IPv6 in brackets
     */
    public record Agent(String id, String pid) {}

    /**
     * @param pid process id of the scheduler, {@code scheduler(1)@host:port}; empty for an HTTP
     *     scheduler
     * @param hostname hostname of the scheduler: an address or a name
     */
    public record Framework(String name, String pid, String hostname, List<Task> tasks) {
        public Framework {
            tasks = List.copyOf(tasks);
        }
    }

    /**
     * @param agent id of the agent that runs the task
     * @param state such as {@code TASK_RUNNING}
     * @param ports ports of the task's resources, such as {@code [31000-31001, 31005-31005]}; may
     *     be empty
     */
    public record Task(
            String id,
            String name,
            String agent,
            String state,
            String ports,
            List<Status> statuses,
            Discovery discovery) {
        public Task {
            statuses = List.copyOf(statuses);
        }
    }

    /**
     * @param timestamp seconds since the epoch
     */
    public record Status(
            String state, double timestamp, List<NetworkInfo> networks, List<Label> labels) {
        public Status {
            networks = List.copyOf(networks);
            labels = List.copyOf(labels);
        }
    }

    /**
     * @param addresses {@code ip_addresses[].ip_address}
     * @param address {@code ip_address}, which Mesos 0.25 had instead; else empty
     */
    public record NetworkInfo(List<String> addresses, String address) {
        public NetworkInfo {
            addresses = List.copyOf(addresses);
        }
    }

    public record Label(String key, String value) {}

    /** DiscoveryInfo; {@link #NONE} if the task has none. */
    public record Discovery(String name, List<Port> ports) {
        public static final Discovery NONE = new Discovery("", List.of());

        public Discovery {
            ports = List.copyOf(ports);
        }
    }

    /**
     * @param protocol verbatim, such as {@code tcp} or {@code udp,tcp}; may be empty
     */
    public record Port(int number, String protocol, String name) {}
}
