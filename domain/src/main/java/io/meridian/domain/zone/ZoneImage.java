package io.meridian.domain.zone;

import io.meridian.domain.table.BucketMap;
import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** All zones at one revision of the zone table. */
public final class ZoneImage implements Image<ZoneRow, ZoneImage> {
    public static final ZoneImage EMPTY =
            new ZoneImage(BucketMap.empty(), BucketMap.empty(), new TreeMap<>());

    private final BucketMap<Name, List<ZoneRow>> names;
    private final BucketMap<Name, Integer> below; // how many names exist strictly under this one
    private final SortedMap<String, Integer>
            zones; // origin -> names in it; never mutated once published

    private ZoneImage(
            BucketMap<Name, List<ZoneRow>> names,
            BucketMap<Name, Integer> below,
            SortedMap<String, Integer> zones) {
        this.names = names;
        this.below = below;
        this.zones = zones;
    }

    private record Name(String zone, String name) {}

    /** Origins of zones that hold at least one record. */
    public SortedSet<String> zones() {
        return new TreeSet<>(zones.keySet());
    }

    /** How many distinct owner names there are in all zones. */
    public int names() {
        return names.size();
    }

    /**
     * The records of a name, sorted, without duplicates; empty if the name has none.
     *
     * @param name fully qualified, lower case, without trailing dot
     */
    public List<ZoneRecord> records(String zone, String name) {
        return records(names.get(new Name(zone, name)).orElse(List.of()));
    }

    /**
     * Whether names exist below this one: an empty non-terminal answers NODATA, not NXDOMAIN (RFC
     * 8020).
     */
    public boolean hasNamesBelow(String zone, String name) {
        return below.get(new Name(zone, name)).isPresent();
    }

    /** The owner names of a zone, sorted. */
    public List<String> names(String zone) {
        List<String> all = new ArrayList<>(zones.getOrDefault(zone, 0));
        names.forEach(
                (name, _) -> {
                    if (name.zone.equals(zone)) {
                        all.add(name.name);
                    }
                });
        Collections.sort(all);
        return all;
    }

    /** All records of a zone, sorted, without duplicates. */
    public List<ZoneRecord> records(String zone) {
        List<ZoneRecord> all = new ArrayList<>();
        names.forEach(
                (name, rows) -> {
                    if (name.zone.equals(zone)) {
                        all.addAll(records(rows));
                    }
                });
        Collections.sort(all);
        return all;
    }

    @Override
    public boolean contains(ZoneRow row) {
        List<ZoneRow> sameName = names.get(new Name(row.zone(), row.name())).orElse(List.of());
        return Collections.binarySearch(sameName, row) >= 0;
    }

    @Override
    public List<ZoneRow> rows() {
        List<ZoneRow> all = new ArrayList<>();
        names.forEach((name, rows) -> all.addAll(rows));
        Collections.sort(all);
        return all;
    }

    @Override
    public ZoneImage apply(List<Change<ZoneRow>> changes) {
        BucketMap.Editor<Name, List<ZoneRow>> editNames = names.edit();
        BucketMap.Editor<Name, Integer> editBelow = below.edit();
        SortedMap<String, Integer> newZones = new TreeMap<>(zones);
        for (Change<ZoneRow> change : changes) {
            Name name = new Name(change.row().zone(), change.row().name());
            List<ZoneRow> before = editNames.get(name).orElse(List.of());
            List<ZoneRow> after = changed(before, change);
            if (after.isEmpty()) {
                editNames.remove(name);
            } else if (!after.equals(before)) {
                editNames.put(name, after);
            }
            if (before.isEmpty() != after.isEmpty()) {
                int step = after.isEmpty() ? -1 : 1;
                newZones.merge(name.zone, step, ZoneImage::sum);
                for (String parent = parent(name.name);
                        !parent.isEmpty();
                        parent = parent(parent)) {
                    if (!inZone(parent, name.zone)) {
                        break;
                    }
                    Name key = new Name(name.zone, parent);
                    int count = editBelow.get(key).orElse(0) + step;
                    if (count == 0) {
                        editBelow.remove(key);
                    } else {
                        editBelow.put(key, count);
                    }
                }
            }
        }
        return new ZoneImage(editNames.done(), editBelow.done(), newZones);
    }

    /** Whether a name is the origin or under it. */
    public static boolean inZone(String name, String zone) {
        return name.equals(zone)
                || name.endsWith(zone) && name.charAt(name.length() - zone.length() - 1) == '.';
    }

    /**
     * The text behind the first dot; empty for a single label. Dots inside labels don't occur in
     * our tables.
     */
    private static String parent(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? "" : name.substring(dot + 1);
    }

    private static Integer sum(int a, int b) {
        return a + b == 0 ? null : a + b; // merge() drops the key for null
    }

    private static List<ZoneRow> changed(List<ZoneRow> before, Change<ZoneRow> change) {
        int at = Collections.binarySearch(before, change.row());
        if (at >= 0 == change.added()) {
            return before;
        }
        List<ZoneRow> after = new ArrayList<>(before);
        if (change.added()) {
            after.add(-at - 1, change.row());
        } else {
            after.remove(at);
        }
        return after;
    }

    private static List<ZoneRecord> records(List<ZoneRow> rows) {
        return rows.stream()
                .map(row -> new ZoneRecord(row.name(), row.type(), row.data()))
                .distinct()
                .toList();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ZoneImage that
                && names.equals(that.names)
                && below.equals(that.below)
                && zones.equals(that.zones);
    }

    @Override
    public int hashCode() {
        return names.hashCode();
    }

    @Override
    public String toString() {
        return "ZoneImage" + rows();
    }
}
