package io.meridian.feed.text;

import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRow;

/** Zone, name, type by its mnemonic, data in zone-file text. */
final class ZoneRowFormat implements RowFormat<ZoneRow> {
    private static final RecordType[] TYPES = RecordType.values();

    @Override
    public void write(ZoneRow row, LineWriter to) {
        to.text(row.zone()).text(row.name()).text(row.type().name()).text(row.data());
    }

    @Override
    public ZoneRow read(String owner, LineReader from) {
        String zone = from.repeated(0);
        String name = from.text();
        RecordType type = from.constant(TYPES, RecordType::name);
        String data = from.repeated(1 + type.ordinal());
        return new ZoneRow(zone, name, type, data, owner);
    }
}
