package io.meridian.feed.wire;

import io.meridian.domain.zone.RecordType;
import io.meridian.domain.zone.ZoneRow;

/** Zone, name, type as its IANA number, data, owner. */
public final class ZoneRowCodec implements RowCodec<ZoneRow> {
    private static final RecordType[] TYPES = RecordType.values();

    @Override
    public void write(ZoneRow row, FieldWriter out) {
        out.text(row.zone());
        out.text(row.name());
        out.number(row.type().number());
        out.text(row.data());
        out.text(row.owner());
    }

    @Override
    public ZoneRow read(FieldReader in) throws DamagedFrame {
        return new ZoneRow(in.text(), in.text(), type(in.number()), in.text(), in.text());
    }

    private static RecordType type(int number) throws DamagedFrame {
        for (RecordType type : TYPES) {
            if (type.number() == number) {
                return type;
            }
        }
        throw new DamagedFrame(
                DamagedFrame.Fault.CONTENT,
                "record type " + number + " does not occur in our zones");
    }
}
