package io.meridian.feed.wire;

import io.meridian.domain.table.Row;

/**
 * One kind of row as a fixed order of fields. Two rows that are equal give the same fields; two
 * that differ don't.
 */
public interface RowCodec<R extends Row> {
    void write(R row, FieldWriter out);

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws DamagedFrame if no row can be made of it
     */
    R read(FieldReader in) throws DamagedFrame;
}
