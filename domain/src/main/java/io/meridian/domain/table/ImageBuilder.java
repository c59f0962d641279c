package io.meridian.domain.table;

import java.util.List;

/**
 * Builds the image of a table that is read as a whole. Any threads may add rows at once; one thread
 * takes the image after the last row.
 */
public interface ImageBuilder<R extends Row, I extends Image<R, I>> {
    /** Adds rows; a row that was added before changes nothing. */
    void add(List<R> rows);

    /** Returns the image of all rows, equal to the empty image with these rows added. */
    I image();
}
