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
 * What is known of the Mesos cluster itself: {@link #decide} turns a claim into facts, {@link
 * #apply} folds facts. Both are pure. What a claim leaves empty (no leader, addresses not resolved,
 * a listing without any agent) takes nothing away: last known good stays.
 */
public record MesosCluster(
        Masters masters, SortedMap<String, Agent> agents, SortedMap<String, Framework> frameworks) {
    public MesosCluster {
        agents = Collections.unmodifiableSortedMap(new TreeMap<>(agents));
        frameworks = Collections.unmodifiableSortedMap(new TreeMap<>(frameworks));
    }

    /**
     * @param leader see {@link ClusterClaim.Masters}; empty while none was ever known
     * @param masters {@code address:port} each, in the order in which they are known
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

    /** A cluster nothing is known of. */
    public static MesosCluster empty() {
        return new MesosCluster(new Masters("", List.of()), new TreeMap<>(), new TreeMap<>());
    }

    /** What follows from a claim; empty for one that says nothing new. */
    public List<ClusterEvent> decide(ClusterClaim claim) {
        return switch (claim) {
            case ClusterClaim.Masters told -> see(told);
            case ClusterClaim.AgentSeen told -> see(told);
            case ClusterClaim.AgentGone(String id) ->
                    agents.containsKey(id) ? List.of(new AgentRemoved(id)) : List.of();
            case ClusterClaim.FrameworkSeen told -> see(told);
            case ClusterClaim.FrameworkGone(String id) ->
                    frameworks.containsKey(id) ? List.of(new FrameworkRemoved(id)) : List.of();
            case ClusterClaim.ClusterListed listed -> list(listed);
            case ClusterClaim.Present present -> removeBut(present);
        };
    }

    /** What follows from several claims, each after the one before. */
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

    /** The state after a fact. Total: no event is refused. */
    public MesosCluster apply(ClusterEvent event) {
        return apply(List.of(event));
    }

    /** Folds several facts. */
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

    private List<ClusterEvent> see(ClusterClaim.Masters told) {
        Masters now =
                new Masters(
                        told.leader().isEmpty() ? masters.leader() : told.leader(),
                        told.masters().isEmpty() ? masters.masters() : told.masters());
        return now.equals(masters) ? List.of() : List.of(new MastersChanged(now));
    }

    private List<ClusterEvent> see(ClusterClaim.AgentSeen told) {
        Agent known = agents.get(told.id());
        Agent now =
                new Agent(
                        told.id(),
                        told.pid(),
                        told.hostname(),
                        told.addresses().isEmpty() && known != null
                                ? known.addresses()
                                : told.addresses());
        return now.equals(known) ? List.of() : List.of(new AgentChanged(now));
    }

    private List<ClusterEvent> see(ClusterClaim.FrameworkSeen told) {
        Framework known = frameworks.get(told.id());
        Framework now =
                new Framework(
                        told.id(),
                        told.name(),
                        told.pid(),
                        told.hostname(),
                        told.addresses().isEmpty() && known != null
                                ? known.addresses()
                                : told.addresses());
        return now.equals(known) ? List.of() : List.of(new FrameworkChanged(now));
    }

    private List<ClusterEvent> list(ClusterClaim.ClusterListed listed) {
        List<ClusterEvent> events = new ArrayList<>();
        listed.agents().forEach(agent -> events.addAll(see(agent)));
        listed.frameworks().forEach(framework -> events.addAll(see(framework)));
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

    /** A listing without any is what a master shows to whom it allows to see none. */
    private static SortedSet<String> lacking(Set<String> known, SortedSet<String> present) {
        SortedSet<String> lacking = new TreeSet<>();
        if (!present.isEmpty()) {
            lacking.addAll(known);
            lacking.removeAll(present);
        }
        return lacking;
    }
}
