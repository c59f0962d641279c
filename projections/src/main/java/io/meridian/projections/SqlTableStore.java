package io.meridian.projections;

import io.meridian.domain.table.Change;
import io.meridian.domain.table.Row;
import io.meridian.feed.RevisionsGone;
import io.meridian.feed.TableStore;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Readable;
import io.r2dbc.spi.Statement;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** One table, read from SQL. */
final class SqlTableStore<R extends Row> implements TableStore<R> {
    private final ConnectionFactory connections;
    private final SqlTable<R> table;
    private final CommitListener commits;

    SqlTableStore(ConnectionFactory connections, SqlTable<R> table, CommitListener commits) {
        this.connections = connections;
        this.table = table;
        this.commits = commits;
    }

    /** A row beside the table's revision; empty for a table without rows. */
    private record Found<R extends Row>(long revision, Optional<R> row) {}

    /** A change beside the table's revision; empty if none was found. */
    private record Logged<R extends Row>(long current, long revision, Optional<Change<R>> change) {}

    @Override
    public CompletionStage<Whole<R>> readAll() {
        return read(connection -> connection.createStatement(table.selectAll()), this::found)
                .map(
                        found ->
                                new Whole<>(
                                        found.getFirst().revision(),
                                        found.stream().flatMap(one -> one.row().stream()).toList()))
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
        boolean none = logged.getFirst().change().isEmpty();
        boolean gone =
                after > current
                        || (none ? after < current : logged.getFirst().revision() != after + 1);
        if (gone) {
            return Mono.error(new RevisionsGone(table.name(), after));
        }
        List<Step<R>> steps = new ArrayList<>();
        for (int from = 0; !none && from < logged.size(); ) {
            long revision = logged.get(from).revision();
            List<Change<R>> changes = new ArrayList<>();
            int to = from;
            for (; to < logged.size() && logged.get(to).revision() == revision; to++) {
                logged.get(to).change().ifPresent(changes::add);
            }
            steps.add(new Step<>(revision, changes));
            from = to;
        }
        return Mono.just(steps);
    }

    private Found<R> found(Readable from) {
        Optional<R> row =
                from.get("owner") == null
                        ? Optional.empty()
                        : Optional.of(table.reader().apply(from));
        return new Found<>(from.get("revision", Long.class), row);
    }

    private Logged<R> logged(Readable from) {
        long current = from.get("current", Long.class);
        Long revision = from.get("revision", Long.class);
        return revision == null
                ? new Logged<>(current, 0, Optional.empty())
                : new Logged<>(
                        current,
                        revision,
                        Optional.of(
                                new Change<>(
                                        from.get("added", Boolean.class),
                                        table.reader().apply(from))));
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
