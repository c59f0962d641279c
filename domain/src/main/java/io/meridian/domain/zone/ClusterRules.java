package io.meridian.domain.zone;

import io.meridian.domain.mesos.HostPort;
import io.meridian.domain.mesos.MesosCluster;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Labels;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The DNS records of a Mesos cluster's masters, agents and frameworks (specs: mesos-dns 1.3;
 * dcos-net 1.2 for {@code leader} and {@code master} of {@link DcosZone}).
 *
 * @param names settings of the Mesos domain
 * @param dcosNames whether {@link DcosZone} has the masters' names
 */
public record ClusterRules(MesosDnsRules names, boolean dcosNames) {
    /** Owner of the masters' rows, and prefix of every owner in this class. */
    static final String CLUSTER = "mesos";

    /** Owner of the rows of the masters. */
    public static String mastersOwner() {
        return CLUSTER;
    }

    /** Owner of the rows of an agent. */
    public static String agentOwner(String id) {
        return CLUSTER + " agent " + id;
    }

    /** Owner of the rows of a framework. */
    public static String frameworkOwner(String id) {
        return CLUSTER + " framework " + id;
    }

    /**
     * The records of the masters.
     *
     * @return sorted, without duplicates
     */
    public List<ZoneRow> rows(MesosCluster.Masters masters) {
        TreeSet<ZoneRow> rows = new TreeSet<>();
        addMasters(masters.leader(), masters.masters(), rows);
        return List.copyOf(rows);
    }

    public List<ZoneRow> rows(MesosCluster.Agent agent) {
        TreeSet<ZoneRow> rows = new TreeSet<>();
        addAgent(agent.id(), agent.pid(), agent.addresses(), rows);
        return List.copyOf(rows);
    }

    public List<ZoneRow> rows(MesosCluster.Framework framework) {
        TreeSet<ZoneRow> rows = new TreeSet<>();
        addFramework(
                frameworkOwner(framework.id()),
                framework.name(),
                framework.pid(),
                framework.addresses(),
                rows);
        return List.copyOf(rows);
    }

    void addMasters(String leader, List<String> known, Collection<ZoneRow> rows) {
        MasterRecords masters = MasterRecords.of(leader, known);
        masters.names().forEach((name, addresses) -> add(name, addresses, CLUSTER, rows));
        masters.leaderPort()
                .ifPresent(
                        port -> {
                            addSrv("_leader._tcp", port, "leader", CLUSTER, rows);
                            addSrv("_leader._udp", port, "leader", CLUSTER, rows);
                        });
        if (dcosNames) {
            for (String name : List.of("leader", "master")) {
                DcosZone.add(name, masters.names().getOrDefault(name, List.of()), CLUSTER, rows);
            }
        }
    }

    void addAgent(String id, String pid, List<IpAddress> addresses, Collection<ZoneRow> rows) {
        String owner = agentOwner(id);
        add("slave", addresses, owner, rows);
        HostPort.ofPid(pid).ifPresent(at -> addSrv("_slave._tcp", at.port(), "slave", owner, rows));
    }

    void addFramework(
            String owner,
            String name,
            String pid,
            List<IpAddress> addresses,
            Collection<ZoneRow> rows) {
        String label = Labels.mesosFragment(name, names.hostNames());
        if (label.isEmpty()) {
            return;
        }
        add(label, addresses, owner, rows);
        Optional<HostPort> at = HostPort.ofPid(pid);
        if (!addresses.isEmpty() && at.isPresent()) {
            addSrv("_framework._tcp." + label, at.get().port(), label, owner, rows);
        }
    }

    private void add(
            String relative, List<IpAddress> addresses, String owner, Collection<ZoneRow> rows) {
        for (IpAddress address : addresses) {
            add(relative, RecordType.of(address), address.toString(), owner, rows);
        }
    }

    private void addSrv(
            String service, int port, String target, String owner, Collection<ZoneRow> rows) {
        String data = "0 %d %d %s.%s.".formatted(names.srvWeight(), port, target, names.domain());
        add(service, RecordType.SRV, data, owner, rows);
    }

    private void add(
            String relative, RecordType type, String data, String owner, Collection<ZoneRow> rows) {
        String name = relative + "." + names.domain();
        if (Labels.isName(name)) {
            rows.add(new ZoneRow(names.domain(), name, type, data, owner));
        }
    }
}
