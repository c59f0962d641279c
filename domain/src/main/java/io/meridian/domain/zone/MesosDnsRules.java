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
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Mesos-DNS's settings that decide about records, and the records of its domain that one instance
 * gives (specs: mesos-dns 1.4 to 1.6, 2). Marathon sets a discovery name on every task; of a task
 * that only Mesos tells of, its {@link MesosFacts} say. {@link MesosRules} has the same rules over
 * Mesos's own view of everything.
 *
 * @param domain zone, such as {@code mesos}; lower case, without trailing dot
 * @param ipSources in order, not empty, each once: the first that has an address supplies all
 *     addresses of the task
 * @param hostNames which labels are made ({@code EnforceRFC952})
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

    /** As Mesos-DNS is when nothing else is said. */
    public static MesosDnsRules of(String domain) {
        return new MesosDnsRules(domain, IpSource.DEFAULT_ORDER, HostNameRule.RFC1123, 1);
    }

    /**
     * The records of one running instance.
     *
     * <p>A name that DNS can't hold is left out; labels of the task's own name and of SRV names are
     * shortened to fit instead. A port that has neither host nor container port has no record: no
     * number was given to it. A name whose addresses are not known is left out, the SRV records
     * that point to it are not.
     *
     * @param rows gets them
     * @return the name that only this instance has, {@code X-H-S.F.D} with {@code X} as one label;
     *     empty if it has none that DNS can hold
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
     * A name that is said to be for discovery is there verbatim, too.
     *
     * @return see {@link #add(String, ServiceId, Instance, Collection)}
     */
    Optional<String> addNames(TaskFacts task, String name, Collection<ZoneRow> rows) {
        String label = label(name);
        String verbatim = name.toLowerCase(Locale.ROOT);
        if (task.discovered() && !verbatim.equals(label)) {
            add(task, verbatim, rows);
        }
        return add(task, label, rows);
    }

    /** One block of records; none if the name is not one. */
    private Optional<String> add(TaskFacts task, String name, Collection<ZoneRow> rows) {
        return Labels.isName(name)
                ? new TaskRecords(domain, srvWeight, task, name, rows).add()
                : Optional.empty();
    }

    /** {@code T}, {@code X} or a port's name as one label; may be empty. */
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

    /** Those that the definition has. */
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
     * Those that Mesos tells of. Marathon writes 0 where it gave no number; of others Mesos-DNS
     * serves even that.
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

    /** A port of a DiscoveryInfo; texts verbatim. */
    DiscoveryPort discoveryPort(String name, String protocol, int number) {
        return new DiscoveryPort(label(name), protocolLabels(protocol), number);
    }

    /** The task's addresses in the Mesos domain; empty while they are not known. */
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
     * Mesos-DNS makes one label of the whole text; of several protocols we add each one's (RFC
     * 2782).
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
     * Mesos-DNS knows a port with both protocols by one odd label; we add those that RFC 2782 asks
     * for.
     */
    private static List<String> protocolLabels(SortedSet<Protocol> protocols) {
        return protocols.size() == 1
                ? List.of(protocols.first().label())
                : protocols.isEmpty() ? List.of("tcp", "udp") : List.of("udptcp", "udp", "tcp");
    }
}
