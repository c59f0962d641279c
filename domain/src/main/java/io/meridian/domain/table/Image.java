package io.meridian.domain.table;

import java.util.List;

/**
 * The whole of one table, immutable. The image of a snapshot equals the image of all changes that
 * led there, in any batching.
 *
 * @param <R> row
 * @param <I> the image type itself
 */
public interface Image<R extends Row, I extends Image<R, I>> {
    /**
     * Returns the image with those changes. Adding a present row or removing an absent one changes
     * nothing.
     */
    I apply(List<Change<R>> changes);

    boolean contains(R row);

    /** Returns every row, in the rows' natural order. */
    List<R> rows();
}
