package io.meridian.ipvs;

import io.meridian.domain.net.Endpoint;

import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Virtual servers with their real servers, sorted by endpoint; immutable. */
public final class IpvsTable {
    public static final IpvsTable EMPTY = new IpvsTable(new TreeMap<>());

    private final SortedMap<Endpoint, Entry> entries;

    private IpvsTable(SortedMap<Endpoint, Entry> entries) {
        this.entries = Collections.unmodifiableSortedMap(entries);
    }

    /**
     * A virtual server and what is behind it.
     *
     * @param realServers by their own endpoint
     */
    public record Entry(VirtualServer server, SortedMap<Endpoint, RealServer> realServers) {
        public Entry {
            realServers = Collections.unmodifiableSortedMap(new TreeMap<>(realServers));
        }

        /** Whether it is the very same object: what tables share is equal at no cost. */
        @SuppressWarnings("ReferenceEquality")
        boolean isSame(Entry other) {
            return this == other;
        }

        static Entry of(VirtualServer server, Iterable<RealServer> realServers) {
            SortedMap<Endpoint, RealServer> byEndpoint = new TreeMap<>();
            realServers.forEach(real -> byEndpoint.put(real.endpoint(), real));
            return new Entry(server, byEndpoint);
        }
    }

    /** Sorted by endpoint. */
    public Collection<Entry> entries() {
        return entries.values();
    }

    /** Endpoints of the virtual servers, sorted. */
    public Collection<Endpoint> servers() {
        return entries.keySet();
    }

    public Optional<Entry> get(Endpoint virtualServer) {
        return Optional.ofNullable(entries.get(virtualServer));
    }

    /** Number of virtual servers. */
    public int size() {
        return entries.size();
    }

    /** Number of real servers behind all virtual servers. */
    public int realServers() {
        return entries.values().stream().mapToInt(entry -> entry.realServers().size()).sum();
    }

    /** Only the virtual servers that pass. */
    public IpvsTable filter(Predicate<Endpoint> keep) {
        Builder builder = new Builder();
        entries.values().stream()
                .filter(entry -> keep.test(entry.server().endpoint()))
                .forEach(builder::put);
        return builder.build();
    }

    /**
     * The same table, in which what equals an entry of the other one is that entry: whoever
     * compares the two later sees at once what they have in common.
     */
    public IpvsTable sharing(IpvsTable other) {
        Builder builder = new Builder();
        for (Entry entry : entries.values()) {
            Entry twin = other.entries.get(entry.server().endpoint());
            builder.put(entry.equals(twin) ? twin : entry);
        }
        return builder.build();
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
        for (Entry entry : entries.values()) {
            text.append(entry.server()).append('\n');
            entry.realServers()
                    .values()
                    .forEach(real -> text.append("  ").append(real).append('\n'));
        }
        return text.toString();
    }

    /** Collects virtual servers; used by one thread, and no more once it has built. */
    public static final class Builder {
        private final SortedMap<Endpoint, Entry> entries = new TreeMap<>();

        /** Adds a virtual server, or replaces the one of the same endpoint. */
        public Builder put(VirtualServer server, Iterable<RealServer> realServers) {
            return put(Entry.of(server, realServers));
        }

        public Builder put(Entry entry) {
            entries.put(entry.server().endpoint(), entry);
            return this;
        }

        /** The virtual server that has been put for that endpoint. */
        Optional<Entry> get(Endpoint virtualServer) {
            return Optional.ofNullable(entries.get(virtualServer));
        }

        public IpvsTable build() {
            return new IpvsTable(entries);
        }
    }
}
