package io.meridian.domain.vip;

import io.meridian.domain.net.AddressRange;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.ImageBuilder;
import io.meridian.domain.table.PersistentHashMap;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** All VIPs at one revision of the VIP table. */
public final class VipImage implements Image<VipRow, VipImage> {
    public static final VipImage EMPTY =
            new VipImage(PersistentHashMap.empty(), PersistentHashMap.empty());

    private final PersistentHashMap<String, SortedSet<IpAddress>> addresses;
    private final PersistentHashMap<VipKey, Group> backends;

    private VipImage(
            PersistentHashMap<String, SortedSet<IpAddress>> addresses,
            PersistentHashMap<VipKey, Group> backends) {
        this.addresses = addresses;
        this.backends = backends;
    }

    /** Builds an image from all its rows at once. */
    public static ImageBuilder<VipRow, VipImage> builder() {
        return new ImageBuilder<>() {
            private final List<Change<VipRow>> changes = new ArrayList<>();

            @Override
            public synchronized void add(List<VipRow> rows) {
                rows.forEach(row -> changes.add(Change.add(row)));
            }

            @Override
            public synchronized VipImage image() {
                return EMPTY.apply(changes);
            }
        };
    }

    /** The VIPs if no agent is lost. */
    public List<Vip> vips() {
        return vips(Reachability.ALL);
    }

    /**
     * The VIPs that have an address and a backend of its family, sorted by key, then address. The
     * image keeps rows whose counterpart is missing, and leaves them out here, with the IP VIPs at
     * addresses of machines.
     */
    public List<Vip> vips(Reachability reachability) {
        List<Vip> all = new ArrayList<>();
        backends.forEach(
                (key, group) -> {
                    if (machine(key, reachability).isEmpty()) {
                        all.addAll(group.vips(key, addressesOf(key), reachability));
                    }
                });
        all.sort(VipImage::byKeyThenAddress);
        return all;
    }

    /** The IP VIPs that are not created, each with a sentence. */
    public SortedMap<VipKey, String> refused(Reachability reachability) {
        SortedMap<VipKey, String> all = new TreeMap<>();
        backends.forEach(
                (key, _) ->
                        machine(key, reachability)
                                .ifPresent(
                                        machine ->
                                                all.put(
                                                        key,
                                                        "VIP %s %s; this VIP is not created, others are"
                                                                .formatted(
                                                                        key,
                                                                        LiteralRules.ofMachine(
                                                                                machine)))));
        return all;
    }

    private static Optional<String> machine(VipKey key, Reachability reachability) {
        return reachability.machines().isEmpty()
                ? Optional.empty()
                : key.literal().map(reachability.machines()::get);
    }

    /** The addresses of a named VIP, at most one of each family; empty for an unknown name. */
    public SortedSet<IpAddress> addresses(String name) {
        return addresses.get(name).orElse(Collections.emptySortedSet());
    }

    /** Names of VIPs that have an address, sorted. */
    public SortedSet<String> names() {
        SortedSet<String> all = new TreeSet<>();
        addresses.forEach((name, _) -> all.add(name));
        return all;
    }

    /** The VIPs that have a backend, with or without an address, sorted. */
    public SortedSet<VipKey> keys() {
        SortedSet<VipKey> all = new TreeSet<>();
        backends.forEach((key, _) -> all.add(key));
        return all;
    }

    /** Number of addresses of a range that named VIPs and IP VIPs have. */
    int takenIn(AddressRange range) {
        SortedSet<IpAddress> taken = literals();
        addresses.forEach((_, set) -> taken.addAll(set));
        return (int) taken.stream().filter(range::contains).count();
    }

    /** The addresses of all IP VIPs. */
    public SortedSet<IpAddress> literals() {
        SortedSet<IpAddress> all = new TreeSet<>();
        backends.forEach((key, _) -> key.literal().ifPresent(all::add));
        return all;
    }

    /**
     * The addresses among these at which a backend or its Mesos agent is, with the backend's task.
     */
    public SortedMap<IpAddress, String> tasksAt(Set<IpAddress> addresses) {
        SortedMap<IpAddress, String> all = new TreeMap<>();
        backends.forEach(
                (_, group) -> {
                    for (VipRow.Backend row : group.rows) {
                        for (IpAddress at : List.of(row.endpoint().address(), row.at())) {
                            if (addresses.contains(at)) {
                                all.merge(at, row.owner(), (a, b) -> a.compareTo(b) < 0 ? a : b);
                            }
                        }
                    }
                });
        return all;
    }

    private static int byKeyThenAddress(Vip one, Vip other) {
        int order = one.key().compareTo(other.key());
        return order != 0 ? order : one.address().compareTo(other.address());
    }

    @Override
    public boolean contains(VipRow row) {
        return switch (row) {
            case VipRow.Address a ->
                    addresses.get(a.name()).filter(set -> set.contains(a.address())).isPresent();
            case VipRow.Backend b ->
                    backends.get(b.vip()).filter(group -> group.contains(b)).isPresent();
        };
    }

    @Override
    public List<VipRow> rows() {
        List<VipRow> all = new ArrayList<>();
        addresses.forEach(
                (name, set) -> set.forEach(address -> all.add(new VipRow.Address(name, address))));
        backends.forEach((_, group) -> all.addAll(group.rows));
        Collections.sort(all);
        return all;
    }

    @Override
    public VipImage apply(List<Change<VipRow>> changes) {
        Map<String, SortedSet<IpAddress>> newAddresses = new HashMap<>();
        Map<VipKey, SortedSet<VipRow.Backend>> newBackends = new HashMap<>();
        for (Change<VipRow> change : changes) {
            switch (change.row()) {
                case VipRow.Address row ->
                        edit(
                                newAddresses.computeIfAbsent(
                                        row.name(), name -> copy(addresses.get(name))),
                                row.address(),
                                change.added());
                case VipRow.Backend row ->
                        edit(
                                newBackends.computeIfAbsent(
                                        row.vip(),
                                        key -> copy(backends.get(key).map(group -> group.rows))),
                                row,
                                change.added());
            }
        }
        return new VipImage(
                with(addresses, newAddresses, set -> set), with(backends, newBackends, Group::new));
    }

    private SortedSet<IpAddress> addressesOf(VipKey key) {
        return key.literal()
                .<SortedSet<IpAddress>>map(address -> new TreeSet<>(List.of(address)))
                .orElseGet(() -> addresses.get(key.name()).orElse(Collections.emptySortedSet()));
    }

    /** Copies a key's rows once per batch: a snapshot has thousands for one VIP. */
    private static <V> SortedSet<V> copy(Optional<? extends Collection<V>> before) {
        return before.map(values -> new TreeSet<V>(values)).orElseGet(TreeSet::new);
    }

    private static <V> void edit(SortedSet<V> set, V value, boolean add) {
        if (add) {
            set.add(value);
        } else {
            set.remove(value);
        }
    }

    private static <K, V, G> PersistentHashMap<K, G> with(
            PersistentHashMap<K, G> before,
            Map<K, SortedSet<V>> copies,
            Function<SortedSet<V>, G> group) {
        PersistentHashMap.Editor<K, G> editor = before.edit();
        copies.forEach(
                (key, set) -> {
                    if (set.isEmpty()) {
                        editor.remove(key);
                    } else {
                        editor.put(key, group.apply(set));
                    }
                });
        return editor.done();
    }

    /**
     * The backends of one key, with the VIPs last computed from them. Images share a group until it
     * changes, so a change of one VIP among a thousand costs little more than that VIP.
     */
    private static final class Group {
        /** Rows, sorted. */
        private final List<VipRow.Backend> rows;

        private volatile Given last =
                new Given(Collections.emptySortedSet(), Reachability.ALL, List.of());

        /** The input of the last computation, and its result. */
        private record Given(
                SortedSet<IpAddress> addresses, Reachability reachability, List<Vip> vips) {}

        Group(SortedSet<VipRow.Backend> rows) {
            this.rows = List.copyOf(rows);
        }

        boolean contains(VipRow.Backend row) {
            return Collections.binarySearch(rows, row) >= 0;
        }

        List<Vip> vips(VipKey key, SortedSet<IpAddress> addresses, Reachability reachability) {
            Given given = last;
            if (!reachability.equals(given.reachability) || !addresses.equals(given.addresses)) {
                given = new Given(addresses, reachability, make(key, addresses, reachability));
                last = given;
            }
            return given.vips;
        }

        private List<Vip> make(
                VipKey key, SortedSet<IpAddress> addresses, Reachability reachability) {
            SharedOptions shared = SharedOptions.of(rows);
            List<Vip> vips = new ArrayList<>();
            for (IpAddress address : addresses) {
                List<Vip.Backend> backends = backends(address.isIpv4(), reachability, false);
                if (!isServed(backends)) {
                    backends = backends(address.isIpv4(), reachability, true);
                }
                if (!backends.isEmpty()) {
                    vips.add(
                            new Vip(
                                    key,
                                    address,
                                    backends,
                                    shared.options(),
                                    shared.conflicts(),
                                    shared.refused()));
                }
            }
            return vips;
        }

        private static boolean isServed(List<Vip.Backend> backends) {
            for (Vip.Backend backend : backends) {
                if (backend.state() == BackendState.SERVING) {
                    return true;
                }
            }
            return false;
        }

        /**
         * The backends of one family.
         *
         * @param lastResort whether unreachable backends serve because no other does; they may be
         *     alive on the other side of a partition
         */
        private List<Vip.Backend> backends(
                boolean ipv4, Reachability reachability, boolean lastResort) {
            List<Vip.Backend> backends = new ArrayList<>(rows.size());
            for (VipRow.Backend row : rows) {
                if (row.endpoint().address().isIpv4() == ipv4) {
                    BackendState state = reachability.state(row);
                    backends.add(new Vip.Backend(row, state, weight(row, state, lastResort)));
                }
            }
            return backends;
        }

        private static int weight(VipRow.Backend row, BackendState state, boolean lastResort) {
            return switch (state) {
                case SERVING -> row.weight();
                case DRAINING -> 0;
                case UNREACHABLE -> lastResort ? Math.max(1, row.weight()) : 0;
            };
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Group that && rows.equals(that.rows);
        }

        @Override
        public int hashCode() {
            return rows.hashCode();
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VipImage that
                && addresses.equals(that.addresses)
                && backends.equals(that.backends);
    }

    @Override
    public int hashCode() {
        return backends.hashCode();
    }

    @Override
    public String toString() {
        return "VipImage" + rows();
    }
}
