package io.meridian.domain.table;

/** A row of the zone table or of the VIP table. A table holds no two equal rows. */
public interface Row {
    /**
     * The owner of the row, which adds and removes it. For an instance's row that is a service id,
     * a blank and a task id, see {@link Owner}; for the address of a VIP, its name. Two tasks that
     * give the same record have a row each, so neither removes the other's.
     */
    String owner();
}
