package io.meridian.feed.master;

/** The steps that were asked for are not there (any more): the whole table must be read. */
public final class RevisionsGone extends Exception {
    private static final long serialVersionUID = 1L;

    public RevisionsGone(String table, long after) {
        super("steps of table " + table + " behind revision " + after + " are gone");
    }
}
