package io.meridian.feed;

import io.meridian.domain.table.Gathering;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;

import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * A table that is being read: its image and its digest are made while the rest is still to come.
 * Any threads may add at once.
 */
final class WholeReading<R extends Row, I extends Image<R, I>> {
    private final TableType<R, I> type;
    private final Gathering<R, I> gathering;
    private final LongAdder digest = new LongAdder();

    WholeReading(TableType<R, I> type) {
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
    WholeTable<R, I> done(long revision) {
        return new WholeTable<>(revision, gathering.image(), ImageDigest.EMPTY + digest.sum());
    }
}
