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

    /** Channel of NOTIFY for new revisions; the payload is the revision. */
    String channel() {
        return "meridian_" + name;
    }

    /** $1: owners. Columns: owner, rows. */
    String selectByOwners() {
        return sql("SELECT owner, rows FROM {table}_rows WHERE owner = ANY($1)");
    }

    /**
     * Reads all rows and the revision from one snapshot. Columns: revision, owner, rows; owner and
     * rows are null if there are no rows.
     */
    String selectAll() {
        return sql(
                """
                SELECT t.revision, r.owner, r.rows
                FROM table_revision t LEFT JOIN {table}_rows r ON true
                WHERE t.name = '{table}'
                """);
    }

    /**
     * Reads changes. $1: a revision, $2: the last revision wanted after it. Columns: current,
     * revision, changes; revision and changes are null if there are no changes.
     */
    String selectChanges() {
        return sql(
                """
                SELECT t.revision AS current, c.revision, c.changes
                FROM table_revision t
                LEFT JOIN {table}_changes c ON c.revision > $1 AND c.revision <= $2
                WHERE t.name = '{table}'
                ORDER BY c.revision
                """);
    }

    /** $1: the last revision to delete. */
    String prune() {
        return sql("DELETE FROM {table}_changes WHERE revision <= $1");
    }

    /**
     * Writes changes as the next revision and notifies listeners at commit. Other writers of the
     * table wait from here to the commit, so that revisions are committed in order and without
     * gaps; a sequence would not give that.
     *
     * <p>$1: owners, $2: their rows before, $3: their rows after, both empty for no rows; $4: their
     * changes, empty if all rows are added or all are removed: the statement then makes the changes
     * from the rows, so that the client sends them once. Returns one row: the revision, and how
     * many owners had those rows before.
     *
     * <p>The statement logs no changes until the first complete listing, because the log of a first
     * listing costs more than its rows. A reader that asks for those changes loads the whole table.
     */
    String writeChanges() {
        return sql(
                """
                WITH input AS (
                  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
                    WITH ORDINALITY AS i(owner, before, after, changes, place)),
                deleted AS (
                  DELETE FROM {table}_rows r USING input i
                  WHERE i.after = '' AND r.owner = i.owner AND r.rows = i.before
                  RETURNING 1),
                updated AS (
                  UPDATE {table}_rows r SET rows = i.after FROM input i
                  WHERE i.before <> '' AND i.after <> '' AND r.owner = i.owner AND r.rows = i.before
                  RETURNING 1),
                inserted AS (
                  INSERT INTO {table}_rows (owner, rows)
                  SELECT owner, after FROM input WHERE before = ''),
                next AS (
                  UPDATE table_revision SET revision = revision + 1 WHERE name = '{table}'
                  RETURNING revision),
                change AS (
                  SELECT place, CASE
                    WHEN changes <> '' THEN changes
                    WHEN before = '' THEN {header} || '+' || replace(left(after, -1), E'\\n', E'\\n+') || E'\\n'
                    ELSE {header} || '-' || replace(left(before, -1), E'\\n', E'\\n-') || E'\\n'
                    END AS lines
                  FROM input),
                logged AS (
                  INSERT INTO {table}_changes (revision, changes)
                  SELECT revision, (SELECT string_agg(lines, '' ORDER BY place) FROM change)
                  FROM next WHERE EXISTS (SELECT FROM meta WHERE key = '{complete}'))
                SELECT next.revision,
                  (SELECT count(*) FROM deleted) + (SELECT count(*) FROM updated),
                  pg_notify('{channel}', next.revision::text)
                FROM next
                """);
    }

    /** The line "=" and owner in the text form of changes, with the owner escaped. */
    private static final String HEADER =
            """
            '=' || replace(replace(replace(owner, E'\\\\', E'\\\\\\\\'), E'\\t', E'\\\\t'), E'\\n', E'\\\\n') || E'\\n'\
            """;

    private String sql(String template) {
        return template.replace("{table}", name)
                .replace("{channel}", channel())
                .replace("{complete}", Completeness.KEY)
                .replace("{header}", HEADER);
    }

    static String[] texts(Collection<String> values) {
        return values.toArray(String[]::new);
    }
}
