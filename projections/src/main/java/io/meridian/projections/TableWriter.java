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

/** Reads and changes one table within a transaction of the caller's. */
record TableWriter<R extends Row>(SqlTable<R> table, ProjectionSettings settings) {
    /** What these owners have, by owner, as kept; none for an owner without rows. */
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
     * What becomes of the rows of one owner.
     *
     * @param before as kept; empty for none
     * @param after likewise
     * @param changes the same as {@link RowText#changes}; empty if all rows come or all go
     * @param size how many rows come or go
     */
    record Edit(String owner, String before, String after, String changes, int size) {}

    /**
     * How an owner comes to the rows that it should have.
     *
     * @param present as {@link #present} says
     * @param desired each once
     * @return empty if it has them
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
     * Writes changes as one new revision. To be called last in a transaction: other writers wait
     * from here on.
     *
     * @param edits one an owner
     * @return the revision; 0 if there are no changes, and then nothing is written
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
        return Flux.from(statement.execute()).concatMap(result -> result.getRowsUpdated()).then();
    }
}
