package io.meridian.sources.mesos;

import io.meridian.domain.net.IpAddress;
import io.meridian.sources.http.LookupSettings;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Caches the addresses of the names of agents, frameworks and masters. Expired names are handed out
 * by {@link #takeWanted} for a lookup; their addresses are used until newer ones are known. Pure;
 * used by one thread.
 */
final class HostCache implements HostAddresses {
    private final LookupSettings settings;
    private final Map<String, CachedHost> hosts = new HashMap<>();
    private final Set<String> wanted = new TreeSet<>();
    private final Set<String> underWay = new HashSet<>();

    /** No later than the earliest expiry, so that most calls need not look at every host. */
    private Instant nextExpiry = Instant.MAX;

    private static final class CachedHost {
        private List<IpAddress> addresses = List.of();
        private Instant expires = Instant.MAX;
    }

    HostCache(LookupSettings settings) {
        this.settings = settings;
    }

    @Override
    public List<IpAddress> of(String host) {
        if (host.isEmpty()) {
            return List.of();
        }
        return IpAddress.parse(host).map(List::of).orElseGet(() -> ofName(host));
    }

    private List<IpAddress> ofName(String name) {
        CachedHost host = hosts.get(name);
        if (host == null) {
            hosts.put(name, new CachedHost());
            wanted.add(name);
            return List.of();
        }
        return host.addresses;
    }

    /** Names to look up now. Each is handed out once until {@link #resolved} is called for it. */
    List<String> takeWanted(Instant now) {
        if (!now.isBefore(nextExpiry)) {
            expire(now);
        }
        wanted.removeAll(underWay);
        List<String> names = new ArrayList<>(wanted);
        underWay.addAll(names);
        wanted.clear();
        return names;
    }

    private void expire(Instant now) {
        nextExpiry = Instant.MAX;
        hosts.forEach(
                (name, host) -> {
                    if (!now.isBefore(host.expires)) {
                        wanted.add(name);
                        host.expires = Instant.MAX;
                    }
                    nextExpiry = host.expires.isBefore(nextExpiry) ? host.expires : nextExpiry;
                });
    }

    /** When {@link #takeWanted} has an expired name; empty if no name expires. */
    Optional<Instant> nextDue() {
        return nextExpiry.equals(Instant.MAX) ? Optional.empty() : Optional.of(nextExpiry);
    }

    /**
     * A lookup ended. A failed one takes no cached address away.
     *
     * @param addresses empty if the lookup failed
     * @return whether the name has other addresses now
     */
    boolean resolved(String name, List<IpAddress> addresses, Instant now) {
        underWay.remove(name);
        CachedHost host = hosts.computeIfAbsent(name, _ -> new CachedHost());
        host.expires = now.plus(addresses.isEmpty() ? settings.failedTtl() : settings.ttl());
        nextExpiry = host.expires.isBefore(nextExpiry) ? host.expires : nextExpiry;
        List<IpAddress> sorted =
                addresses.stream().distinct().sorted().toList(); // name servers rotate them
        if (sorted.isEmpty() || sorted.equals(host.addresses)) {
            return false;
        }
        host.addresses = sorted;
        return true;
    }
}
