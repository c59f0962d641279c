package io.meridian.sources.marathon;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.service.Agent;
import io.meridian.domain.service.ServiceId;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What agent host names stand for: literals at once; names from tasks in host mode, whose addresses
 * are the agent's own; other names by looking them up, which never happens here but is asked for.
 * An outdated answer serves until a newer one comes.
 *
 * <p>Times are {@link System#nanoTime} readings. Used by one thread.
 */
final class AgentAddresses {
    private final long positiveTtl;
    private final long negativeTtl;
    private final long learnedTtl;
    private final Map<String, Known> known = new HashMap<>();
    private final Set<String> wanted = new LinkedHashSet<>();
    private final Set<String> underWay = new LinkedHashSet<>();

    private static final class Known {
        private List<IpAddress> addresses = List.of();
        private long until;
        private final Set<ServiceId> waiting = new LinkedHashSet<>();
    }

    /**
     * What a lookup changed.
     *
     * @param waiting services that were seen on the host while it had no address
     * @param changed whether it had other addresses before
     */
    record Resolved(Set<ServiceId> waiting, boolean changed) {}

    /** How long found, failed and learned addresses hold, in nanoseconds. */
    AgentAddresses(long positiveTtl, long negativeTtl, long learnedTtl) {
        this.positiveTtl = positiveTtl;
        this.negativeTtl = negativeTtl;
        this.learnedTtl = learnedTtl;
    }

    /**
     * The agent with the addresses that are known now; what is not is noted in {@link #takeWanted}.
     */
    Agent addressed(ServiceId service, Agent agent, long now) {
        if (agent.host().isEmpty()) {
            return agent;
        }
        Known entry = known.get(agent.host());
        if (entry == null) {
            entry = new Known();
            entry.until = now;
            Optional<IpAddress> literal = IpAddress.parse(agent.host());
            if (literal.isPresent()) {
                entry.addresses = List.of(literal.get());
                entry.until = Long.MAX_VALUE;
            }
            known.put(agent.host(), entry);
        }
        if (entry.until != Long.MAX_VALUE
                && entry.until - now <= 0
                && !underWay.contains(agent.host())) {
            wanted.add(agent.host());
        }
        if (entry.addresses.isEmpty()) {
            entry.waiting.add(service);
        }
        return new Agent(agent.id(), agent.host(), entry.addresses);
    }

    /** Addresses that a task in host mode reported. */
    void learn(String host, List<IpAddress> addresses, long now) {
        if (host.isEmpty() || addresses.isEmpty() || IpAddress.parse(host).isPresent()) {
            return;
        }
        Known entry = known.computeIfAbsent(host, _ -> new Known());
        entry.addresses = addresses.stream().distinct().sorted().toList();
        entry.until = now + learnedTtl;
        wanted.remove(host);
    }

    /** Names to look up now; each is handed out once until {@link #resolved} is told of it. */
    List<String> takeWanted() {
        List<String> names = new ArrayList<>(wanted);
        underWay.addAll(names);
        wanted.clear();
        return names;
    }

    /**
     * @param addresses empty if the lookup failed
     */
    Resolved resolved(String host, List<IpAddress> addresses, long now) {
        underWay.remove(host);
        Known entry = known.computeIfAbsent(host, _ -> new Known());
        if (addresses.isEmpty()) {
            entry.until = now + negativeTtl;
            return new Resolved(Set.of(), false);
        }
        List<IpAddress> sorted =
                addresses.stream().distinct().sorted().toList(); // name servers rotate them
        boolean changed = !entry.addresses.isEmpty() && !entry.addresses.equals(sorted);
        entry.addresses = sorted;
        entry.until = now + positiveTtl;
        Set<ServiceId> waiting = Set.copyOf(entry.waiting);
        entry.waiting.clear();
        return new Resolved(waiting, changed);
    }

    /** Asks for a name again, if it still has no address and somebody waits for it. */
    void retry(String host) {
        Known entry = known.get(host);
        if (entry != null
                && entry.addresses.isEmpty()
                && !entry.waiting.isEmpty()
                && !underWay.contains(host)) {
            wanted.add(host);
        }
    }
}
