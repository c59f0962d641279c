package io.meridian.controlplane.compat;

import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRecord;

import java.util.Comparator;
import java.util.Optional;

/**
 * Port and target of an SRV record.
 *
 * @param target domain name without trailing dot
 */
record SrvData(String target, int port) implements Comparable<SrvData> {
    private static final Comparator<SrvData> ORDER =
            Comparator.comparing(SrvData::target).thenComparing(SrvData::port);

    /**
     * Parses a record; empty if its type is not SRV or its data is not {@code priority weight port
     * target.}.
     */
    static Optional<SrvData> of(ZoneRecord record) {
        String[] fields = record.data().split(" ", 4);
        if (record.type() != RecordType.SRV
                || fields.length < 4
                || !fields[2].matches("[0-9]{1,5}")
                || !fields[3].endsWith(".")) {
            return Optional.empty();
        }
        return Optional.of(
                new SrvData(
                        fields[3].substring(0, fields[3].length() - 1),
                        Integer.parseInt(fields[2])));
    }

    @Override
    public int compareTo(SrvData other) {
        return ORDER.compare(this, other);
    }
}
