package io.meridian.projections;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Statement;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.function.Function;

/** Reads and changes one table within a transaction of the caller's. */
record TableWriter<R extends Row>(SqlTable<R> table, RowText<R> text, ProjectionSettings settings) {
    TableWriter(SqlTable<R> table, ProjectionSettings settings) {
        this(table, new RowText<>(table), settings);
    }

    /**
     * What owners have.
     *
     * @param texts by owner, as kept; none for an owner without rows
     */
    record Present<R extends Row>(Map<String, String> texts, List<R> rows) {}

    /** What these owners have. */
    Mono<Present<R>> present(Connection connection, Collection<String> owners) {
        return select(
                        connection
                                .createStatement(table.selectByOwners())
                                .bind("$1", SqlTable.texts(owners)),
                        row -> Map.entry(row.get(0, String.class), row.get(1, String.class)))
                .map(this::present);
    }

    private Present<R> present(List<Map.Entry<String, String>> found) {
        Map<String, String> texts = new LinkedHashMap<>();
        List<R> rows = new ArrayList<>();
        for (Map.Entry<String, String> one : found) {
            texts.put(one.getKey(), one.getValue());
            rows.addAll(text.rows(one.getKey(), one.getValue()));
        }
        return new Present<>(texts, rows);
    }

    /**
     * Writes changes as one new revision. To be called last in a transaction: other writers wait
     * from here on.
     *
     * @param present what the owners of all changes have
     * @return the revision; 0 if there are no changes, and then nothing is written
     */
    Mono<Long> write(Connection connection, Present<R> present, List<Change<R>> changes) {
        if (changes.isEmpty()) {
            return Mono.just(0L);
        }
        Map<String, String> after = after(present, changes);
        List<String> before =
                after.keySet().stream()
                        .map(owner -> present.texts().getOrDefault(owner, ""))
                        .toList();
        long replaced = before.stream().filter(text -> !text.isEmpty()).count();
        return select(
                        connection
                                .createStatement(table.writeChanges())
                                .bind("$1", SqlTable.texts(after.keySet()))
                                .bind("$2", SqlTable.texts(before))
                                .bind("$3", SqlTable.texts(after.values()))
                                .bind("$4", text.changes(changes)),
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

    /** What each owner whose rows change has then. */
    private Map<String, String> after(Present<R> present, List<Change<R>> changes) {
        Map<String, SequencedSet<R>> rows = new LinkedHashMap<>();
        changes.forEach(change -> rows.put(change.row().owner(), new LinkedHashSet<>()));
        for (R row : present.rows()) {
            if (rows.containsKey(row.owner())) {
                rows.get(row.owner()).add(row);
            }
        }
        for (Change<R> change : changes) {
            SequencedSet<R> own = rows.get(change.row().owner());
            boolean changed = change.added() ? own.add(change.row()) : own.remove(change.row());
            if (!changed) {
                throw new IllegalStateException("not what is there: " + change);
            }
        }
        Map<String, String> texts = new LinkedHashMap<>();
        rows.forEach((owner, own) -> texts.put(owner, text.rows(own)));
        return texts;
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
