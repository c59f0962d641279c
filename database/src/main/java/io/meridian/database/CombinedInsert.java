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
 * An insert of one row of parameters, as one of as many rows as there are elements in arrays. Pure.
 *
 * @param into all before the values
 * @param values with parameters {@code $1}, {@code $2}, ...
 */
record CombinedInsert(String into, String values) {
    private static final Pattern SHAPE =
            Pattern.compile(
                    "\\s*(INSERT INTO [\\w.\"]+"
                            + " ?\\([^()]*\\))\\s+VALUES\\s*\\(((?:[^()']|\\(\\))*)\\)\\s*",
                    Pattern.CASE_INSENSITIVE);

    private static final Pattern PARAMETER = Pattern.compile("\\$(\\d+)");

    /** PostgreSQL's names of the types that a parameter can have. */
    private static final Map<Class<?>, String> TYPES =
            Map.of(
                    String.class, "text",
                    Integer.class, "integer",
                    Long.class, "bigint",
                    Instant.class, "timestamptz");

    /**
     * @param sql with PostgreSQL's parameters
     * @return empty if it is something else, or more than {@code INSERT INTO t (...) VALUES (...)}
     */
    static Optional<CombinedInsert> of(String sql) {
        Matcher matcher = SHAPE.matcher(sql);
        return matcher.matches()
                ? Optional.of(new CombinedInsert(matcher.group(1), matcher.group(2)))
                : Optional.empty();
    }

    /** Whether arrays of these can be sent. */
    static boolean takes(List<Class<?>> types) {
        return TYPES.keySet().containsAll(types);
    }

    /** The same for parameters that are arrays, each with an element for each row. */
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
