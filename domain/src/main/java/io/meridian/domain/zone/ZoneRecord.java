package io.meridian.domain.zone;

import java.util.Comparator;

/** A DNS record: a {@link ZoneRow} without its owner. */
public record ZoneRecord(String name, RecordType type, String data)
        implements Comparable<ZoneRecord> {
    private static final Comparator<ZoneRecord> ORDER =
            Comparator.comparing(ZoneRecord::name)
                    .thenComparing(ZoneRecord::type)
                    .thenComparing(ZoneRecord::data);

    @Override
    public int compareTo(ZoneRecord other) {
        return ORDER.compare(this, other);
    }
}
