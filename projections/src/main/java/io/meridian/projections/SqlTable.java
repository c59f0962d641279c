package io.meridian.projections;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Statement;

import java.lang.reflect.Array;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How one table is kept: {@code NAME_row} has its rows, {@code NAME_change} its changes by
 * revision, {@code table_revision} its last revision.
 *
 * @param name {@code zone} or {@code vip}
 * @param columns of a row, all of them its key; the first is {@code owner}
 * @param reader reads a row from a result that has these columns
 */
record SqlTable<R extends Row>(String name, List<Column<R>> columns, Function<Readable, R> reader) {
    /**
     * @param type {@code String}, {@code Integer}
     * @param sql the same, as PostgreSQL calls it
     */
    record Column<R>(String name, Class<?> type, String sql, Function<R, ?> value) {
        static <R> Column<R> text(String name, Function<R, String> value) {
            return new Column<>(name, String.class, "text", value);
        }

        static <R> Column<R> integer(String name, Function<R, Integer> value) {
            return new Column<>(name, Integer.class, "integer", value);
        }
    }

    SqlTable {
        columns = List.copyOf(columns);
    }

    /** Where new revisions are announced, with the revision as payload. */
    String channel() {
        return "meridian_" + name;
    }

    /** $1: owners. */
    String selectByOwners() {
        return "SELECT " + names("") + " FROM " + name + "_row WHERE owner = ANY($1)";
    }

    /**
     * Every row beside the revision; one row of nulls if there is none. One statement, so one
     * snapshot.
     */
    String selectAll() {
        return "SELECT t.revision, "
                + names("r.")
                + " FROM table_revision t LEFT JOIN "
                + name
                + "_row r ON true WHERE t.name = '"
                + name
                + "'";
    }

    /**
     * $1: a revision, $2: the last wanted after it. Columns: current, revision, added, the row's;
     * nulls as above.
     */
    String selectChanges() {
        return "SELECT t.revision AS current, c.revision, c.added, "
                + names("c.")
                + " FROM table_revision t LEFT JOIN "
                + name
                + "_change c ON c.revision > $1 AND c.revision <= $2 WHERE t.name = '"
                + name
                + "' ORDER BY c.revision, c.position";
    }

    /** $1: the last revision to forget. */
    String prune() {
        return "DELETE FROM " + name + "_change WHERE revision <= $1";
    }

    /**
     * Writes changes as the next revision and announces it at commit. From here to the commit other
     * writers of the table wait, so that revisions are committed in order and none is skipped: a
     * sequence would not give that. Returns one row: the revision, and how many rows were there to
     * be removed. Bound by {@link #bindChanges}.
     */
    String writeChanges() {
        String row = name + "_row";
        String same =
                columns.stream()
                        .map(column -> "r." + column.name + " = c." + column.name)
                        .collect(Collectors.joining(" AND "));
        String arrays =
                IntStream.range(0, columns.size())
                        .mapToObj(i -> ", $" + (i + 2) + "::" + columns.get(i).sql + "[]")
                        .collect(Collectors.joining());
        return "WITH c AS (SELECT * FROM unnest($1::boolean[]"
                + arrays
                + ") WITH ORDINALITY AS c(added, "
                + names("")
                + ", position)),"
                + " gone AS (DELETE FROM "
                + row
                + " r USING c WHERE NOT c.added AND "
                + same
                + " RETURNING 1),"
                + " come AS (INSERT INTO "
                + row
                + " ("
                + names("")
                + ") SELECT "
                + names("")
                + " FROM c WHERE added),"
                + " step AS (UPDATE table_revision SET revision = revision + 1 WHERE name = '"
                + name
                + "' RETURNING revision),"
                + " log AS (INSERT INTO "
                + name
                + "_change (revision, position, added, "
                + names("")
                + ")"
                + " SELECT step.revision, c.position::integer, c.added, "
                + names("c.")
                + " FROM step, c)"
                + " SELECT step.revision, (SELECT count(*) FROM gone), pg_notify('"
                + channel()
                + "', step.revision::text) FROM step";
    }

    Statement bindChanges(Statement statement, List<Change<R>> changes) {
        statement.bind("$1", changes.stream().map(Change::added).toArray(Boolean[]::new));
        for (int i = 0; i < columns.size(); i++) {
            Column<R> column = columns.get(i);
            Object[] values = (Object[]) Array.newInstance(column.type, changes.size());
            for (int j = 0; j < values.length; j++) {
                values[j] = column.value.apply(changes.get(j).row());
            }
            statement.bind("$" + (i + 2), values);
        }
        return statement;
    }

    static String[] texts(Collection<String> values) {
        return values.toArray(String[]::new);
    }

    private String names(String prefix) {
        return columns.stream()
                .map(column -> prefix + column.name)
                .collect(Collectors.joining(", "));
    }
}
