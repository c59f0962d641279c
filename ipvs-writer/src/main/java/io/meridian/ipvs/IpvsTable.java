package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Virtual servers with their real servers, sorted by endpoint; immutable. It holds lists, not maps,
 * because rounds build and traverse ten thousand rows far more often than they look one up.
 */
public final class IpvsTable {
    public static final IpvsTable EMPTY = new IpvsTable(List.of());

    private final List<Entry> entries;

    private IpvsTable(List<Entry> entries) {
        this.entries = List.copyOf(entries);
    }

    /**
     * A virtual server with its real servers.
     *
     * @param realServers sorted by endpoint; of several for one endpoint, the one with the largest
     *     weight
     */
    public record Entry(VirtualServer server, List<RealServer> realServers) {
        private static final Comparator<RealServer> BY_WEIGHT =
                Comparator.comparing(RealServer::endpoint).thenComparingInt(RealServer::weight);

        public Entry {
            if (!isSorted(realServers, RealServer::endpoint)) {
                List<RealServer> sorted = realServers.stream().sorted(BY_WEIGHT).toList();
                realServers = lastOfEach(sorted, RealServer::endpoint);
            }
            realServers = List.copyOf(realServers);
        }

        public Optional<RealServer> real(Endpoint endpoint) {
            return find(realServers, RealServer::endpoint, endpoint);
        }

        /** Whether this entry has each real server of another one, at any weight. */
        boolean hasAllOf(Entry other) {
            for (RealServer real : other.realServers) {
                if (real(real.endpoint()).isEmpty()) {
                    return false;
                }
            }
            return true;
        }

        /** Whether both are one object: tables share equal entries, so the check is cheap. */
        @SuppressWarnings("ReferenceEquality")
        boolean isSame(Entry other) {
            return this == other;
        }

        private Endpoint endpoint() {
            return server.endpoint();
        }
    }

    private static <T> boolean isSorted(List<T> items, Function<T, Endpoint> by) {
        for (int i = 1; i < items.size(); i++) {
            if (by.apply(items.get(i - 1)).compareTo(by.apply(items.get(i))) >= 0) {
                return false;
            }
        }
        return true;
    }

    private static <T> List<T> lastOfEach(List<T> sorted, Function<T, Endpoint> by) {
        List<T> last = new ArrayList<>(sorted.size());
        for (T item : sorted) {
            if (!last.isEmpty() && by.apply(last.getLast()).equals(by.apply(item))) {
                last.removeLast();
            }
            last.add(item);
        }
        return last;
    }

    private static <T> Optional<T> find(
            List<T> sorted, Function<T, Endpoint> by, Endpoint endpoint) {
        int low = 0;
        int high = sorted.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            T item = sorted.get(middle);
            int order = by.apply(item).compareTo(endpoint);
            if (order == 0) {
                return Optional.of(item);
            }
            if (order < 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return Optional.empty();
    }

    /** Builds a table of entries with distinct endpoints. */
    static IpvsTable of(Collection<Entry> entries) {
        return new IpvsTable(
                entries.stream().sorted(Comparator.comparing(Entry::endpoint)).toList());
    }

    /** Sorted by endpoint. */
    public List<Entry> entries() {
        return entries;
    }

    /** Endpoints of the virtual servers, sorted. */
    public List<Endpoint> servers() {
        List<Endpoint> servers = new ArrayList<>(entries.size());
        entries.forEach(entry -> servers.add(entry.endpoint()));
        return servers;
    }

    public Optional<Entry> get(Endpoint virtualServer) {
        return find(entries, Entry::endpoint, virtualServer);
    }

    /** Number of virtual servers. */
    public int size() {
        return entries.size();
    }

    /** Number of real servers behind all virtual servers. */
    public int realServers() {
        return entries.stream().mapToInt(entry -> entry.realServers().size()).sum();
    }

    /** Keeps the virtual servers that pass the filter. */
    public IpvsTable filter(Predicate<Endpoint> keep) {
        return new IpvsTable(
                entries.stream().filter(entry -> keep.test(entry.endpoint())).toList());
    }

    /**
     * An equal table that reuses equal entries of another one, so that a later diff recognizes them
     * by identity.
     */
    public IpvsTable sharing(IpvsTable other) {
        return new IpvsTable(
                entries.stream()
                        .map(
                                entry ->
                                        other.get(entry.endpoint())
                                                .filter(entry::equals)
                                                .orElse(entry))
                        .toList());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof IpvsTable that && entries.equals(that.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries) {
            text.append(entry.server()).append('\n');
            entry.realServers().forEach(real -> text.append("  ").append(real).append('\n'));
        }
        return text.toString();
    }

    /** Collects virtual servers. One thread uses a builder, for one table. */
    public static final class Builder {
        private final List<Entry> entries = new ArrayList<>();

        /** Adds a virtual server; replaces an earlier one with the same endpoint. */
        public Builder put(VirtualServer server, Collection<RealServer> realServers) {
            return put(new Entry(server, List.copyOf(realServers)));
        }

        public Builder put(Entry entry) {
            entries.add(entry);
            return this;
        }

        public IpvsTable build() {
            if (isSorted(entries, Entry::endpoint)) {
                return new IpvsTable(entries);
            }
            entries.sort(Comparator.comparing(Entry::endpoint));
            return new IpvsTable(lastOfEach(entries, Entry::endpoint));
        }
    }
}
