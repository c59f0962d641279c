package io.meridian.sources.mesos;

import io.meridian.domain.net.IpAddress;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;

/**
 * Names that agents, frameworks and masters go by, and what they stand for; asked again when their
 * time is over. What is known holds until something else is. Only its source calls it.
 */
final class Hosts implements AddressBook {
    private final long ttl;
    private final long failedTtl;
    private final LongSupplier clock;
    private final Map<String, Known> known = new HashMap<>();
    private final Set<String> wanted = new TreeSet<>();
    private final Set<String> underWay = new TreeSet<>();

    private static final class Known {
        private List<IpAddress> addresses = List.of();
        private long until;
    }

    /**
     * @param ttl nanoseconds
     * @param failedTtl nanoseconds
     * @param clock nanoseconds
     */
    Hosts(long ttl, long failedTtl, LongSupplier clock) {
        this.ttl = ttl;
        this.failedTtl = failedTtl;
        this.clock = clock;
    }

    @Override
    public List<IpAddress> of(String host) {
        if (host.isEmpty()) {
            return List.of();
        }
        return IpAddress.parse(host)
                .map(List::of)
                .orElseGet(
                        () -> {
                            Known entry = known.get(host);
                            if (entry == null) {
                                known.put(host, new Known());
                                wanted.add(host);
                                return List.of();
                            }
                            return entry.addresses;
                        });
    }

    /** Names to look up now; each is handed out once until {@link #answered} is told of it. */
    List<String> takeWanted() {
        long now = clock.getAsLong();
        known.forEach(
                (host, entry) -> {
                    if (entry.until != 0 && entry.until - now <= 0) {
                        wanted.add(host);
                    }
                });
        wanted.removeAll(underWay);
        List<String> names = new ArrayList<>(wanted);
        underWay.addAll(names);
        wanted.clear();
        return names;
    }

    /**
     * @param addresses none if the lookup failed
     * @return whether the name stands for something else now
     */
    boolean answered(String host, List<IpAddress> addresses) {
        underWay.remove(host);
        Known entry = known.computeIfAbsent(host, _ -> new Known());
        entry.until = clock.getAsLong() + (addresses.isEmpty() ? failedTtl : ttl);
        List<IpAddress> sorted =
                addresses.stream().distinct().sorted().toList(); // name servers rotate them
        if (sorted.isEmpty() || sorted.equals(entry.addresses)) {
            return false;
        }
        entry.addresses = sorted;
        return true;
    }
}
