package io.meridian.feed.master;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.ImageBuilder;
import io.meridian.domain.table.Row;
import io.meridian.feed.ImageDigest;
import io.meridian.feed.TableType;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * A table that is being read: its image and its digest are made while the rest is still to come.
 * Any threads may add at once.
 */
final class TableLoad<R extends Row, I extends Image<R, I>> {
    private final TableType<R, I> type;
    private final ImageBuilder<R, I> gathering;
    private final LongAdder digest = new LongAdder();

    TableLoad(TableType<R, I> type) {
        this.type = type;
        this.gathering = type.gathering().get();
    }

    /**
     * @param rows each once in all
     */
    void add(List<R> rows) {
        gathering.add(rows);
        digest.add(ImageDigest.part(type, rows));
    }

    /** Once all rows are there. */
    LoadedTable<R, I> done(long revision) {
        return new LoadedTable<>(revision, gathering.image(), ImageDigest.EMPTY + digest.sum());
    }
}
