package io.meridian.projections;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Statement;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/** Reads and changes one table within a transaction of the caller's. */
record TableWriter<R extends Row>(SqlTable<R> table, ProjectionSettings settings) {
    /** Rows of these owners. */
    Mono<List<R>> rows(Connection connection, Collection<String> owners) {
        return select(
                connection
                        .createStatement(table.selectByOwners())
                        .bind("$1", SqlTable.texts(owners)),
                table.reader());
    }

    /**
     * Writes changes as one new revision. To be called last in a transaction: other writers wait
     * from here on.
     *
     * @return the revision; 0 if there are no changes, and then nothing is written
     */
    Mono<Long> write(Connection connection, List<Change<R>> changes) {
        if (changes.isEmpty()) {
            return Mono.just(0L);
        }
        long removals = changes.stream().filter(change -> !change.added()).count();
        return select(
                        table.bindChanges(
                                connection.createStatement(table.writeChanges()), changes),
                        row -> new long[] {row.get(0, Long.class), row.get(1, Long.class)})
                .flatMap(
                        written -> {
                            long gone = written.getFirst()[1];
                            return gone == removals
                                    ? prune(connection, written.getFirst()[0])
                                    : Mono.error(
                                            new IllegalStateException(
                                                    "table "
                                                            + table.name()
                                                            + " changed meanwhile: "
                                                            + removals
                                                            + " rows to remove, "
                                                            + gone
                                                            + " found"));
                        });
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
