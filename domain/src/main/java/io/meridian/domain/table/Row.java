package io.meridian.domain.table;

/** A row of the zone table or of the VIP table. Two rows are one if they are equal. */
public interface Row {
    /**
     * Who the row exists for: a service id, a blank and a task id for what an instance causes; so
     * that two tasks which give the same record don't delete each other's.
     */
    String owner();
}
