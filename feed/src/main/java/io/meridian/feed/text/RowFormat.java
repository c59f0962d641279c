package io.meridian.feed.text;

import io.meridian.domain.table.Row;

/** The fields of one row type, in their order in a line. A new field is added here only. */
interface RowFormat<R extends Row> {
    /** Writes every field but the owner. Equal rows write equal fields; others do not. */
    void write(R row, LineWriter to);

    /**
     * Reads the fields that {@link #write} wrote.
     *
     * @throws IllegalArgumentException if the fields make no row
     */
    R read(String owner, LineReader from);
}
