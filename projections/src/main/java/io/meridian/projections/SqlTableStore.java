package io.meridian.projections;

import io.meridian.domain.table.Row;
import io.meridian.feed.master.RevisionsGone;
import io.meridian.feed.master.TableStore;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Statement;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** One table, read from SQL. */
final class SqlTableStore<R extends Row> implements TableStore<R> {
    private final ConnectionFactory connections;
    private final SqlTable<R> table;
    private final RowText<R> text;
    private final CommitListener commits;

    SqlTableStore(ConnectionFactory connections, SqlTable<R> table, CommitListener commits) {
        this.connections = connections;
        this.table = table;
        this.text = new RowText<>(table);
        this.commits = commits;
    }

    /** A step beside the table's revision; empty if none was found. */
    private record Logged<R extends Row>(long current, Optional<Step<R>> step) {}

    @Override
    public CompletionStage<Long> readAll(Consumer<List<R>> reader) {
        TextReading<R> reading = new TextReading<>(text, reader);
        return Flux.usingWhen(
                        connections.create(),
                        connection ->
                                Flux.from(connection.createStatement(table.selectAll()).execute())
                                        .concatMap(
                                                result -> result.map(row -> taken(row, reading))),
                        connection -> connection.close())
                .last()
                .flatMap(revision -> Mono.fromCompletionStage(reading.end()).thenReturn(revision))
                .toFuture();
    }

    @Override
    public CompletionStage<List<Step<R>>> readAfter(long revision, int limit) {
        return read(
                        connection ->
                                connection
                                        .createStatement(table.selectChanges())
                                        .bind("$1", revision)
                                        .bind("$2", revision + limit),
                        this::logged)
                .flatMap(logged -> steps(revision, logged))
                .toFuture();
    }

    @Override
    public void onCommitted(LongConsumer listener) {
        commits.add(table.channel(), listener);
    }

    private Mono<List<Step<R>>> steps(long after, List<Logged<R>> logged) {
        long current = logged.getFirst().current();
        List<Step<R>> steps = new ArrayList<>();
        for (Logged<R> one : logged) {
            // one that was under way when the tables became complete may be missing
            if (one.step().isPresent() && one.step().get().revision() == after + 1 + steps.size()) {
                steps.add(one.step().get());
            }
        }
        boolean gone = after > current || steps.isEmpty() && after < current;
        return gone ? Mono.error(new RevisionsGone(table.name(), after)) : Mono.just(steps);
    }

    /**
     * @return the table's revision
     */
    private static long taken(Readable from, TextReading<?> reading) {
        String owner = from.get(1, String.class);
        if (owner != null) {
            reading.take(owner, from.get(2, String.class));
        }
        return from.get(0, Long.class);
    }

    private Logged<R> logged(Readable from) {
        long current = from.get(0, Long.class);
        Long revision = from.get(1, Long.class);
        return new Logged<>(
                current,
                revision == null
                        ? Optional.empty()
                        : Optional.of(
                                new Step<>(revision, text.changes(from.get(2, String.class)))));
    }

    private <T> Mono<List<T>> read(
            Function<io.r2dbc.spi.Connection, Statement> statement, Function<Readable, T> reader) {
        return Flux.usingWhen(
                        connections.create(),
                        connection -> TableWriter.select(statement.apply(connection), reader),
                        connection -> connection.close())
                .single();
    }
}
