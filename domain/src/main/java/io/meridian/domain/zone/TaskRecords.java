package io.meridian.domain.zone;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Labels;
import io.meridian.domain.zone.TaskFacts.DiscoveryPort;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Makes one block of Mesos-DNS records: those of one task under one form {@code X} of its name
 * (specs: mesos-dns 1.6). With {@code F} the framework, {@code D} the domain, {@code H} the task
 * hash and {@code S} the agent's tail:
 *
 * <pre>
 * X.F.D              X-H-S.F.D              A, AAAA  task addresses
 * X.F.slave.D        X-H-S.F.slave.D        A, AAAA  agent addresses
 * _X._tcp.F.slave.D  _X._udp.F.slave.D      SRV      X-H-S.F.slave.D, each host port
 * _X._PROTO.F.D      _PORT._X._PROTO.F.D    SRV      X-H-S.F.D, each discovery port
 * _X._tcp.F.D        _X._udp.F.D            SRV      X-H-S.F.slave.D, each host port; only if not
 *                                                    discovered
 * </pre>
 */
final class TaskRecords {
    private static final List<String> PROTOCOLS = List.of("._tcp", "._udp");

    private final String domain;
    private final int srvWeight;
    private final TaskFacts task;
    private final String name;
    private final String ownAtTasks;
    private final String ownAtAgents;
    private final String serviceName;
    private final String tasks;
    private final String agents;
    private final Collection<ZoneRow> rows;

    /**
     * @param name {@code X}, one or several labels, lower case
     * @param rows receives the records
     */
    TaskRecords(
            String domain, int srvWeight, TaskFacts task, String name, Collection<ZoneRow> rows) {
        this.domain = domain;
        this.srvWeight = srvWeight;
        this.task = task;
        this.name = name;
        String ownName = ownName(name, task.id(), task.agent());
        this.serviceName = serviceName(name);
        this.tasks = "." + task.framework() + "." + domain;
        this.agents = "." + task.framework() + ".slave." + domain;
        this.ownAtTasks = ownName + tasks;
        this.ownAtAgents = ownName + agents;
        this.rows = rows;
    }

    /**
     * Adds the block of records.
     *
     * @return the task's own name; empty if it does not fit into DNS
     */
    Optional<String> add() {
        addAddresses(name + tasks, task.addresses());
        addAddresses(name + agents, task.agentAddresses());
        addAddresses(ownAtTasks, task.addresses());
        addAddresses(ownAtAgents, task.agentAddresses());
        for (int port : task.hostPorts()) {
            for (String protocol : PROTOCOLS) {
                addSrv(serviceName + protocol + agents, port, ownAtAgents);
                if (!task.discovered()) {
                    addSrv(serviceName + protocol + tasks, port, ownAtAgents);
                }
            }
        }
        task.discoveryPorts().forEach(this::addPort);
        return Optional.of(ownAtTasks).filter(Labels::isName);
    }

    private void addPort(DiscoveryPort port) {
        for (String protocol : port.protocols()) {
            String service = serviceName + "._" + protocol + tasks;
            addSrv(service, port.number(), ownAtTasks);
            if (!port.label().isEmpty()) {
                String label = fit("_" + port.label(), Labels.MAX_LABEL);
                addSrv(label + "." + service, port.number(), ownAtTasks);
            }
        }
    }

    private void addAddresses(String host, List<IpAddress> addresses) {
        for (IpAddress address : addresses) {
            add(host, RecordType.of(address), address.toString());
        }
    }

    private void addSrv(String service, int port, String target) {
        if (Labels.isName(target)) {
            add(service, RecordType.SRV, "0 " + srvWeight + " " + port + " " + target + ".");
        }
    }

    private void add(String fullName, RecordType type, String data) {
        if (Labels.isName(fullName)) {
            rows.add(new ZoneRow(domain, fullName, type, data, task.owner()));
        }
    }

    /** {@code _X}, with the underscore before the first label. */
    private static String serviceName(String name) {
        int dot = name.indexOf('.');
        return dot < 0
                ? fit("_" + name, Labels.MAX_LABEL)
                : fit("_" + name.substring(0, dot), Labels.MAX_LABEL) + name.substring(dot);
    }

    /**
     * {@code X-H-S}, with hash and agent behind the last label, which is shortened to fit; {@code
     * X-H} without agent id.
     */
    private static String ownName(String name, String taskId, String agentId) {
        String agent = Labels.mesosLabel(agentId.substring(agentId.lastIndexOf('-') + 1));
        String tail = "-" + TaskHash.of(taskId) + (agent.isEmpty() ? "" : "-" + agent);
        int dot = name.lastIndexOf('.');
        return name.substring(0, dot + 1)
                + fit(name.substring(dot + 1), Math.max(0, Labels.MAX_LABEL - tail.length()))
                + tail;
    }

    private static String fit(String label, int length) {
        return label.length() <= length ? label : label.substring(0, length);
    }
}
