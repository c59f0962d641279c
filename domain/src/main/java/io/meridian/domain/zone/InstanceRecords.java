package io.meridian.domain.zone;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Labels;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.BoundPort;
import io.meridian.domain.service.Instance;

import java.util.Collection;
import java.util.List;
import java.util.SortedSet;

/**
 * Makes one block of Mesos-DNS records: those of one instance under one form {@code X} of its name
 * (specs: mesos-dns 1.6). With {@code F} the framework, {@code D} the domain, {@code H} the task
 * hash and {@code S} the agent's tail:
 *
 * <pre>
 * X.F.D              X-H-S.F.D              A, AAAA  task addresses
 * X.F.slave.D        X-H-S.F.slave.D        A, AAAA  agent addresses
 * _X._tcp.F.slave.D  _X._udp.F.slave.D      SRV      X-H-S.F.slave.D, each host port
 * _X._PROTO.F.D      _PORT._X._PROTO.F.D    SRV      X-H-S.F.D, each port
 * </pre>
 */
final class InstanceRecords {
    private final String domain;
    private final String name;
    private final String ownName;
    private final String serviceName;
    private final String tasks;
    private final String agents;
    private final String owner;
    private final Instance instance;
    private final List<IpAddress> taskAddresses;
    private final Collection<ZoneRow> rows;

    /**
     * @param framework {@code F}, normalised
     * @param name {@code X}, one or several labels, lower case
     * @param rows gets the records
     */
    InstanceRecords(
            String domain,
            String framework,
            String name,
            String owner,
            Instance instance,
            List<IpAddress> taskAddresses,
            Collection<ZoneRow> rows) {
        this.domain = domain;
        this.name = name;
        this.ownName = ownName(name, instance);
        this.serviceName = serviceName(name);
        this.tasks = "." + framework + "." + domain;
        this.agents = "." + framework + ".slave." + domain;
        this.owner = owner;
        this.instance = instance;
        this.taskAddresses = taskAddresses;
        this.rows = rows;
    }

    void add() {
        for (String host : List.of(name, ownName)) {
            addAddresses(host + tasks, taskAddresses);
            addAddresses(host + agents, instance.agent().addresses());
        }
        for (BoundPort port : instance.ports()) {
            if (port.hostPort() != 0) {
                addSrv(serviceName + "._tcp" + agents, port.hostPort(), ownName + agents);
                addSrv(serviceName + "._udp" + agents, port.hostPort(), ownName + agents);
            }
            int number = port.hostPort() != 0 ? port.hostPort() : port.containerPort();
            if (number != 0) {
                addPort(port, number);
            }
        }
    }

    private void addPort(BoundPort port, int number) {
        String portLabel = Labels.mesosLabel(port.name());
        for (String protocol : protocolLabels(port.protocols())) {
            String service = serviceName + "._" + protocol + tasks;
            addSrv(service, number, ownName + tasks);
            if (!portLabel.isEmpty()) {
                addSrv(
                        fit("_" + portLabel, Labels.MAX_LABEL) + "." + service,
                        number,
                        ownName + tasks);
            }
        }
    }

    private void addAddresses(String host, List<IpAddress> addresses) {
        for (IpAddress address : addresses) {
            add(host, address.isIpv4() ? RecordType.A : RecordType.AAAA, address.toString());
        }
    }

    private void addSrv(String service, int port, String target) {
        if (Labels.isName(target)) {
            add(service, RecordType.SRV, "0 1 " + port + " " + target + ".");
        }
    }

    private void add(String fullName, RecordType type, String data) {
        if (Labels.isName(fullName)) {
            rows.add(new ZoneRow(domain, fullName, type, data, owner));
        }
    }

    /** {@code _X}; the underscore goes before the first label. */
    private static String serviceName(String name) {
        int dot = name.indexOf('.');
        return dot < 0
                ? fit("_" + name, Labels.MAX_LABEL)
                : fit("_" + name.substring(0, dot), Labels.MAX_LABEL) + name.substring(dot);
    }

    /**
     * {@code X-H-S}; the hash and the agent go behind the last label. Without agent id {@code X-H}.
     */
    private static String ownName(String name, Instance instance) {
        String agentId = instance.agent().id();
        String agent = Labels.mesosLabel(agentId.substring(agentId.lastIndexOf('-') + 1));
        String tail =
                "-" + TaskHash.of(instance.task().value()) + (agent.isEmpty() ? "" : "-" + agent);
        int dot = name.lastIndexOf('.');
        return name.substring(0, dot + 1)
                + fit(name.substring(dot + 1), Math.max(0, Labels.MAX_LABEL - tail.length()))
                + tail;
    }

    /**
     * Mesos-DNS knows a port with both protocols by one odd label; we add those that RFC 2782 asks
     * for.
     */
    private static List<String> protocolLabels(SortedSet<Protocol> protocols) {
        return protocols.size() == 1
                ? List.of(protocols.first().label())
                : protocols.isEmpty() ? List.of("tcp", "udp") : List.of("udptcp", "udp", "tcp");
    }

    private static String fit(String label, int length) {
        return label.length() <= length ? label : label.substring(0, length);
    }
}
