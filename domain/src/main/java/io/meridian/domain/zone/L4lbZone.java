package io.meridian.domain.zone;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.Change;
import io.meridian.domain.table.PersistentHashMap;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The zone {@value #ORIGIN}, derived from the VIP table (specs: dcos-net 2.3). A named VIP has its
 * addresses, each while the VIP has a backend of that family in any state. VIPs without a name have
 * no records. The zone is folded from changes, so a changed backend costs the rows of its own VIP
 * only.
 */
public final class L4lbZone {
    public static final String ORIGIN = "l4lb.thisdcos.directory";

    /** TTL of the addresses in seconds, as in dcos-net. */
    public static final int TTL_SECONDS = 5;

    public static final L4lbZone EMPTY = new L4lbZone(PersistentHashMap.empty(), ZoneImage.EMPTY);

    private final PersistentHashMap<String, Facts> facts;
    private final ZoneImage zone;

    private L4lbZone(PersistentHashMap<String, Facts> facts, ZoneImage zone) {
        this.facts = facts;
        this.zone = zone;
    }

    /**
     * The zone after changes of the VIP table.
     *
     * @param changes changed records of the zone; records that stay are not among them
     */
    public record Step(L4lbZone next, List<Change<ZoneRow>> changes) {
        public Step {
            changes = List.copyOf(changes);
        }

        /**
         * The changes as PTR records of {@link ReverseZones}, from each VIP address to its name.
         */
        public List<Change<ZoneRow>> reverse() {
            return changes.stream()
                    .map(change -> new Change<>(change.added(), reversed(change.row())))
                    .toList();
        }
    }

    /** The zone of a whole VIP image; equal to the fold of its changes. */
    public static L4lbZone of(VipImage image) {
        return EMPTY.apply(image.rows().stream().map(Change::add).toList()).next();
    }

    /**
     * DNS name of a named VIP, such as {@code web.marathon.l4lb.thisdcos.directory}, without
     * trailing dot.
     */
    public static String dnsName(String vipName) {
        return vipName + "." + ORIGIN;
    }

    public Step apply(List<Change<VipRow>> changes) {
        PersistentHashMap.Editor<String, Facts> editor = facts.edit();
        Map<String, SortedSet<IpAddress>> before = new LinkedHashMap<>();
        for (Change<VipRow> change : changes) {
            String name =
                    switch (change.row()) {
                        case VipRow.Address row -> row.name();
                        case VipRow.Backend row -> row.vip().name();
                    };
            if (IpAddress.parse(name).isPresent()) {
                continue;
            }
            Facts old = editor.get(name).orElse(Facts.NONE);
            before.putIfAbsent(name, old.served());
            Facts now = old.with(change);
            if (now.isEmpty()) {
                editor.remove(name);
            } else {
                editor.put(name, now);
            }
        }
        List<Change<ZoneRow>> rows = new ArrayList<>();
        before.forEach(
                (name, served) -> {
                    SortedSet<IpAddress> now = editor.get(name).orElse(Facts.NONE).served();
                    now.stream()
                            .filter(a -> !served.contains(a))
                            .map(a -> Change.add(row(name, a)))
                            .forEach(rows::add);
                    served.stream()
                            .filter(a -> !now.contains(a))
                            .map(a -> Change.remove(row(name, a)))
                            .forEach(rows::add);
                });
        return new Step(new L4lbZone(editor.done(), zone.apply(rows)), rows);
    }

    /** The records as an image whose only zone is {@link #ORIGIN}. */
    public ZoneImage zone() {
        return zone;
    }

    /** All records, sorted. */
    public List<ZoneRecord> records() {
        return zone.records(ORIGIN);
    }

    /** The PTR records of all VIPs, sorted; see {@link Step#reverse()}. */
    public List<ZoneRow> reverse() {
        return zone.rows().stream().map(L4lbZone::reversed).sorted().toList();
    }

    private static ZoneRow reversed(ZoneRow row) {
        return ReverseZones.row(IpAddress.literal(row.data()), row.name(), row.owner());
    }

    private static ZoneRow row(String name, IpAddress address) {
        RecordType type = RecordType.of(address);
        return new ZoneRow(ORIGIN, dnsName(name), type, address.toString(), "");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof L4lbZone that && facts.equals(that.facts) && zone.equals(that.zone);
    }

    @Override
    public int hashCode() {
        return facts.hashCode();
    }

    @Override
    public String toString() {
        return "L4lbZone" + records();
    }

    /**
     * The VIP rows of one name over all its ports. Sets, so that a repeated change has no effect.
     */
    private record Facts(SortedSet<IpAddress> addresses, SortedSet<VipRow.Backend> backends) {
        static final Facts NONE = new Facts(new TreeSet<>(), new TreeSet<>());

        Facts with(Change<VipRow> change) {
            return switch (change.row()) {
                case VipRow.Address row ->
                        new Facts(edited(addresses, row.address(), change.added()), backends);
                case VipRow.Backend row ->
                        new Facts(addresses, edited(backends, row, change.added()));
            };
        }

        boolean isEmpty() {
            return addresses.isEmpty() && backends.isEmpty();
        }

        SortedSet<IpAddress> served() {
            SortedSet<IpAddress> served = new TreeSet<>();
            for (IpAddress address : addresses) {
                if (backends.stream()
                        .anyMatch(b -> b.endpoint().address().isIpv4() == address.isIpv4())) {
                    served.add(address);
                }
            }
            return served;
        }

        private static <T> SortedSet<T> edited(SortedSet<T> set, T element, boolean add) {
            SortedSet<T> copy = new TreeSet<>(set);
            if (add) {
                copy.add(element);
            } else {
                copy.remove(element);
            }
            return copy;
        }
    }
}
