package io.meridian.projections;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.feed.text.RowText;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Statement;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads and changes one table within the caller's transaction. */
record TableWriter<R extends Row>(SqlTable<R> table, ProjectionSettings settings) {
    /** Stored rows as text, by owner; no entry for an owner without rows. */
    Mono<Map<String, String>> present(Connection connection, Collection<String> owners) {
        return select(
                        connection
                                .createStatement(table.selectByOwners())
                                .bind("$1", SqlTable.texts(owners)),
                        row -> Map.entry(row.get(0, String.class), row.get(1, String.class)))
                .map(
                        found -> {
                            Map<String, String> texts = new HashMap<>();
                            found.forEach(one -> texts.put(one.getKey(), one.getValue()));
                            return texts;
                        });
    }

    /**
     * Change of one owner's rows.
     *
     * @param before stored rows as {@link RowText}; empty for no rows
     * @param after new rows as {@link RowText}; empty for no rows
     * @param changes the change as {@link RowText#changes}; empty if all rows are added or all are
     *     removed
     * @param size number of rows added and removed
     */
    record Edit(String owner, String before, String after, String changes, int size) {}

    /**
     * The edit that replaces an owner's stored rows by the desired ones.
     *
     * @param present result of {@link #present}
     * @param desired rows without duplicates
     * @return empty if the stored rows are the desired ones
     */
    Optional<Edit> edit(String owner, Map<String, String> present, Collection<R> desired) {
        String before = present.getOrDefault(owner, "");
        if (before.isEmpty()) {
            return desired.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new Edit(owner, "", table.text().rows(desired), "", desired.size()));
        }
        List<R> rows = table.text().rows(owner, before);
        List<Change<R>> changes = TableDiff.of(rows, desired);
        if (changes.isEmpty()) {
            return Optional.empty();
        }
        String after = table.text().rows(desired);
        return Optional.of(
                new Edit(
                        owner,
                        before,
                        after,
                        after.isEmpty() ? "" : table.text().changes(changes),
                        changes.size()));
    }

    /**
     * Writes edits as one new revision. Call this last in a transaction: other writers of the table
     * wait until the commit.
     *
     * @param edits at most one edit per owner
     * @return the revision; 0 without edits, and then nothing is written
     */
    Mono<Long> write(Connection connection, List<Edit> edits) {
        if (edits.isEmpty()) {
            return Mono.just(0L);
        }
        long replaced = edits.stream().filter(edit -> !edit.before().isEmpty()).count();
        return select(
                        connection
                                .createStatement(table.writeChanges())
                                .bind("$1", texts(edits, Edit::owner))
                                .bind("$2", texts(edits, Edit::before))
                                .bind("$3", texts(edits, Edit::after))
                                .bind("$4", texts(edits, Edit::changes)),
                        row -> new long[] {row.get(0, Long.class), row.get(1, Long.class)})
                .flatMap(
                        written -> {
                            long found = written.getFirst()[1];
                            return found == replaced
                                    ? prune(connection, written.getFirst()[0])
                                    : Mono.error(
                                            new IllegalStateException(
                                                    "table "
                                                            + table.name()
                                                            + " changed meanwhile: rows of "
                                                            + replaced
                                                            + " owners to replace, "
                                                            + found
                                                            + " found"));
                        });
    }

    private static String[] texts(List<Edit> edits, Function<Edit, String> text) {
        return edits.stream().map(text).toArray(String[]::new);
    }

    private Mono<Long> prune(Connection connection, long revision) {
        if (revision % settings.pruneEvery() != 0) {
            return Mono.just(revision);
        }
        return execute(
                        connection
                                .createStatement(table.prune())
                                .bind("$1", revision - settings.changeRetention()))
                .thenReturn(revision);
    }

    static <T> Mono<List<T>> select(Statement statement, Function<Readable, T> reader) {
        return Flux.from(statement.execute()).concatMap(result -> result.map(reader)).collectList();
    }

    static Mono<Void> execute(Statement statement) {
        return update(statement).then();
    }

    /** Number of rows that the statement inserted, updated or deleted. */
    static Mono<Long> update(Statement statement) {
        return Flux.from(statement.execute())
                .concatMap(result -> result.getRowsUpdated())
                .reduce(0L, Long::sum);
    }
}
