package io.meridian.domain.table;

import java.util.List;

/**
 * Immutable whole of one table. The image of a snapshot equals that of all changes that led there,
 * in any batching.
 *
 * @param <R> row
 * @param <I> the image type itself
 */
public interface Image<R extends Row, I extends Image<R, I>> {
    /**
     * The image with those changes. Adding a row that is there or removing one that is not changes
     * nothing.
     */
    I apply(List<Change<R>> changes);

    boolean contains(R row);

    /** Every row, sorted by the rows' own order. */
    List<R> rows();
}
