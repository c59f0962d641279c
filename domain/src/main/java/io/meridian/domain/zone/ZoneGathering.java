package io.meridian.domain.zone;

import io.meridian.domain.table.BucketMap;
import io.meridian.domain.table.Gathering;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/**
 * Rows by zone and name. Of a row only what its name does not say already is kept until the image
 * is made: it may be one of millions.
 */
final class ZoneGathering implements Gathering<ZoneRow, ZoneImage> {
    private static final int MANY = 10_000; // names that are worth a second thread

    private final Map<String, Map<String, OfName>> zones = new ConcurrentHashMap<>();

    @Override
    public void add(List<ZoneRow> rows) {
        for (ZoneRow row : rows) {
            Map<String, OfName> names = zones.get(row.zone());
            if (names == null) {
                names = zones.computeIfAbsent(row.zone(), _ -> new ConcurrentHashMap<>());
            }
            OfName own = names.get(row.name());
            if (own == null) {
                own = names.computeIfAbsent(row.name(), _ -> new OfName());
            }
            own.add(row);
        }
    }

    @Override
    public ZoneImage image() {
        SortedMap<String, ZoneImage.Names> all = new TreeMap<>();
        zones.forEach((zone, names) -> all.put(zone, names(zone, names)));
        return new ZoneImage(all);
    }

    private static ZoneImage.Names names(String zone, Map<String, OfName> gathered) {
        List<String> names = new ArrayList<>(gathered.size());
        List<OfName> rows = new ArrayList<>(gathered.size());
        gathered.forEach(
                (name, own) -> {
                    names.add(name);
                    rows.add(own);
                });
        PackedRows[] packed = new PackedRows[names.size()];
        IntStream each = IntStream.range(0, packed.length);
        (packed.length < MANY ? each : each.parallel())
                .forEach(i -> packed[i] = rows.get(i).packed(zone, names.get(i)));
        Map<String, Integer> children = new HashMap<>();
        for (String name : names) {
            children.merge(ZoneImage.parent(name), 1, Integer::sum);
        }
        Map<String, Integer> below = ZoneImage.below(zone, children);
        return new ZoneImage.Names(
                BucketMap.of(names, Arrays.asList(packed)),
                BucketMap.of(List.copyOf(below.keySet()), List.copyOf(below.values())));
    }

    /** Type, data and owner of one row after the other. */
    private static final class OfName {
        private static final int FIELDS = 3;

        private Object[] fields = new Object[FIELDS];
        private int length;

        synchronized void add(ZoneRow row) {
            if (length == fields.length) {
                fields = Arrays.copyOf(fields, 2 * length);
            }
            fields[length] = row.type();
            fields[length + 1] = row.data();
            fields[length + 2] = row.owner();
            length += FIELDS;
        }

        synchronized PackedRows packed(String zone, String name) {
            ZoneRow[] rows = new ZoneRow[length / FIELDS];
            for (int i = 0; i < rows.length; i++) {
                rows[i] =
                        new ZoneRow(
                                zone,
                                name,
                                (RecordType) fields[FIELDS * i],
                                (String) fields[FIELDS * i + 1],
                                (String) fields[FIELDS * i + 2]);
            }
            return PackedRows.of(sorted(rows));
        }

        private static List<ZoneRow> sorted(ZoneRow[] rows) {
            if (rows.length == 1) {
                return List.of(rows);
            }
            Arrays.sort(rows);
            int kept = 1;
            for (int i = 1; i < rows.length; i++) {
                if (!rows[i].equals(rows[kept - 1])) {
                    rows[kept++] = rows[i];
                }
            }
            return Arrays.asList(rows).subList(0, kept);
        }
    }
}
