package io.meridian.domain.zone;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.net.Labels;
import io.meridian.domain.net.Labels.HostNameRule;
import io.meridian.domain.net.Protocol;
import io.meridian.domain.service.BoundPort;
import io.meridian.domain.service.Instance;
import io.meridian.domain.service.MesosFacts;
import io.meridian.domain.service.MesosTask;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.zone.TaskFacts.DiscoveryPort;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The records of the Mesos domain for one instance, by the settings of Mesos-DNS (specs: mesos-dns
 * 1.4 to 1.6, 2). Marathon sets a discovery name on every task; for a task that only Mesos reports,
 * its {@link MesosFacts} decide. {@link MesosRules} has the same rules over Mesos's own view of the
 * cluster.
 *
 * @param domain zone such as {@code mesos}, lower case, without trailing dot
 * @param ipSources in order, not empty, distinct; the first source with an address supplies all
 *     addresses of the task
 * @param hostNames which labels are valid ({@code EnforceRFC952})
 * @param srvWeight of every SRV record ({@code SRVRecordDefaultWeight}), 0..65535
 */
public record MesosDnsRules(
        String domain, List<IpSource> ipSources, HostNameRule hostNames, int srvWeight) {
    public MesosDnsRules {
        if (!Labels.isName(domain)) {
            throw new IllegalArgumentException(
                    "\"" + domain + "\" is not a lower-case domain without trailing dot");
        }
        if (ipSources.isEmpty()) {
            throw new IllegalArgumentException("at least one source of addresses is needed");
        }
        if (new HashSet<>(ipSources).size() < ipSources.size()) {
            throw new IllegalArgumentException("a source of addresses is named twice");
        }
        if (srvWeight < 0 || srvWeight > 65535) {
            throw new IllegalArgumentException(
                    "the weight of SRV records must be between 0 and 65535: was " + srvWeight);
        }
        ipSources = List.copyOf(ipSources);
    }

    /** The defaults of Mesos-DNS. */
    public static MesosDnsRules of(String domain) {
        return new MesosDnsRules(domain, IpSource.DEFAULT_ORDER, HostNameRule.RFC1123, 1);
    }

    /**
     * Adds the records of one running instance.
     *
     * <p>A name that is too long for DNS is left out, but labels of the task's own name and of SRV
     * names are shortened to fit. A port with neither host port nor container port has no record. A
     * name without known addresses is left out; SRV records that point to it stay.
     *
     * @param rows receives the records
     * @return the name of this instance alone, {@code X-H-S.F.D} with {@code X} as one label; empty
     *     if it has none that fits into DNS
     */
    Optional<String> add(
            String owner, ServiceId service, Instance instance, Collection<ZoneRow> rows) {
        String framework = framework(service);
        if (framework.isEmpty() || instance.agentUnknown()) {
            return Optional.empty();
        }
        TaskFacts facts = facts(owner, framework, instance);
        return addNames(facts, instance.discoveryName(service), rows);
    }

    /**
     * Adds the records of a task that only Mesos reports. A discovery name is also used verbatim.
     *
     * @return see {@link #add(String, ServiceId, Instance, Collection)}
     */
    Optional<String> addNames(TaskFacts task, String name, Collection<ZoneRow> rows) {
        String label = label(name);
        String verbatim = Labels.lowerCase(name);
        if (task.discovered() && !verbatim.equals(label)) {
            add(task, verbatim, rows);
        }
        return add(task, label, rows);
    }

    /** Adds one block of records; none for an invalid name. */
    private Optional<String> add(TaskFacts task, String name, Collection<ZoneRow> rows) {
        return Labels.isName(name)
                ? new TaskRecords(domain, srvWeight, task, name, rows).add()
                : Optional.empty();
    }

    /** {@code T}, {@code X} or a port's name as one label; possibly empty. */
    String label(String name) {
        return Labels.mesosLabel(name, hostNames);
    }

    private String framework(ServiceId service) {
        return Labels.mesosFragment(service.frameworkName(), hostNames);
    }

    private TaskFacts facts(String owner, String framework, Instance instance) {
        List<Integer> hostPorts = new ArrayList<>();
        List<DiscoveryPort> discoveryPorts = new ArrayList<>();
        boolean alone = instance.mesosOnly().isPresent();
        if (!alone) {
            addPorts(instance, hostPorts, discoveryPorts);
        }
        instance.mesos().ifPresent(facts -> addPorts(facts, hostPorts, discoveryPorts));
        return new TaskFacts(
                owner,
                framework,
                instance.task().value(),
                instance.agent().id(),
                addresses(instance),
                instance.agent().addresses(),
                hostPorts,
                instance.mesosOnly().map(MesosFacts::discovered).orElse(true),
                discoveryPorts);
    }

    /** The ports in the service's definition. */
    private void addPorts(
            Instance instance, List<Integer> hostPorts, List<DiscoveryPort> discoveryPorts) {
        for (BoundPort port : instance.ports()) {
            if (port.hostPort() != 0) {
                hostPorts.add(port.hostPort());
            }
            int number = port.hostPort() != 0 ? port.hostPort() : port.containerPort();
            if (number != 0) {
                discoveryPorts.add(
                        new DiscoveryPort(
                                label(port.name()), protocolLabels(port.protocols()), number));
            }
        }
    }

    /**
     * The ports in Mesos's DiscoveryInfo. Marathon writes 0 for a port without number; for other
     * frameworks Mesos-DNS serves 0 too.
     */
    private void addPorts(
            MesosFacts facts, List<Integer> hostPorts, List<DiscoveryPort> discoveryPorts) {
        hostPorts.addAll(facts.hostPorts());
        if (facts.discovered()) {
            for (MesosTask.Port port : facts.discovery().orElseThrow().ports()) {
                if (facts.onlySource() || port.number() != 0) {
                    discoveryPorts.add(discoveryPort(port.name(), port.protocol(), port.number()));
                }
            }
        }
    }

    /** A port of a DiscoveryInfo, with its texts verbatim. */
    DiscoveryPort discoveryPort(String name, String protocol, int number) {
        return new DiscoveryPort(label(name), protocolLabels(protocol), number);
    }

    /** The task's addresses in the Mesos domain; empty while unknown. */
    List<IpAddress> addresses(Instance instance) {
        for (IpSource source : ipSources) {
            List<IpAddress> found =
                    switch (source) {
                        case NETINFO -> instance.addresses();
                        case DOCKER -> told(instance, MesosFacts::dockerAddresses);
                        case MESOS -> told(instance, MesosFacts::mesosAddresses);
                        case HOST -> instance.agent().addresses();
                    };
            if (!found.isEmpty()) {
                return found;
            }
        }
        return List.of();
    }

    private static List<IpAddress> told(
            Instance instance, Function<MesosFacts, List<IpAddress>> what) {
        return instance.mesos().map(what).orElse(List.of());
    }

    /**
     * The protocols of a port. Mesos-DNS makes one label of the whole text; several protocols get
     * their own labels in addition (RFC 2782).
     */
    private List<String> protocolLabels(String protocol) {
        String whole = label(protocol);
        if (whole.isEmpty()) {
            return List.of("tcp", "udp");
        }
        if (protocol.indexOf(',') < 0) {
            return List.of(whole);
        }
        TreeSet<String> labels = new TreeSet<>();
        labels.add(whole);
        for (String one : protocol.split(",")) {
            labels.add(label(one));
        }
        labels.remove("");
        return List.copyOf(labels);
    }

    /**
     * The labels of a port with both protocols: the one odd label of Mesos-DNS, and those of RFC
     * 2782.
     */
    private static List<String> protocolLabels(SortedSet<Protocol> protocols) {
        return protocols.size() == 1
                ? List.of(protocols.first().label())
                : protocols.isEmpty() ? List.of("tcp", "udp") : List.of("udptcp", "udp", "tcp");
    }
}
