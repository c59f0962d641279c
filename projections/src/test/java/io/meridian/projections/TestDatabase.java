package io.meridian.projections;

import io.meridian.database.PostgresSettings;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.r2dbc.pool.ConnectionPool;
import io.r2dbc.pool.ConnectionPoolConfiguration;
import io.r2dbc.spi.Connection;

import org.reactivestreams.Publisher;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** A database with the schema, to which tests apply projections without a journal. */
final class TestDatabase implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    final PostgresSettings settings;
    final ConnectionPool pool;
    private final Map<String, Long> sequenceNrs = new HashMap<>();

    TestDatabase(PostgresSettings settings) {
        this.settings = settings;
        this.pool =
                new ConnectionPool(
                        ConnectionPoolConfiguration.builder(settings.connections("test"))
                                .initialSize(1)
                                .maxSize(8)
                                .build());
        declareComplete();
    }

    /** Marks the tables as complete; writers log no steps before that. */
    void declareComplete() {
        get(new Completeness(pool).declare());
    }

    /** Wraps each event in an entry with its service's next sequence number. */
    List<SequencedEvent<ServiceEventBatch>> numbered(ServiceEvent... events) {
        List<SequencedEvent<ServiceEventBatch>> all = new ArrayList<>();
        for (ServiceEvent event : events) {
            all.add(
                    Examples.entry(
                            sequenceNrs.merge(event.service().toString(), 1L, Long::sum), event));
        }
        return all;
    }

    /** Applies one batch in one transaction. */
    void apply(ServiceTablesProjection projection, List<SequencedEvent<ServiceEventBatch>> events) {
        inTransaction(connection -> projection.apply(connection, events)).block(DEADLINE);
    }

    Mono<Void> inTransaction(Function<Connection, Mono<Void>> work) {
        return new Transactions(pool).run(work);
    }

    void run(String sql) {
        Mono.usingWhen(
                        pool.create(),
                        connection -> TableWriter.execute(connection.createStatement(sql)),
                        Connection::close)
                .block(DEADLINE);
    }

    List<String> column(String sql) {
        return Flux.usingWhen(
                        pool.create(),
                        connection ->
                                Flux.from(connection.createStatement(sql).execute())
                                        .concatMap(
                                                result ->
                                                        result.map(
                                                                (row, _) ->
                                                                        String.valueOf(
                                                                                row.get(0)))),
                        (Function<Connection, Publisher<Void>>) Connection::close)
                .collectList()
                .block(DEADLINE);
    }

    static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(4, java.util.concurrent.TimeUnit.MINUTES)
                .join();
    }

    /** The image of a node that started with an empty one and applied all steps. */
    static <R extends Row, I extends Image<R, I>> I followed(StoredTable<R> store, I empty) {
        I image = empty;
        long revision = 0;
        while (true) {
            List<StoredTable.Step<R>> steps = get(store.readAfter(revision, 7));
            if (steps.isEmpty()) {
                return image;
            }
            for (StoredTable.Step<R> step : steps) {
                if (step.revision() != revision + 1) {
                    throw new AssertionError(
                            "revision " + step.revision() + " follows " + revision);
                }
                revision = step.revision();
                image = image.apply(step.changes());
            }
        }
    }

    static <R extends Row, I extends Image<R, I>> I whole(StoredTable<R> store, I empty) {
        return empty.apply(get(store.readAll()).rows().stream().map(Change::add).toList());
    }

    @Override
    public void close() {
        pool.dispose();
    }
}
