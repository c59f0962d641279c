package io.meridian.dns.answer;

import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.Renaming;
import io.meridian.domain.zone.ZoneRecord;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The parsed records of one name, by type. A name whose rows are all unreadable exists and has no
 * records.
 *
 * @param sets one non-empty list per type, in the order of the type numbers
 * @param unreadable number of records that could not be parsed
 */
record NameData(List<List<Rdata>> sets, int unreadable) {
    static final NameData EMPTY = new NameData(List.of(), 0);

    NameData {
        List<List<Rdata>> copies = new ArrayList<>(sets.size());
        for (List<Rdata> set : sets) {
            copies.add(List.copyOf(set));
        }
        sets = List.copyOf(copies);
    }

    /**
     * @param type any QTYPE; empty if the name has no records of it
     */
    List<Rdata> of(int type) {
        for (List<Rdata> set : sets) {
            if (set.getFirst().type() == type) {
                return set;
            }
        }
        return List.of();
    }

    /** The same records with their targets renamed. */
    NameData renamed(Renaming renaming) {
        return new NameData(sets.stream().map(renaming::of).toList(), unreadable);
    }

    static NameData parse(List<ZoneRecord> records) {
        List<OfType> types = new ArrayList<>(2); // by type number
        int unreadable = 0;
        for (ZoneRecord record : records) {
            Optional<Rdata> data = Rdata.parse(record.type(), record.data());
            if (data.isPresent()) {
                of(data.get().type(), types).add(data.get());
            } else {
                unreadable++;
            }
        }
        List<List<Rdata>> sets = new ArrayList<>(types.size());
        for (OfType type : types) {
            sets.add(type.records);
        }
        return new NameData(sets, unreadable);
    }

    private static OfType of(int type, List<OfType> types) {
        int at = 0;
        while (at < types.size() && types.get(at).type < type) {
            at++;
        }
        if (at == types.size() || types.get(at).type > type) {
            types.add(at, new OfType(type));
        }
        return types.get(at);
    }

    /** The records of one type. Of two spellings of one address or name the first is kept. */
    private static final class OfType {
        private static final int FEW = 16;

        private final int type;
        private final List<Rdata> records = new ArrayList<>(2);
        private final Set<Rdata> seen = new HashSet<>(); // used above FEW records only

        OfType(int type) {
            this.type = type;
        }

        void add(Rdata data) {
            if (records.size() < FEW) {
                if (!records.contains(data)) {
                    records.add(data);
                }
                return;
            }
            if (seen.isEmpty()) {
                seen.addAll(records);
            }
            if (seen.add(data)) {
                records.add(data);
            }
        }
    }
}
