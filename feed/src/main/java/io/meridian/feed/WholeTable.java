package io.meridian.feed;

import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;

import java.util.List;

/** All of a table at one revision. */
record WholeTable<R extends Row, I extends Image<R, I>>(long revision, I image, long digest) {
    /**
     * @param rows in any order, without duplicates
     */
    static <R extends Row, I extends Image<R, I>> WholeTable<R, I> of(
            TableType<R, I> type, long revision, List<R> rows) {
        WholeReading<R, I> reading = new WholeReading<>(type);
        reading.add(rows);
        return reading.done(revision);
    }
}
