package io.meridian.dns.answer;

import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.Renaming;
import io.meridian.domain.zone.ZoneRecord;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What one name has, by type, parsed. A name whose rows are all unreadable still exists, with
 * nothing.
 *
 * @param sets one for each type that has records, none empty
 * @param unreadable how many of its records could not be parsed
 */
record NameData(List<List<Rdata>> sets, int unreadable) {
    static final NameData EMPTY = new NameData(List.of(), 0);

    NameData {
        sets = sets.stream().map(List::copyOf).toList();
    }

    /**
     * @param type any QTYPE; empty for one that we don't hold
     */
    List<Rdata> of(int type) {
        for (List<Rdata> set : sets) {
            if (set.getFirst().type() == type) {
                return set;
            }
        }
        return List.of();
    }

    /** The same with the names that its records point to. */
    NameData renamed(Renaming renaming) {
        return new NameData(sets.stream().map(renaming::of).toList(), unreadable);
    }

    static NameData parse(List<ZoneRecord> records) {
        TreeMap<Integer, List<Rdata>> sets = new TreeMap<>();
        int unreadable = 0;
        for (ZoneRecord record : records) {
            Optional<Rdata> data = Rdata.parse(record.type(), record.data());
            if (data.isPresent()) {
                List<Rdata> set =
                        sets.computeIfAbsent(record.type().number(), _ -> new ArrayList<>());
                if (!set.contains(data.get())) { // two spellings of one address are one record
                    set.add(data.get());
                }
            } else {
                unreadable++;
            }
        }
        return new NameData(List.copyOf(sets.values()), unreadable);
    }
}
