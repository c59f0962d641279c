package io.meridian.dns.transfer;

import io.meridian.dns.wire.DnsName;
import io.meridian.dns.wire.Rdata;
import io.meridian.dns.wire.RrSet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The records removed and added from one revision of a zone to a later one, without the SOA. No
 * record is in both lists; only existing records are removed and only missing ones added.
 */
record ZoneDifference(List<Entry> removed, List<Entry> added) {
    static final ZoneDifference NONE = new ZoneDifference(List.of(), List.of());

    /**
     * One record.
     *
     * @param ttl seconds
     */
    record Entry(DnsName owner, long ttl, Rdata data) {
        RrSet set() {
            return new RrSet(owner, ttl, List.of(data));
        }
    }

    ZoneDifference {
        removed = List.copyOf(removed);
        added = List.copyOf(added);
    }

    int size() {
        return removed.size() + added.size();
    }

    boolean isEmpty() {
        return size() == 0;
    }

    /** Combines consecutive changes into one difference. */
    static final class Builder {
        private final Map<Entry, Boolean> net = new LinkedHashMap<>();

        /** Adds the change of one name's RRsets. */
        void replace(List<RrSet> before, List<RrSet> after) {
            before.forEach(set -> entries(set).forEach(entry -> put(entry, false)));
            after.forEach(set -> entries(set).forEach(entry -> put(entry, true)));
        }

        void then(ZoneDifference step) {
            step.removed.forEach(entry -> put(entry, false));
            step.added.forEach(entry -> put(entry, true));
        }

        ZoneDifference build() {
            List<Entry> removed = new ArrayList<>();
            List<Entry> added = new ArrayList<>();
            net.forEach((entry, isAdded) -> (isAdded ? added : removed).add(entry));
            return new ZoneDifference(removed, added);
        }

        /** A record that went and came back, or the other way round, has not changed. */
        private void put(Entry entry, boolean isAdded) {
            Boolean held = net.remove(entry);
            if (held == null) {
                net.put(entry, isAdded);
            }
        }

        private static List<Entry> entries(RrSet set) {
            return set.data().stream()
                    .map(data -> new Entry(set.owner(), set.ttl(), data))
                    .toList();
        }
    }
}
