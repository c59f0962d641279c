package io.meridian.feed;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.ImageBuilder;
import io.meridian.domain.table.Row;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.wire.RowCodec;
import io.meridian.feed.wire.VipRowCodec;
import io.meridian.feed.wire.ZoneRowCodec;

import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * What the feed must know of a table to carry it.
 *
 * @param empty the image without rows
 * @param order of rows, consistent with their equality
 * @param gathering to make an image of all its rows
 */
public record TableType<R extends Row, I extends Image<R, I>>(
        Table table,
        I empty,
        Comparator<R> order,
        RowCodec<R> codec,
        Supplier<ImageBuilder<R, I>> gathering) {
    public static final TableType<ZoneRow, ZoneImage> ZONE =
            new TableType<>(
                    Table.ZONE,
                    ZoneImage.EMPTY,
                    Comparator.naturalOrder(),
                    new ZoneRowCodec(),
                    ZoneImage::builder);
    public static final TableType<VipRow, VipImage> VIP =
            new TableType<>(
                    Table.VIP,
                    VipImage.EMPTY,
                    Comparator.naturalOrder(),
                    new VipRowCodec(),
                    VipImage::builder);

    /** The image of those rows. */
    public I image(List<R> rows) {
        ImageBuilder<R, I> all = gathering.get();
        all.add(rows);
        return all.image();
    }

    /** In logs and file names. */
    public String label() {
        return table.label();
    }
}
