package io.meridian.domain.table;

import java.util.List;

/**
 * The rows of a table that is read as a whole, on their way to its image. Any threads may add at
 * once; the image is asked for by one, once all rows are there.
 */
public interface ImageBuilder<R extends Row, I extends Image<R, I>> {
    /** Adding a row that is there changes nothing. */
    void add(List<R> rows);

    /** The image of all rows, equal to what the empty one would become by adding them. */
    I image();
}
