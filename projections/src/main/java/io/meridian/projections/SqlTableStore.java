package io.meridian.projections;

import io.meridian.feed.master.RevisionsGone;
import io.meridian.feed.master.TableStore;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Statement;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** Reads one table from PostgreSQL. */
final class SqlTableStore implements TableStore {
    private final ConnectionFactory connections;
    private final SqlTable<?> table;
    private final CommitListener commits;

    SqlTableStore(ConnectionFactory connections, SqlTable<?> table, CommitListener commits) {
        this.connections = connections;
        this.table = table;
        this.commits = commits;
    }

    /**
     * A row of {@link SqlTable#selectChanges}.
     *
     * @param current the table's revision
     * @param step empty if the log holds no step of the wanted revisions
     */
    private record Logged(long current, Optional<Step> step) {}

    @Override
    public CompletionStage<Long> readAll(BiConsumer<String, String> reader) {
        return select(
                        connection -> connection.createStatement(table.selectAll()),
                        row -> read(row, reader))
                .last()
                .toFuture();
    }

    @Override
    public CompletionStage<List<Step>> readAfter(long revision, int limit) {
        return select(
                        connection ->
                                connection
                                        .createStatement(table.selectChanges())
                                        .bind("$1", revision)
                                        .bind("$2", revision + limit),
                        SqlTableStore::logged)
                .collectList()
                .flatMap(logged -> steps(revision, logged))
                .toFuture();
    }

    @Override
    public void onCommitted(LongConsumer listener) {
        commits.add(table.channel(), listener);
    }

    private Mono<List<Step>> steps(long after, List<Logged> logged) {
        long current = logged.getFirst().current();
        List<Step> steps = new ArrayList<>();
        for (Logged one : logged) {
            // a transaction that was open when the tables became complete may have logged no step
            if (one.step().isPresent() && one.step().get().revision() == after + 1 + steps.size()) {
                steps.add(one.step().get());
            }
        }
        boolean gone = after > current || steps.isEmpty() && after < current;
        return gone ? Mono.error(new RevisionsGone(table.name(), after)) : Mono.just(steps);
    }

    /**
     * Passes one owner's rows, as text, to the reader.
     *
     * @return the table's revision
     */
    private static long read(Readable from, BiConsumer<String, String> reader) {
        String owner = from.get(1, String.class);
        if (owner != null) {
            reader.accept(owner, from.get(2, String.class));
        }
        return from.get(0, Long.class);
    }

    private static Logged logged(Readable from) {
        long current = from.get(0, Long.class);
        Long revision = from.get(1, Long.class);
        return new Logged(
                current,
                Optional.ofNullable(revision).map(of -> new Step(of, from.get(2, String.class))));
    }

    private <T> Flux<T> select(
            Function<Connection, Statement> statement, Function<Readable, T> reader) {
        return Flux.usingWhen(
                connections.create(),
                connection ->
                        Flux.from(statement.apply(connection).execute())
                                .concatMap(result -> result.map(reader)),
                Connection::close);
    }
}
