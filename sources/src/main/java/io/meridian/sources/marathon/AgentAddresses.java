package io.meridian.sources.marathon;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.NetworkMode;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskPhase;
import io.meridian.domain.service.TaskSighting;
import io.meridian.sources.http.LookupSettings;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Caches the addresses of agents' host names. Literals need no lookup. Tasks in host mode report
 * their agent's addresses. Other names are handed out by {@link #takeWanted} for a lookup. An
 * expired address is used until a newer one is known. Pure; used by one thread.
 */
final class AgentAddresses {
    private final LookupSettings settings;
    private final Duration learnedTtl;
    private final Map<String, CachedHost> hosts = new HashMap<>();
    private final Set<String> wanted = new LinkedHashSet<>();
    private final Set<String> underWay = new HashSet<>();

    /** Hosts without any address whose lookup failed, with the time of the next one. */
    private final Map<String, Instant> retries = new HashMap<>();

    private static final class CachedHost {
        private List<IpAddress> addresses = List.of();
        private Instant expires = Instant.MIN;
        private final Set<ServiceId> waiting = new LinkedHashSet<>();
    }

    /**
     * What a lookup changed.
     *
     * @param waiting services with tasks that were seen on the host while it had no address
     * @param changed whether the host had other addresses before
     */
    record Resolved(Set<ServiceId> waiting, boolean changed) {}

    /**
     * @param listingInterval addresses that a listing reported are valid for three of these, so
     *     that one failed listing does not expire them
     */
    AgentAddresses(LookupSettings settings, Duration listingInterval) {
        this.settings = settings;
        learnedTtl = listingInterval.multipliedBy(3);
    }

    /**
     * Learns from the running tasks in host mode of one answer of Marathon, before {@link
     * #addressed} is called for any of it: the order of the answer does not matter.
     *
     * @return services with tasks that were seen on such an agent while it had no address
     */
    Set<ServiceId> learn(List<Reading> answer, Instant now) {
        SortedMap<String, SortedSet<IpAddress>> reported = new TreeMap<>();
        for (Reading reading : answer) {
            if (reading.definition().mode() == NetworkMode.HOST) {
                for (TaskSighting task : reading.tasks()) {
                    if (task.phase() == TaskPhase.RUNNING) {
                        reported.computeIfAbsent(task.agent().host(), _ -> new TreeSet<>())
                                .addAll(task.addresses());
                    }
                }
            }
        }
        Set<ServiceId> waiting = new LinkedHashSet<>();
        reported.forEach(
                (host, addresses) -> waiting.addAll(learn(host, List.copyOf(addresses), now)));
        return waiting;
    }

    /** The tasks of a reading with their agents' cached addresses. */
    List<TaskSighting> addressed(ServiceId service, Reading reading, Instant now) {
        return reading.tasks().stream().map(task -> addressed(service, task, now)).toList();
    }

    /** The sighting with its agent's cached addresses, possibly none. */
    TaskSighting addressed(ServiceId service, TaskSighting seen, Instant now) {
        return new TaskSighting(
                seen.task(),
                seen.instance(),
                seen.container(),
                seen.version(),
                seen.phase(),
                seen.unreachable(),
                addressed(service, seen.agent(), now),
                seen.addresses(),
                seen.hostPorts(),
                seen.health());
    }

    /** The agent with its cached addresses. Wants a lookup if there is none or it has expired. */
    Agent addressed(ServiceId service, Agent agent, Instant now) {
        if (agent.host().isEmpty()) {
            return agent;
        }
        CachedHost host = hosts.computeIfAbsent(agent.host(), AgentAddresses::uncached);
        if (!now.isBefore(host.expires) && !underWay.contains(agent.host())) {
            wanted.add(agent.host());
        }
        if (host.addresses.isEmpty()) {
            host.waiting.add(service);
        }
        return new Agent(agent.id(), agent.host(), host.addresses);
    }

    private static CachedHost uncached(String name) {
        CachedHost host = new CachedHost();
        IpAddress.parse(name)
                .ifPresent(
                        literal -> {
                            host.addresses = List.of(literal);
                            host.expires = Instant.MAX;
                        });
        return host;
    }

    /** Caches addresses that tasks in host mode reported. */
    private Set<ServiceId> learn(String name, List<IpAddress> addresses, Instant now) {
        if (name.isEmpty() || addresses.isEmpty() || IpAddress.parse(name).isPresent()) {
            return Set.of();
        }
        CachedHost host = hosts.computeIfAbsent(name, _ -> new CachedHost());
        host.addresses = sorted(addresses);
        host.expires = now.plus(learnedTtl);
        wanted.remove(name);
        retries.remove(name);
        return takeWaiting(host);
    }

    private static Set<ServiceId> takeWaiting(CachedHost host) {
        Set<ServiceId> waiting = Set.copyOf(host.waiting);
        host.waiting.clear();
        return waiting;
    }

    /** Names to look up now. Each is handed out once until {@link #resolved} is called for it. */
    List<String> takeWanted(Instant now) {
        retries.forEach(
                (name, at) -> {
                    if (!now.isBefore(at)) {
                        wanted.add(name);
                    }
                });
        retries.keySet().removeAll(wanted);
        wanted.removeAll(underWay);
        List<String> names = new ArrayList<>(wanted);
        underWay.addAll(names);
        wanted.clear();
        return names;
    }

    /** When {@link #takeWanted} has a failed name to look up again; empty if there is none. */
    Optional<Instant> nextRetry() {
        return retries.values().stream().min(Instant::compareTo);
    }

    /**
     * A lookup ended. A failed one takes no cached address away.
     *
     * @param addresses empty if the lookup failed
     */
    Resolved resolved(String name, List<IpAddress> addresses, Instant now) {
        underWay.remove(name);
        CachedHost host = hosts.computeIfAbsent(name, _ -> new CachedHost());
        if (addresses.isEmpty()) {
            host.expires = now.plus(settings.failedTtl());
            if (host.addresses.isEmpty() && !host.waiting.isEmpty()) {
                retries.put(name, host.expires);
            }
            return new Resolved(Set.of(), false);
        }
        List<IpAddress> sorted = sorted(addresses);
        boolean changed = !host.addresses.isEmpty() && !host.addresses.equals(sorted);
        host.addresses = sorted;
        host.expires = now.plus(settings.ttl());
        return new Resolved(takeWaiting(host), changed);
    }

    /** Name servers rotate addresses; their order means nothing. */
    private static List<IpAddress> sorted(List<IpAddress> addresses) {
        return addresses.stream().distinct().sorted().toList();
    }
}
