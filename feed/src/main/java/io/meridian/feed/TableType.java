package io.meridian.feed;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.ImageBuilder;
import io.meridian.domain.table.Row;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.text.RowText;

import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;

/**
 * Describes a table to the feed: how to write, sort and collect its rows.
 *
 * @param empty the image without rows
 * @param order of rows, consistent with their equality
 * @param text writes and reads rows
 * @param builder makes an image of all rows of a table
 */
public record TableType<R extends Row, I extends Image<R, I>>(
        Table table,
        I empty,
        Comparator<R> order,
        RowText<R> text,
        Supplier<ImageBuilder<R, I>> builder) {
    public static final TableType<ZoneRow, ZoneImage> ZONE =
            new TableType<>(
                    Table.ZONE,
                    ZoneImage.EMPTY,
                    Comparator.naturalOrder(),
                    RowText.ZONE,
                    ZoneImage::builder);
    public static final TableType<VipRow, VipImage> VIP =
            new TableType<>(
                    Table.VIP,
                    VipImage.EMPTY,
                    Comparator.naturalOrder(),
                    RowText.VIP,
                    VipImage::builder);

    /** Returns the image of those rows. */
    public I image(List<R> rows) {
        ImageBuilder<R, I> all = builder.get();
        all.add(rows);
        return all.image();
    }

    /** {@code zone} or {@code vip}, see {@link Table#label}. */
    public String label() {
        return table.label();
    }
}
