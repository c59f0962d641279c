package io.meridian.dns.answer;

import io.meridian.dns.wire.DnsName;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRecord;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Computes the entries of a zone after an update. It changes a few names one by one in the existing
 * table, and builds a new table when more names change than the table has. Both give the same
 * table. One thread uses an instance, once.
 */
final class NameUpdate {
    private static final int MANY = 1000; // changed names from which a new table is cheaper

    private final ZoneProfile profile;
    private final ZoneImage image;
    private final ZoneImage own;
    private NameTable table;
    private int count;
    private int leftOut;

    /**
     * @param image the table's rows after the changes
     * @param own the node's own records after the changes
     * @param table the entries before the changes
     * @param count number of names with rows before the changes
     */
    NameUpdate(ZoneProfile profile, ZoneImage image, ZoneImage own, NameTable table, int count) {
        this.profile = profile;
        this.image = image;
        this.own = own;
        this.table = table;
        this.count = count;
    }

    NameTable table() {
        return table;
    }

    /** Number of names with rows. */
    int count() {
        return count;
    }

    /**
     * Number of records that the zone can't serve: their data does not match the type, or no query
     * can spell their name.
     */
    int leftOut() {
        return leftOut;
    }

    /**
     * Applies the changes.
     *
     * @param touched all names whose records have changed, each once
     */
    void take(Collection<String> touched) {
        if (touched.size() >= MANY && touched.size() >= 2 * table.size()) {
            fill(touched);
        } else {
            edit(touched);
        }
    }

    private static List<ZoneRecord> with(List<ZoneRecord> rows, List<ZoneRecord> added) {
        if (added.isEmpty()) {
            return rows;
        }
        List<ZoneRecord> all = new ArrayList<>(added);
        all.addAll(rows);
        return all;
    }

    /** Applies the changes one name at a time. */
    void edit(Collection<String> touched) {
        Map<DnsName, Integer> below = new HashMap<>();
        for (String text : touched) {
            Optional<DnsName> reachable = profile.reachable(text);
            if (reachable.isEmpty()) {
                leftOut += image.records(profile.key(), text).isEmpty() ? 0 : 1;
                continue;
            }
            DnsName name = reachable.get();
            byte[] key = name.lowerCaseWire();
            byte[] old = table.find(key);
            List<ZoneRecord> records =
                    with(image.records(profile.key(), text), own.records(profile.key(), text));
            int step = (records.isEmpty() ? 0 : 1) - (NameEntry.hasRows(old) ? 1 : 0);
            NameData data = NameData.parse(records);
            leftOut += data.unreadable();
            put(key, old, data, !records.isEmpty());
            count += step;
            for (DnsName up = name.parent();
                    step != 0 && up.labels() > profile.origin().labels();
                    up = up.parent()) {
                below.merge(up, step, Integer::sum);
            }
        }
        below.forEach((name, step) -> countBelow(name.lowerCaseWire(), step));
    }

    private void put(byte[] key, byte[] old, NameData data, boolean hasRows) {
        int below = NameEntry.below(old);
        table =
                hasRows || below > 0
                        ? table.with(NameEntry.encode(key, below, hasRows, data, profile.ttl()))
                        : table.without(key);
    }

    private void countBelow(byte[] key, int step) {
        byte[] old = table.find(key);
        if (!NameEntry.exists(old)) {
            table = table.with(NameEntry.encode(key, step, false, NameData.EMPTY, 0));
            return;
        }
        int below = NameEntry.below(old) + step;
        table =
                below > 0 || NameEntry.hasRows(old)
                        ? table.with(NameEntry.withBelow(old, below))
                        : table.without(key);
    }

    /**
     * The new entry of one name.
     *
     * @param entry {@link NameTable#NONE} if no query can spell the name
     * @param leftOut number of its records that the zone can't serve
     * @param step correction to the image's count of names below each ancestor
     */
    private record Made(byte[] entry, int leftOut, int step) {
        boolean exists() {
            return NameEntry.exists(entry);
        }
    }

    /** Builds a new table of all names; all of them count as touched. */
    void fillAll() {
        List<String> all = names();
        fill(all, all);
    }

    /** Builds a new table of all names with records. */
    void fill(Collection<String> touched) {
        fill(names(), touched);
    }

    private void fill(List<String> all, Collection<String> touched) {
        Made[] made = new Made[all.size()];
        // Entries are independent of each other, and most of the work of a first image.
        Arrays.parallelSetAll(made, i -> made(all.get(i)));
        List<byte[]> entries = new ArrayList<>(made.length);
        Map<String, Integer> unreadable = new HashMap<>();
        for (int i = 0; i < made.length; i++) {
            if (made[i].exists()) {
                entries.add(made[i].entry());
            }
            if (made[i].leftOut() > 0) {
                unreadable.put(all.get(i), made[i].leftOut());
            }
        }
        if (!unreadable.isEmpty()) {
            touched.forEach(name -> leftOut += unreadable.getOrDefault(name, 0));
        }
        count = entries.size();
        table = NameTable.of(entries.toArray(byte[][]::new));
        List<byte[]> nonTerminals = new ArrayList<>();
        below(all, made)
                .forEach(
                        (name, below) -> {
                            byte[] key = DnsName.literal(name).lowerCaseWire();
                            byte[] entry = table.find(key);
                            if (NameEntry.exists(entry)) {
                                NameEntry.setBelow(entry, below);
                            } else {
                                nonTerminals.add(
                                        NameEntry.encode(key, below, false, NameData.EMPTY, 0));
                            }
                        });
        for (byte[] entry : nonTerminals) {
            table = table.with(entry);
        }
    }

    private Made made(String text) {
        Optional<DnsName> name = profile.reachable(text);
        List<ZoneRecord> rows = image.records(profile.key(), text);
        if (name.isEmpty()) {
            return new Made(NameTable.NONE, 1, rows.isEmpty() ? 0 : -1);
        }
        List<ZoneRecord> records = with(rows, own.records(profile.key(), text));
        NameData data = NameData.parse(records);
        byte[] key = name.get().lowerCaseWire();
        return new Made(
                NameEntry.encode(key, 0, true, data, profile.ttl()),
                data.unreadable(),
                rows.isEmpty() ? 1 : 0);
    }

    /** Number of names with an entry below each name, without the origin. */
    private Map<String, Integer> below(List<String> all, Made[] made) {
        Map<String, Integer> below = new HashMap<>();
        image.forEachParent(profile.key(), below::put);
        for (int i = 0; i < made.length; i++) {
            String up = made[i].step() == 0 ? profile.key() : all.get(i);
            while (ZoneImage.inZone(up, profile.key()) && !up.equals(profile.key())) {
                up = ZoneImage.parent(up);
                below.merge(up, made[i].step(), Integer::sum);
            }
        }
        below.remove(profile.key());
        below.values().removeIf(count -> count == 0);
        return below;
    }

    /** Every name with rows. */
    private List<String> names() {
        List<String> all = new ArrayList<>();
        image.forEachName(profile.key(), all::add);
        own.forEachName(
                profile.key(),
                name -> {
                    if (image.records(profile.key(), name).isEmpty()) {
                        all.add(name);
                    }
                });
        return all;
    }
}
