package io.meridian.database;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rewrites an insert of one row of parameters to an insert of all rows from array parameters. Pure.
 *
 * @param into the statement's text before VALUES
 * @param values the values' text, with parameters {@code $1}, {@code $2}, ...
 */
record CombinedInsert(String into, String values) {
    private static final Pattern SHAPE =
            Pattern.compile(
                    "\\s*(INSERT INTO [\\w.\"]+"
                            + " ?\\([^()]*\\))\\s+VALUES\\s*\\(((?:[^()']|\\(\\))*)\\)\\s*",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern PARAMETER = Pattern.compile("\\$(\\d+)");

    /** Types of parameters that can be combined, with their names in PostgreSQL. */
    private static final Map<Class<?>, String> TYPES =
            Map.of(
                    String.class, "text",
                    Integer.class, "integer",
                    Long.class, "bigint",
                    Instant.class, "timestamptz");

    /**
     * Parses a statement.
     *
     * @param sql statement with parameters {@code $1}, {@code $2}, ...
     * @return empty unless the statement is exactly {@code INSERT INTO t (...) VALUES (...)}
     */
    static Optional<CombinedInsert> of(String sql) {
        Matcher matcher = SHAPE.matcher(sql);
        return matcher.matches()
                ? Optional.of(new CombinedInsert(matcher.group(1), matcher.group(2)))
                : Optional.empty();
    }

    /** Whether parameters of these types can be combined to arrays. */
    static boolean takes(List<Class<?>> types) {
        return TYPES.keySet().containsAll(types);
    }

    /** The insert whose parameters are arrays with one element per row. */
    String sql(List<Class<?>> types) {
        String arrays =
                IntStream.range(0, types.size())
                        .mapToObj(i -> "$" + (i + 1) + "::" + TYPES.get(types.get(i)) + "[]")
                        .collect(Collectors.joining(", "));
        String names =
                IntStream.range(0, types.size())
                        .mapToObj(i -> "p" + (i + 1))
                        .collect(Collectors.joining(", "));
        return into
                + " SELECT "
                + PARAMETER.matcher(values).replaceAll("n.p$1")
                + " FROM unnest("
                + arrays
                + ") AS n("
                + names
                + ")";
    }
}
