package io.meridian.domain.zone;

import io.meridian.domain.mesos.HostPort;
import io.meridian.domain.mesos.MesosView;
import io.meridian.domain.mesos.MesosView.Framework;
import io.meridian.domain.mesos.MesosView.Status;
import io.meridian.domain.mesos.MesosView.Task;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Labels;
import io.meridian.domain.zone.TaskFacts.DiscoveryPort;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The records that Mesos-DNS makes of a master's view of the cluster (specs: mesos-dns 1.3 to 1.6),
 * and {@code leader} and {@code master} of {@link DcosZone} (specs: dcos-net 1.2). An unreadable
 * part of the view costs only the records that need it, where Mesos-DNS rejects the whole state or
 * exits.
 *
 * @param names settings of the Mesos domain
 * @param server name of the name server ({@code SOAMname}), lower case, without trailing dot; it
 *     has records only inside the domain
 * @param serverAddresses listening addresses of the name server
 */
public record MesosRules(MesosDnsRules names, String server, List<IpAddress> serverAddresses) {
    private static final String RUNNING = "TASK_RUNNING";
    private static final String DOCKER_LABEL = "Docker.NetworkSettings.IPAddress";
    private static final String MESOS_LABEL = "MesosContainerizer.NetworkSettings.IPAddress";

    public MesosRules {
        serverAddresses = List.copyOf(serverAddresses);
    }

    /**
     * All records of one view.
     *
     * @param hosts resolves a host name to addresses, or to none; never called with an address
     * @return sorted, without duplicates; owners are {@code mesos agent <id>}, {@code mesos
     *     framework <name>} and {@code mesos task <id>}
     */
    public List<ZoneRow> rows(MesosView view, Function<String, List<IpAddress>> hosts) {
        return new Pass(view, host -> addresses(host, hosts)).rows();
    }

    private static List<IpAddress> addresses(String host, Function<String, List<IpAddress>> hosts) {
        return IpAddress.parse(host).map(List::of).orElseGet(() -> hosts.apply(host));
    }

    /** Computes the records of one view. */
    private final class Pass {
        private final MesosView view;
        private final Function<String, List<IpAddress>> hosts;
        private final ClusterRules cluster = new ClusterRules(names, true);
        private final String domain = names.domain();
        private final TreeSet<ZoneRow> rows = new TreeSet<>();

        private Pass(MesosView view, Function<String, List<IpAddress>> hosts) {
            this.view = view;
            this.hosts = hosts;
        }

        private List<ZoneRow> rows() {
            if (ZoneImage.inZone(server, domain)) {
                serverAddresses.forEach(
                        address ->
                                rows.add(
                                        new ZoneRow(
                                                domain,
                                                server,
                                                RecordType.of(address),
                                                address.toString(),
                                                ClusterRules.CLUSTER)));
            }
            cluster.addMasters(view.leader(), view.masters(), rows);
            Map<String, List<IpAddress>> agents = agents();
            for (Framework framework : view.frameworks()) {
                add(framework, agents);
            }
            return List.copyOf(rows);
        }

        /** The addresses of each agent; none for one that can't be resolved. */
        private Map<String, List<IpAddress>> agents() {
            Map<String, List<IpAddress>> agents = new HashMap<>();
            for (MesosView.Agent agent : view.agents()) {
                List<IpAddress> addresses =
                        HostPort.ofPid(agent.pid())
                                .map(HostPort::host)
                                .map(hosts)
                                .orElse(List.of());
                agents.put(agent.id(), addresses);
                cluster.addAgent(agent.id(), agent.pid(), addresses, rows);
            }
            return agents;
        }

        private void add(Framework framework, Map<String, List<IpAddress>> agents) {
            String label = Labels.mesosFragment(framework.name(), names.hostNames());
            if (label.isEmpty()) {
                return;
            }
            List<IpAddress> addresses =
                    framework.pid().isEmpty()
                            ? hosts.apply(framework.hostname())
                            : HostPort.ofPid(framework.pid())
                                    .map(HostPort::host)
                                    .map(hosts)
                                    .orElse(List.of());
            String owner = ClusterRules.CLUSTER + " framework " + framework.name();
            cluster.addFramework(owner, framework.name(), framework.pid(), addresses, rows);
            for (Task task : framework.tasks()) {
                if (task.state().equals(RUNNING) && agents.containsKey(task.agent())) {
                    add(label, task, agents.get(task.agent()));
                }
            }
        }

        private void add(String framework, Task task, List<IpAddress> agent) {
            boolean discovered = !task.discovery().name().isEmpty();
            TaskFacts facts =
                    new TaskFacts(
                            ClusterRules.CLUSTER + " task " + task.id(),
                            framework,
                            task.id(),
                            task.agent(),
                            taskAddresses(task, agent),
                            agent,
                            PortRanges.parse(task.ports()),
                            discovered,
                            discovered ? discoveryPorts(task.discovery()) : List.of());
            names.addNames(facts, discovered ? task.discovery().name() : task.name(), rows);
        }
    }

    /** A status without addresses of the task keeps those of the status before. */
    private List<IpAddress> taskAddresses(Task task, List<IpAddress> agent) {
        Optional<Status> latest =
                task.statuses().stream()
                        .filter(status -> status.state().equals(RUNNING))
                        .filter(MesosRules::hasAddresses)
                        .reduce((a, b) -> b.timestamp() > a.timestamp() ? b : a);
        return names.ipSources().stream()
                .map(
                        source ->
                                switch (source) {
                                    case NETINFO -> parsed(latest, MesosRules::networkAddresses);
                                    case DOCKER -> parsed(latest, s -> labels(s, DOCKER_LABEL));
                                    case MESOS -> parsed(latest, s -> labels(s, MESOS_LABEL));
                                    case HOST -> agent;
                                })
                .filter(found -> !found.isEmpty())
                .findFirst()
                .orElse(List.of());
    }

    private static boolean hasAddresses(Status status) {
        return Stream.of(
                        networkAddresses(status),
                        labels(status, DOCKER_LABEL),
                        labels(status, MESOS_LABEL))
                .flatMap(texts -> texts)
                .anyMatch(text -> IpAddress.parse(text).isPresent());
    }

    private static List<IpAddress> parsed(
            Optional<Status> status, Function<Status, Stream<String>> texts) {
        return status.stream()
                .flatMap(texts)
                .flatMap(text -> IpAddress.parse(text).stream())
                .distinct()
                .toList();
    }

    private static Stream<String> networkAddresses(Status status) {
        return status.networks().stream()
                .flatMap(
                        info ->
                                info.addresses().isEmpty()
                                        ? Stream.of(info.address())
                                        : info.addresses().stream());
    }

    private static Stream<String> labels(Status status, String key) {
        return status.labels().stream()
                .filter(label -> label.key().equals(key))
                .map(MesosView.Label::value);
    }

    private List<DiscoveryPort> discoveryPorts(MesosView.Discovery discovery) {
        return discovery.ports().stream()
                .map(port -> names.discoveryPort(port.name(), port.protocol(), port.number()))
                .toList();
    }
}
