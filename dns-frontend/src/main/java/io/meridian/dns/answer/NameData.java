package io.meridian.dns.answer;

import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.Renaming;
import io.meridian.domain.zone.ZoneRecord;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        List<List<Rdata>> sets = new ArrayList<>(2);
        int unreadable = 0;
        for (ZoneRecord record : records) {
            Optional<Rdata> data = Rdata.parse(record.type(), record.data());
            if (data.isPresent()) {
                add(data.get(), sets);
            } else {
                unreadable++;
            }
        }
        return new NameData(sets, unreadable);
    }

    /** Keeps the sets in the order of their types. */
    private static void add(Rdata data, List<List<Rdata>> sets) {
        int at = 0;
        while (at < sets.size() && sets.get(at).getFirst().type() < data.type()) {
            at++;
        }
        if (at == sets.size() || sets.get(at).getFirst().type() > data.type()) {
            sets.add(at, new ArrayList<>(List.of(data)));
        } else if (!sets.get(at).contains(data)) { // two spellings of one address are one record
            sets.get(at).add(data);
        }
    }
}
