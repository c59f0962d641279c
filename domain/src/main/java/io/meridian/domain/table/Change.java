package io.meridian.domain.table;

/**
 * One row added to or removed from a table.
 *
 * @param added false: removed
 */
public record Change<R extends Row>(boolean added, R row) {
    public static <R extends Row> Change<R> add(R row) {
        return new Change<>(true, row);
    }

    public static <R extends Row> Change<R> remove(R row) {
        return new Change<>(false, row);
    }
}
