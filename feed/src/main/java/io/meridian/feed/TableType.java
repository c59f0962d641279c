package io.meridian.feed;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;

import java.util.Comparator;

/**
 * What the feed must know of a table to carry it.
 *
 * @param empty the image without rows
 * @param order of rows, consistent with their equality
 */
public record TableType<R extends Row, I extends Image<R, I>>(
        Table table, I empty, Comparator<R> order, RowCodec<R> codec) {
    public static final TableType<ZoneRow, ZoneImage> ZONE =
            new TableType<>(
                    Table.ZONE, ZoneImage.EMPTY, Comparator.naturalOrder(), new ZoneRowCodec());
    public static final TableType<VipRow, VipImage> VIP =
            new TableType<>(
                    Table.VIP, VipImage.EMPTY, Comparator.naturalOrder(), new VipRowCodec());

    /** In logs and file names. */
    public String label() {
        return table.label();
    }
}
