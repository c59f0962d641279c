package io.meridian.domain.mesos;

import io.meridian.domain.mesos.ClusterEvent.AgentChanged;
import io.meridian.domain.mesos.ClusterEvent.AgentRemoved;
import io.meridian.domain.mesos.ClusterEvent.FrameworkChanged;
import io.meridian.domain.mesos.ClusterEvent.FrameworkRemoved;
import io.meridian.domain.mesos.ClusterEvent.MastersChanged;
import io.meridian.domain.net.IpAddress;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * State of the Mesos cluster. {@link #decide} turns an observation into events, {@link #apply}
 * applies them; both are pure. An empty part of an observation (no leader, a listing without
 * agents) removes nothing: the last known state is kept. Unresolved addresses of an agent or a
 * scheduler keep the known ones while its host is the same.
 */
public record MesosCluster(
        Masters masters, SortedMap<String, Agent> agents, SortedMap<String, Framework> frameworks) {
    public MesosCluster {
        agents = Collections.unmodifiableSortedMap(new TreeMap<>(agents));
        frameworks = Collections.unmodifiableSortedMap(new TreeMap<>(frameworks));
    }

    /**
     * @param leader see {@link ClusterClaim.Masters}; empty before the first leader is known
     * @param masters {@code address:port} of each master, in the order of the source's list
     */
    public record Masters(String leader, List<String> masters) {
        public Masters {
            masters = List.copyOf(masters);
        }
    }

    /** An agent; see {@link ClusterClaim.AgentSeen}. */
    public record Agent(String id, String pid, String hostname, List<IpAddress> addresses) {
        public Agent {
            addresses = List.copyOf(addresses);
        }
    }

    /** A framework; see {@link ClusterClaim.FrameworkSeen}. */
    public record Framework(
            String id, String name, String pid, String hostname, List<IpAddress> addresses) {
        public Framework {
            addresses = List.copyOf(addresses);
        }
    }

    /** A cluster before the first observation. */
    public static MesosCluster empty() {
        return new MesosCluster(new Masters("", List.of()), new TreeMap<>(), new TreeMap<>());
    }

    /** The events that follow from an observation; empty if it has nothing new. */
    public List<ClusterEvent> decide(ClusterClaim claim) {
        return switch (claim) {
            case ClusterClaim.Masters seen -> onMasters(seen);
            case ClusterClaim.AgentSeen seen -> onAgent(seen);
            case ClusterClaim.AgentGone(String id) ->
                    agents.containsKey(id) ? List.of(new AgentRemoved(id)) : List.of();
            case ClusterClaim.FrameworkSeen seen -> onFramework(seen);
            case ClusterClaim.FrameworkGone(String id) ->
                    frameworks.containsKey(id) ? List.of(new FrameworkRemoved(id)) : List.of();
            case ClusterClaim.ClusterListed listed -> onListing(listed);
            case ClusterClaim.Present present -> removeBut(present);
        };
    }

    /** The events that follow from several observations, applied in order. */
    public List<ClusterEvent> decide(List<? extends ClusterClaim> claims) {
        List<ClusterEvent> events = new ArrayList<>();
        MesosCluster state = this;
        for (ClusterClaim claim : claims) {
            List<ClusterEvent> facts = state.decide(claim);
            events.addAll(facts);
            state = state.apply(facts);
        }
        return events;
    }

    /** The state after an event. Total: no event is refused. */
    public MesosCluster apply(ClusterEvent event) {
        return apply(List.of(event));
    }

    /** The state after several events. */
    public MesosCluster apply(List<ClusterEvent> events) {
        SortedMap<String, Agent> nowAgents = new TreeMap<>(agents);
        SortedMap<String, Framework> nowFrameworks = new TreeMap<>(frameworks);
        Masters nowMasters = masters;
        for (ClusterEvent event : events) {
            switch (event) {
                case MastersChanged e -> nowMasters = e.masters();
                case AgentChanged e -> nowAgents.put(e.agent().id(), e.agent());
                case AgentRemoved e -> nowAgents.remove(e.id());
                case FrameworkChanged e -> nowFrameworks.put(e.framework().id(), e.framework());
                case FrameworkRemoved e -> nowFrameworks.remove(e.id());
            }
        }
        return new MesosCluster(nowMasters, nowAgents, nowFrameworks);
    }

    private List<ClusterEvent> onMasters(ClusterClaim.Masters seen) {
        Masters now =
                new Masters(
                        seen.leader().isEmpty() ? masters.leader() : seen.leader(),
                        seen.masters().isEmpty() ? masters.masters() : seen.masters());
        return now.equals(masters) ? List.of() : List.of(new MastersChanged(now));
    }

    private List<ClusterEvent> onAgent(ClusterClaim.AgentSeen seen) {
        Agent known = agents.get(seen.id());
        Agent now =
                new Agent(
                        seen.id(),
                        seen.pid(),
                        seen.hostname(),
                        seen.addresses().isEmpty()
                                        && known != null
                                        && sameHost(
                                                known.pid(),
                                                known.hostname(),
                                                seen.pid(),
                                                seen.hostname())
                                ? known.addresses()
                                : seen.addresses());
        return now.equals(known) ? List.of() : List.of(new AgentChanged(now));
    }

    private List<ClusterEvent> onFramework(ClusterClaim.FrameworkSeen seen) {
        Framework known = frameworks.get(seen.id());
        Framework now =
                new Framework(
                        seen.id(),
                        seen.name(),
                        seen.pid(),
                        seen.hostname(),
                        seen.addresses().isEmpty()
                                        && known != null
                                        && sameHost(
                                                known.pid(),
                                                known.hostname(),
                                                seen.pid(),
                                                seen.hostname())
                                ? known.addresses()
                                : seen.addresses());
        return now.equals(known) ? List.of() : List.of(new FrameworkChanged(now));
    }

    private static boolean sameHost(
            String knownPid, String knownHostname, String pid, String hostname) {
        return host(knownPid, knownHostname).equals(host(pid, hostname));
    }

    /** The host whose addresses a process has: that of its pid, the hostname without pid. */
    private static String host(String pid, String hostname) {
        return HostPort.ofPid(pid).map(HostPort::host).orElse(hostname);
    }

    private List<ClusterEvent> onListing(ClusterClaim.ClusterListed listed) {
        List<ClusterEvent> events = new ArrayList<>();
        listed.agents().forEach(agent -> events.addAll(onAgent(agent)));
        listed.frameworks().forEach(framework -> events.addAll(onFramework(framework)));
        events.addAll(removeBut(ClusterClaim.Present.of(listed)));
        return events;
    }

    private List<ClusterEvent> removeBut(ClusterClaim.Present present) {
        List<ClusterEvent> events = new ArrayList<>();
        lacking(agents.keySet(), present.agents()).forEach(id -> events.add(new AgentRemoved(id)));
        lacking(frameworks.keySet(), present.frameworks())
                .forEach(id -> events.add(new FrameworkRemoved(id)));
        return events;
    }

    /**
     * The known ids that a listing lacks. None if the listing is empty: a master shows an empty one
     * to a user without permission to view entries.
     */
    private static SortedSet<String> lacking(Set<String> known, SortedSet<String> present) {
        SortedSet<String> lacking = new TreeSet<>();
        if (!present.isEmpty()) {
            lacking.addAll(known);
            lacking.removeAll(present);
        }
        return lacking;
    }
}
