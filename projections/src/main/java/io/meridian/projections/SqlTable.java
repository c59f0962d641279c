package io.meridian.projections;

import io.meridian.domain.table.Row;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.text.RowText;

import java.util.Collection;

/**
 * The SQL of one table. {@code NAME_rows} holds the rows by owner, {@code NAME_changes} the changes
 * by revision, both as {@link RowText}; {@code table_revision} holds the last revision.
 *
 * @param name {@code zone} or {@code vip}
 * @param text writes and reads rows
 */
record SqlTable<R extends Row>(String name, RowText<R> text) {
    static final SqlTable<ZoneRow> ZONE = new SqlTable<>("zone", RowText.ZONE);
    static final SqlTable<VipRow> VIP = new SqlTable<>("vip", RowText.VIP);

    /** Where new revisions are announced, with the revision as payload. */
    String channel() {
        return "meridian_" + name;
    }

    /** $1: owners. Columns: owner, rows. */
    String selectByOwners() {
        return "SELECT owner, rows FROM " + name + "_rows WHERE owner = ANY($1)";
    }

    /**
     * All rows beside the revision: columns revision, owner, rows; nulls if there are none. One
     * statement, so one snapshot.
     */
    String selectAll() {
        return "SELECT t.revision, r.owner, r.rows FROM table_revision t LEFT JOIN "
                + name
                + "_rows r ON true WHERE t.name = '"
                + name
                + "'";
    }

    /**
     * $1: a revision, $2: the last wanted after it. Columns: current, revision, changes; nulls as
     * above.
     */
    String selectChanges() {
        return "SELECT t.revision AS current, c.revision, c.changes FROM table_revision t LEFT"
                + " JOIN "
                + name
                + "_changes c ON c.revision > $1 AND c.revision <= $2 WHERE t.name = '"
                + name
                + "' ORDER BY c.revision";
    }

    /** $1: the last revision to forget. */
    String prune() {
        return "DELETE FROM " + name + "_changes WHERE revision <= $1";
    }

    /**
     * Writes changes as the next revision and announces it at commit. From here to the commit other
     * writers of the table wait, so that revisions are committed in order and none is skipped: a
     * sequence would not give that. $1: owners, $2: their rows before, $3: after, both empty for
     * none; $4: their changes, empty if all rows came or all went: those are made here, of the
     * rows. Returns one row: the revision, and how many owners had those rows before.
     *
     * <p>Before the tables are complete nobody is served, so nobody will ask for that step: it is
     * not logged, and who asks for it all the same gets the whole table. Of a first listing the log
     * would cost more than the rows.
     */
    String writeChanges() {
        String rows = name + "_rows";
        return "WITH c AS (SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])"
                + " WITH ORDINALITY AS c(owner, before, after, changes, place)),"
                + " gone AS (DELETE FROM "
                + rows
                + " r USING c WHERE c.after = '' AND r.owner = c.owner AND r.rows = c.before"
                + " RETURNING 1),"
                + " other AS (UPDATE "
                + rows
                + " r SET rows = c.after FROM c WHERE c.before <> '' AND c.after <> '' AND r.owner"
                + " = c.owner AND r.rows = c.before RETURNING 1),"
                + " come AS (INSERT INTO "
                + rows
                + " (owner, rows) SELECT owner, after FROM c WHERE before = ''),"
                + " step AS (UPDATE table_revision SET revision = revision + 1 WHERE name = '"
                + name
                + "' RETURNING revision),"
                + " log AS (INSERT INTO "
                + name
                + "_changes (revision, changes) SELECT revision, ("
                + changesOfAll()
                + ") FROM step WHERE EXISTS (SELECT FROM meta WHERE key = '"
                + Completeness.KEY
                + "'))"
                + " SELECT step.revision, (SELECT count(*) FROM gone) + (SELECT count(*) FROM"
                + " other), pg_notify('"
                + channel()
                + "', step.revision::text) FROM step";
    }

    /** Most owners get all their rows at once, or lose them: no line is sent twice then. */
    private static String changesOfAll() {
        return "SELECT string_agg(CASE WHEN changes <> '' THEN changes ELSE '='"
                + " || replace(replace(replace(owner, E'\\\\', E'\\\\\\\\'), E'\\t', E'\\\\t'),"
                + " E'\\n', E'\\\\n') || E'\\n' || CASE WHEN before = ''"
                + " THEN '+' || replace(left(after, -1), E'\\n', E'\\n+')"
                + " ELSE '-' || replace(left(before, -1), E'\\n', E'\\n-') END || E'\\n' END,"
                + " '' ORDER BY place) FROM c";
    }

    static String[] texts(Collection<String> values) {
        return values.toArray(String[]::new);
    }
}
