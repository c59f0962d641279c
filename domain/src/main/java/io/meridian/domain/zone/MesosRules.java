package io.meridian.domain.zone;

import io.meridian.domain.mesos.HostPort;
import io.meridian.domain.mesos.MesosView;
import io.meridian.domain.mesos.MesosView.Framework;
import io.meridian.domain.mesos.MesosView.Status;
import io.meridian.domain.mesos.MesosView.Task;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Labels;
import io.meridian.domain.zone.TaskFacts.DiscoveryPort;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The records that Mesos-DNS makes of what a master says of the whole cluster (specs: mesos-dns 1.3
 * to 1.6), and {@code leader} and {@code master} of {@link DcosZone} (specs: dcos-net 1.2). What
 * can't be read costs the records that need it, no others: where Mesos-DNS rejects the whole state
 * or exits, the rest of it is served here.
 *
 * @param names the settings
 * @param server name of the name server itself ({@code SOAMname}), lower case, without trailing
 *     dot; without records if it is not in the domain
 * @param serverAddresses where it listens
 */
public record MesosRules(MesosDnsRules names, String server, List<IpAddress> serverAddresses) {
    private static final String RUNNING = "TASK_RUNNING";
    private static final String DOCKER_LABEL = "Docker.NetworkSettings.IPAddress";
    private static final String MESOS_LABEL = "MesosContainerizer.NetworkSettings.IPAddress";

    /** Owner of what is the cluster's. */
    private static final String CLUSTER = "mesos";

    public MesosRules {
        serverAddresses = List.copyOf(serverAddresses);
    }

    /**
     * All records.
     *
     * @param hosts addresses of a name, none if it has none; not asked for addresses
     * @return sorted, without duplicates; the owner of an agent's rows is {@code mesos agent <id>},
     *     of a framework's {@code mesos framework <name>}, of a task's {@code mesos task <id>}
     */
    public List<ZoneRow> rows(MesosView view, Function<String, List<IpAddress>> hosts) {
        return new Pass(view, host -> addresses(host, hosts)).rows();
    }

    private static List<IpAddress> addresses(String host, Function<String, List<IpAddress>> hosts) {
        return IpAddress.parse(host).map(List::of).orElseGet(() -> hosts.apply(host));
    }

    /** One pass over one view. */
    private final class Pass {
        private final MesosView view;
        private final Function<String, List<IpAddress>> hosts;
        private final String domain = names.domain();
        private final TreeSet<ZoneRow> rows = new TreeSet<>();

        private Pass(MesosView view, Function<String, List<IpAddress>> hosts) {
            this.view = view;
            this.hosts = hosts;
        }

        private List<ZoneRow> rows() {
            if (ZoneImage.inZone(server, domain)) {
                add(server, serverAddresses, CLUSTER);
            }
            MasterRecords masters = MasterRecords.of(view.leader(), view.masters());
            masters.names()
                    .forEach((name, addresses) -> add(name + "." + domain, addresses, CLUSTER));
            masters.leaderPort()
                    .ifPresent(
                            port -> {
                                addSrv("_leader._tcp", port, "leader", CLUSTER);
                                addSrv("_leader._udp", port, "leader", CLUSTER);
                            });
            for (String name : List.of("leader", "master")) {
                DcosZone.add(name, masters.names().getOrDefault(name, List.of()), CLUSTER, rows);
            }
            Map<String, List<IpAddress>> agents = agents();
            for (Framework framework : view.frameworks()) {
                add(framework, agents);
            }
            return List.copyOf(rows);
        }

        /** Each agent's addresses; none for one that can't be found. */
        private Map<String, List<IpAddress>> agents() {
            Map<String, List<IpAddress>> agents = new HashMap<>();
            for (MesosView.Agent agent : view.agents()) {
                Optional<HostPort> at = HostPort.ofPid(agent.pid());
                List<IpAddress> addresses = at.map(HostPort::host).map(hosts).orElse(List.of());
                agents.put(agent.id(), addresses);
                String owner = CLUSTER + " agent " + agent.id();
                add("slave." + domain, addresses, owner);
                at.ifPresent(found -> addSrv("_slave._tcp", found.port(), "slave", owner));
            }
            return agents;
        }

        private void add(Framework framework, Map<String, List<IpAddress>> agents) {
            String label = Labels.mesosFragment(framework.name(), names.hostNames());
            if (label.isEmpty()) {
                return;
            }
            String owner = CLUSTER + " framework " + framework.name();
            Optional<HostPort> at = HostPort.ofPid(framework.pid());
            List<IpAddress> addresses =
                    framework.pid().isEmpty()
                            ? hosts.apply(framework.hostname())
                            : at.map(HostPort::host).map(hosts).orElse(List.of());
            add(label + "." + domain, addresses, owner);
            if (!addresses.isEmpty()) {
                at.ifPresent(
                        found -> addSrv("_framework._tcp." + label, found.port(), label, owner));
            }
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
                            CLUSTER + " task " + task.id(),
                            framework,
                            task.id(),
                            task.agent(),
                            taskAddresses(task, agent),
                            agent,
                            PortRanges.parse(task.ports()),
                            discovered,
                            discovered ? discoveryPorts(task.discovery()) : List.of());
            String name = discovered ? task.discovery().name() : task.name();
            if (discovered) {
                names.add(facts, name.toLowerCase(Locale.ROOT), rows);
            }
            names.add(facts, names.label(name), rows);
        }

        private void add(String name, List<IpAddress> addresses, String owner) {
            for (IpAddress address : addresses) {
                add(name, RecordType.of(address), address.toString(), owner);
            }
        }

        private void addSrv(String service, int port, String target, String owner) {
            String data = "0 %d %d %s.%s.".formatted(names.srvWeight(), port, target, domain);
            add(service + "." + domain, RecordType.SRV, data, owner);
        }

        private void add(String name, RecordType type, String data, String owner) {
            if (Labels.isName(name)) {
                rows.add(new ZoneRow(domain, name, type, data, owner));
            }
        }
    }

    private List<IpAddress> taskAddresses(Task task, List<IpAddress> agent) {
        Optional<Status> latest =
                task.statuses().stream()
                        .filter(status -> status.state().equals(RUNNING))
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
        List<DiscoveryPort> ports = new ArrayList<>();
        for (MesosView.Port port : discovery.ports()) {
            ports.add(
                    new DiscoveryPort(
                            names.label(port.name()),
                            protocolLabels(port.protocol()),
                            port.number()));
        }
        return ports;
    }

    /**
     * Mesos-DNS makes one label of the whole text; of several protocols we add each one's (RFC
     * 2782).
     */
    private List<String> protocolLabels(String protocol) {
        String whole = names.label(protocol);
        if (whole.isEmpty()) {
            return List.of("tcp", "udp");
        }
        TreeSet<String> labels = new TreeSet<>();
        labels.add(whole);
        for (String one : protocol.split(",")) {
            labels.add(names.label(one));
        }
        labels.remove("");
        return List.copyOf(labels);
    }
}
