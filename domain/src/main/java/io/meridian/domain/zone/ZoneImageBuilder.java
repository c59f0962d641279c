package io.meridian.domain.zone;

import io.meridian.domain.table.ImageBuilder;
import io.meridian.domain.table.PersistentHashMap;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Rows by zone and name. */
final class ZoneImageBuilder implements ImageBuilder<ZoneRow, ZoneImage> {
    private final Map<String, OfZone> zones = new ConcurrentHashMap<>();

    @Override
    public void add(List<ZoneRow> rows) {
        for (ZoneRow row : rows) {
            OfZone zone = zones.get(row.zone());
            if (zone == null) {
                zone = zones.computeIfAbsent(row.zone(), OfZone::new);
            }
            zone.of(row.name()).add(row);
        }
    }

    @Override
    public ZoneImage image() {
        SortedMap<String, ZoneImage.Names> all = new TreeMap<>();
        zones.forEach((zone, gathered) -> all.put(zone, gathered.names()));
        return new ZoneImage(all);
    }

    private static final class OfZone {
        private final String zone;
        private final Map<String, NameRows> names = new ConcurrentHashMap<>();

        /** Number of names with each parent; all threads count while they add. */
        private final Map<String, Integer> children = new ConcurrentHashMap<>();

        OfZone(String zone) {
            this.zone = zone;
        }

        NameRows of(String name) {
            NameRows rows = names.get(name);
            return rows != null ? rows : names.computeIfAbsent(name, this::begun);
        }

        private NameRows begun(String name) {
            children.merge(ZoneImage.parent(name), 1, Integer::sum);
            return new NameRows();
        }

        ZoneImage.Names names() {
            return new ZoneImage.Names(map(names), map(ZoneImage.below(zone, children)));
        }

        private static <V> PersistentHashMap<String, V> map(Map<String, V> entries) {
            List<String> keys = new ArrayList<>(entries.size());
            List<V> values = new ArrayList<>(entries.size());
            entries.forEach(
                    (key, value) -> {
                        keys.add(key);
                        values.add(value);
                    });
            return PersistentHashMap.of(keys, values);
        }
    }
}
