package io.meridian.dns.answer;

import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.Types;
import io.meridian.domain.zone.ZoneRecord;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What one name has, by type, parsed. A name whose rows are all unreadable still exists, with
 * nothing.
 *
 * @param unreadable how many of its records could not be parsed
 */
record NameData(List<Rdata> a, List<Rdata> aaaa, List<Rdata> srv, int unreadable) {
    NameData {
        a = List.copyOf(a);
        aaaa = List.copyOf(aaaa);
        srv = List.copyOf(srv);
    }

    /**
     * @param type any QTYPE; empty for one that we don't hold
     */
    List<Rdata> of(int type) {
        return switch (type) {
            case Types.A -> a;
            case Types.AAAA -> aaaa;
            case Types.SRV -> srv;
            default -> List.of();
        };
    }

    static NameData parse(List<ZoneRecord> records) {
        List<Rdata> a = new ArrayList<>(records.size());
        List<Rdata> aaaa = new ArrayList<>();
        List<Rdata> srv = new ArrayList<>();
        int unreadable = 0;
        for (ZoneRecord record : records) {
            Optional<Rdata> data = Rdata.parse(record.type(), record.data());
            if (data.isPresent()) {
                List<Rdata> list =
                        switch (record.type()) {
                            case A -> a;
                            case AAAA -> aaaa;
                            case SRV -> srv;
                        };
                if (!list.contains(data.get())) { // two spellings of one address are one record
                    list.add(data.get());
                }
            } else {
                unreadable++;
            }
        }
        return new NameData(a, aaaa, srv, unreadable);
    }
}
