package io.meridian.domain.zone;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.ImageBuilder;
import io.meridian.domain.table.PersistentHashMap;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** All zones at one revision of the zone table. Immutable. */
public final class ZoneImage implements Image<ZoneRow, ZoneImage> {
    public static final ZoneImage EMPTY = new ZoneImage(new TreeMap<>());

    private static final int MANY = 10_000; // changes from which a second thread helps

    private final SortedMap<String, Names> zones; // by origin; not changed after construction

    /** Keeps the map; the caller must not change it. */
    ZoneImage(SortedMap<String, Names> zones) {
        this.zones = zones;
    }

    /**
     * The names of one zone.
     *
     * @param below number of names strictly below each name, without zeros
     */
    record Names(
            PersistentHashMap<String, NameRows> rows, PersistentHashMap<String, Integer> below) {
        static final Names NONE = new Names(PersistentHashMap.empty(), PersistentHashMap.empty());
    }

    /** Builder of an image of a whole table. */
    public static ImageBuilder<ZoneRow, ZoneImage> builder() {
        return new ZoneImageBuilder();
    }

    private Names of(String zone) {
        return zones.getOrDefault(zone, Names.NONE);
    }

    /** Origins of the zones with records. */
    public SortedSet<String> zones() {
        return new TreeSet<>(zones.keySet());
    }

    /** Number of distinct owner names in all zones. */
    public int names() {
        return zones.values().stream().mapToInt(names -> names.rows.size()).sum();
    }

    /**
     * The records of a name, sorted, without duplicates; empty if the name has none.
     *
     * @param name fully qualified, lower case, without trailing dot
     */
    public List<ZoneRecord> records(String zone, String name) {
        return packed(zone, name).records(name);
    }

    private List<ZoneRow> rows(String zone, String name) {
        return packed(zone, name).rows(zone, name);
    }

    private PackedRows packed(String zone, String name) {
        return of(zone).rows.get(name).map(NameRows::packed).orElse(PackedRows.NONE);
    }

    /**
     * Whether names exist below this one, so that it is an empty non-terminal and answers NODATA
     * instead of NXDOMAIN (RFC 8020).
     */
    public boolean hasNamesBelow(String zone, String name) {
        return of(zone).below.get(name).isPresent();
    }

    /**
     * Passes each name that has names below it, and their number, to the action, in arbitrary
     * order.
     */
    public void forEachParent(String zone, BiConsumer<String, Integer> action) {
        of(zone).below.forEach(action);
    }

    /** The owner names of a zone, sorted. */
    public List<String> names(String zone) {
        List<String> all = new ArrayList<>(of(zone).rows.size());
        forEachName(zone, all::add);
        Collections.sort(all);
        return all;
    }

    /** Passes the owner names of a zone to the action, in arbitrary order. */
    public void forEachName(String zone, Consumer<String> action) {
        of(zone).rows.forEach((name, _) -> action.accept(name));
    }

    /** All records of a zone, sorted, without duplicates. */
    public List<ZoneRecord> records(String zone) {
        List<ZoneRecord> all = new ArrayList<>();
        names(zone).forEach(name -> all.addAll(records(zone, name)));
        return all;
    }

    @Override
    public boolean contains(ZoneRow row) {
        return Collections.binarySearch(rows(row.zone(), row.name()), row) >= 0;
    }

    @Override
    public List<ZoneRow> rows() {
        List<ZoneRow> all = new ArrayList<>();
        for (String zone : zones.keySet()) {
            for (String name : names(zone)) {
                all.addAll(
                        rows(
                                zone,
                                name)); // sorted by name first, which costs less than sorting all
                // rows
            }
        }
        return all;
    }

    @Override
    public ZoneImage apply(List<Change<ZoneRow>> changes) {
        SortedMap<String, ZoneEditor> editors = new TreeMap<>();
        for (Change<ZoneRow> change : changes) {
            editors.computeIfAbsent(change.row().zone(), zone -> new ZoneEditor(zone, of(zone)))
                    .add(change);
        }
        SortedMap<String, Names> next = new TreeMap<>(zones);
        Stream<ZoneEditor> each = editors.values().stream();
        List<Names> done =
                (changes.size() < MANY ? each : each.parallel()).map(ZoneEditor::done).toList();
        Iterator<Names> names = done.iterator();
        for (String zone : editors.keySet()) {
            Names now = names.next();
            if (now.rows.size() == 0) {
                next.remove(zone);
            } else {
                next.put(zone, now);
            }
        }
        return new ZoneImage(next);
    }

    /** Groups the changes of one zone by name, so that each name is unpacked once. */
    private static final class ZoneEditor {
        private final String zone;
        private final PersistentHashMap.Editor<String, NameRows> rows;
        private final PersistentHashMap.Editor<String, Integer> below;
        private final Map<String, List<Change<ZoneRow>>> changes = new LinkedHashMap<>();

        /** Counts names by parent, because most names share theirs. */
        private final Map<String, Integer> children = new HashMap<>();

        ZoneEditor(String zone, Names names) {
            this.zone = zone;
            this.rows = names.rows.edit();
            this.below = names.below.edit();
        }

        void add(Change<ZoneRow> change) {
            changes.computeIfAbsent(change.row().name(), _ -> new ArrayList<>(2)).add(change);
        }

        private void edit(String name, List<Change<ZoneRow>> own) {
            PackedRows before = rows.get(name).map(NameRows::packed).orElse(PackedRows.NONE);
            List<ZoneRow> now = before.rows(zone, name);
            for (Change<ZoneRow> change : own) {
                int at = Collections.binarySearch(now, change.row());
                if (change.added() && at < 0) {
                    now.add(-at - 1, change.row());
                } else if (!change.added() && at >= 0) {
                    now.remove(at);
                }
            }
            PackedRows after = now.isEmpty() ? PackedRows.NONE : PackedRows.of(now);
            if (after.isEmpty()) {
                rows.remove(name);
            } else if (!after.equals(before)) {
                rows.put(name, new NameRows(after));
            }
            if (before.isEmpty() != after.isEmpty()) {
                children.merge(parent(name), after.isEmpty() ? -1 : 1, Integer::sum);
            }
        }

        Names done() {
            changes.forEach(this::edit);
            below(zone, children)
                    .forEach(
                            (name, step) -> {
                                int names = below.get(name).orElse(0) + step;
                                if (names == 0) {
                                    below.remove(name);
                                } else if (step != 0) {
                                    below.put(name, names);
                                }
                            });
            return new Names(rows.done(), below.done());
        }
    }

    /**
     * Number of names below each name.
     *
     * @param children number of names with each parent
     */
    static Map<String, Integer> below(String zone, Map<String, Integer> children) {
        Map<String, Integer> below = new HashMap<>();
        children.forEach(
                (name, step) -> {
                    for (String up = name; !up.isEmpty() && inZone(up, zone); up = parent(up)) {
                        below.merge(up, step, Integer::sum);
                    }
                });
        return below;
    }

    /** Whether a name is the origin or below it. */
    public static boolean inZone(String name, String zone) {
        return name.equals(zone)
                || name.endsWith(zone) && name.charAt(name.length() - zone.length() - 1) == '.';
    }

    /**
     * The text behind the first dot; empty for a single label. Labels in our tables have no dots.
     */
    public static String parent(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ZoneImage that && zones.equals(that.zones);
    }

    @Override
    public int hashCode() {
        return zones.hashCode();
    }

    @Override
    public String toString() {
        return "ZoneImage" + rows();
    }
}
