package io.meridian.projections;

import io.r2dbc.postgresql.PostgresqlConnectionFactory;
import io.r2dbc.postgresql.api.PostgresqlConnection;
import io.r2dbc.spi.Readable;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/**
 * Notifies listeners of commits, which PostgreSQL announces by LISTEN on a dedicated connection.
 * Reconnects with backoff (200 ms to 10 s), and then notifies listeners of the current revisions,
 * because announcements may have been missed.
 */
final class CommitListener implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CommitListener.class);
    private static final List<SqlTable<?>> TABLES = List.of(SqlTable.ZONE, SqlTable.VIP);
    private static final Duration LEAST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Retry RECONNECT =
            Retry.backoff(Long.MAX_VALUE, LEAST_PAUSE)
                    .maxBackoff(LONGEST_PAUSE)
                    .jitter(0.3)
                    .transientErrors(true)
                    .doBeforeRetry(CommitListener::logRetry);
    private static final Duration PROBE_INTERVAL = Duration.ofSeconds(10);
    private static final Duration PROBE_DEADLINE = Duration.ofSeconds(5);

    private final Map<String, List<LongConsumer>> listeners = new ConcurrentHashMap<>();
    private final Disposable subscription;

    CommitListener(PostgresqlConnectionFactory connections) {
        this.subscription =
                Flux.usingWhen(connections.create(), this::listen, PostgresqlConnection::close)
                        .concatWith(closed()) // the stream completes when the server closes it
                        .retryWhen(RECONNECT)
                        .subscribe(this::tell);
    }

    private static void logRetry(Retry.RetrySignal retry) {
        LOG.warn(
                "cannot listen for commits: attempt={}: {}; will reconnect",
                retry.totalRetriesInARow() + 1,
                retry.failure().getMessage());
    }

    /** A commit of the table that {@link SqlTable#channel} belongs to. */
    private record Commit(String channel, long revision) {}

    /** Adds a listener, called with the new revision on a thread of the driver. */
    void add(String channel, LongConsumer listener) {
        listeners.computeIfAbsent(channel, _ -> new CopyOnWriteArrayList<>()).add(listener);
    }

    @Override
    public void close() {
        subscription.dispose();
    }

    /**
     * Merges announcements with the rest instead of concatenating them, because the driver drops
     * announcements of before the subscription to them.
     */
    private Flux<Commit> listen(PostgresqlConnection connection) {
        return Flux.merge(
                announced(connection).concatWith(closed()),
                startListening(connection)
                        .thenMany(current(connection))
                        .concatWith(probe(connection)));
    }

    private static Flux<Commit> announced(PostgresqlConnection connection) {
        return connection
                .getNotifications()
                .map(one -> new Commit(one.getName(), Long.parseLong(one.getParameter())));
    }

    private static Mono<Void> startListening(PostgresqlConnection connection) {
        String sql =
                TABLES.stream()
                        .map(table -> "LISTEN " + table.channel())
                        .collect(Collectors.joining(";"));
        return Mono.defer(() -> TableWriter.execute(connection.createStatement(sql)));
    }

    private static Flux<Commit> current(PostgresqlConnection connection) {
        String sql = "SELECT 'meridian_' || name, revision FROM table_revision";
        return Mono.defer(
                        () ->
                                TableWriter.select(
                                        connection.createStatement(sql), CommitListener::commit))
                .flatMapIterable(commits -> commits);
    }

    private static Commit commit(Readable row) {
        return new Commit(row.get(0, String.class), row.get(1, Long.class));
    }

    /** Queries the server every 10 s; fails after 5 s without a response, as after a power loss. */
    private static Flux<Commit> probe(PostgresqlConnection connection) {
        return Flux.interval(PROBE_INTERVAL)
                .onBackpressureDrop()
                .concatMap(_ -> responds(connection).timeout(PROBE_DEADLINE))
                .cast(Commit.class);
    }

    private static Mono<Void> responds(PostgresqlConnection connection) {
        return TableWriter.select(connection.createStatement("SELECT 1"), row -> 1).then();
    }

    private static Mono<Commit> closed() {
        return Mono.error(() -> new IllegalStateException("the server closed the connection"));
    }

    private void tell(Commit commit) {
        for (LongConsumer listener : listeners.getOrDefault(commit.channel(), List.of())) {
            try {
                listener.accept(commit.revision());
            } catch (RuntimeException e) {
                LOG.error(
                        "cannot handle a commit: channel={} revision={}: {}; goes on",
                        commit.channel(),
                        commit.revision(),
                        e.toString());
            }
        }
    }
}
