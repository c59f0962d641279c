package io.meridian.projections;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.projections.ServiceBatch.Key;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.Readable;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Rebuilds all rows from the stored instances when the rules or settings that made the rows have
 * changed (ADR 0012). Each batch is one transaction and one revision. Events are projected
 * meanwhile: both lock the services that they change. An instance's rows change within one
 * revision, so a record that old and new rules make is never missing.
 *
 * <p>The database holds the fingerprint of the rules that made its rows. During a rebuild the
 * fingerprint is marked as unfinished, so that a master that starts then rebuilds all rows.
 */
final class ProjectionRebuild implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProjectionRebuild.class);
    private static final String KEY = "rules";
    private static final String UNFINISHED = "unfinished: ";
    private static final Duration MIN_PAUSE = Duration.ofMillis(200);
    private static final Duration MAX_PAUSE = Duration.ofSeconds(10);

    private final Transactions transactions;
    private final ServiceTablesProjection projection;
    private final ClusterProjection cluster;
    private final String rules;
    private final int batchSize;
    private final Disposable.Swap running = Disposables.swap();

    /**
     * @param rules fingerprint that differs whenever rows differ
     * @param batchSize instances in one transaction
     */
    ProjectionRebuild(
            Transactions transactions,
            ServiceTablesProjection projection,
            ClusterProjection cluster,
            String rules,
            int batchSize) {
        this.transactions = transactions;
        this.projection = projection;
        this.cluster = cluster;
        this.rules = rules;
        this.batchSize = batchSize;
    }

    /** Position in the instances as the database sorts them. */
    record Cursor(String service, String task) {
        static final Cursor START = new Cursor("", "");
    }

    /**
     * Result of a batch.
     *
     * @param last position of its last instance; empty if it was the last batch
     */
    record Batch(Optional<Cursor> last, int instances, int rows) {
        Batch plus(Batch next) {
            return new Batch(next.last, instances + next.instances, rows + next.rows);
        }
    }

    /**
     * Marks a rebuild as unfinished if one is needed. Must complete before the present rules make
     * rows.
     *
     * @return whether a rebuild is needed, by {@link #run}
     */
    Mono<Boolean> begin() {
        return transactions.run(this::markIfChanged);
    }

    /** Marks a needed rebuild by {@link #begin} and runs it in the background. */
    Mono<Void> start() {
        return Mono.defer(this::begin).doOnNext(this::runIfNeeded).then();
    }

    private void runIfNeeded(boolean needed) {
        if (needed) {
            running.update(run().subscribe(_ -> {}, e -> LOG.error("cannot rebuild rows", e)));
        }
    }

    /** Stops the rebuild; the next master begins it again. */
    @Override
    public void close() {
        running.dispose();
    }

    private Mono<Boolean> markIfChanged(Connection connection) {
        String sql = "SELECT value FROM meta WHERE key = $1 FOR UPDATE";
        return TableWriter.select(
                        connection.createStatement(sql).bind("$1", KEY),
                        row -> row.get(0, String.class))
                .flatMap(found -> markIfChanged(connection, found));
    }

    private Mono<Boolean> markIfChanged(Connection connection, List<String> found) {
        return found.equals(List.of(rules))
                ? Mono.just(false)
                : write(connection, UNFINISHED + rules).thenReturn(true);
    }

    /** Rebuilds the rows of all instances; retries a failed batch with backoff. */
    Mono<Void> run() {
        LOG.info("rebuilding rows because rules or settings have changed: rules={}", rules);
        return retried(batchOrParts(Cursor.START, batchSize))
                .expand(this::following)
                .reduce(Batch::plus)
                .flatMap(this::withCluster)
                .flatMap(sum -> retried(finish()).thenReturn(sum))
                .doOnNext(ProjectionRebuild::logDone)
                .then();
    }

    private Mono<Batch> following(Batch batch) {
        return Mono.justOrEmpty(batch.last())
                .flatMap(after -> retried(batchOrParts(after, batchSize)));
    }

    private Mono<Batch> withCluster(Batch sum) {
        return retried(rebuildCluster())
                .map(rows -> sum.plus(new Batch(Optional.empty(), 0, rows)));
    }

    private Mono<Integer> rebuildCluster() {
        return transactions
                .run(cluster::rebuild)
                .onErrorResume(EventFailure::isOfAnEvent, ProjectionRebuild::leaveOutCluster);
    }

    private static Mono<Integer> leaveOutCluster(Throwable failure) {
        LOG.error(
                "cannot rebuild rows of Mesos masters, agents and frameworks: {}; their rows stay"
                        + " as they are",
                EventFailure.text(failure));
        return Mono.just(0);
    }

    private static void logDone(Batch sum) {
        LOG.info("rebuilt rows: instances={} changes={}", sum.instances(), sum.rows());
    }

    private static <T> Mono<T> retried(Mono<T> work) {
        return work.retryWhen(
                Retry.backoff(Long.MAX_VALUE, MIN_PAUSE)
                        .maxBackoff(MAX_PAUSE)
                        .jitter(0.3)
                        .doBeforeRetry(ProjectionRebuild::logRetry));
    }

    private static void logRetry(Retry.RetrySignal retry) {
        LOG.warn(
                "cannot rebuild rows: attempt={}: {}; will try again",
                retry.totalRetriesInARow() + 1,
                retry.failure().getMessage());
    }

    /** Halves a batch that one of its instances makes fail, and leaves out that instance. */
    private Mono<Batch> batchOrParts(Cursor after, int limit) {
        return batch(after, limit)
                .onErrorResume(
                        EventFailure::isOfAnEvent,
                        failure ->
                                limit > 1
                                        ? batchOrParts(after, limit / 2)
                                        : leaveOut(after, failure));
    }

    private Mono<Batch> leaveOut(Cursor after, Throwable failure) {
        return transactions
                .run(connection -> next(connection, after, 1))
                .doOnNext(keys -> keys.forEach(key -> logLeftOut(key, failure)))
                .map(keys -> new Batch(last(keys, 1), 0, 0));
    }

    private static void logLeftOut(Key key, Throwable failure) {
        LOG.error(
                "cannot rebuild rows: service={} task={}: {}; its rows stay as they are",
                key.service(),
                key.task().value(),
                EventFailure.text(failure));
    }

    /** Rebuilds the rows of the next instances after a position. */
    Mono<Batch> batch(Cursor after, int limit) {
        return transactions.run(
                connection ->
                        next(connection, after, limit)
                                .flatMap(keys -> rebuild(connection, keys, limit)));
    }

    private Mono<Batch> rebuild(Connection connection, List<Key> keys, int limit) {
        return projection
                .lock(connection, services(keys))
                .then(Mono.defer(() -> read(connection, keys)))
                .flatMap(instances -> projection.rebuild(connection, instances))
                .map(rows -> new Batch(last(keys, limit), keys.size(), rows));
    }

    private Mono<Void> finish() {
        return transactions.run(this::writeFinished).then();
    }

    private Mono<Boolean> writeFinished(Connection connection) {
        String sql = "UPDATE meta SET value = $1 WHERE key = $2 AND value = $3";
        return TableWriter.execute(
                        connection
                                .createStatement(sql)
                                .bind("$1", rules)
                                .bind("$2", KEY)
                                .bind("$3", UNFINISHED + rules))
                .thenReturn(true);
    }

    private static Optional<Cursor> last(List<Key> keys, int limit) {
        return keys.size() < limit
                ? Optional.empty()
                : Optional.of(
                        new Cursor(
                                keys.getLast().service().toString(),
                                keys.getLast().task().toString()));
    }

    private static Mono<List<Key>> next(Connection connection, Cursor after, int limit) {
        String sql =
                """
                SELECT service, task FROM service_instance WHERE (service, task) > ($1, $2)
                ORDER BY service, task LIMIT $3
                """;
        return TableWriter.select(
                connection
                        .createStatement(sql)
                        .bind("$1", after.service())
                        .bind("$2", after.task())
                        .bind("$3", limit),
                ProjectionRebuild::key);
    }

    /** Reads the instances after their services are locked; some may have ended. */
    private static Mono<Map<Key, Instance>> read(Connection connection, List<Key> keys) {
        String sql =
                """
                SELECT i.service, i.task, i.instance::text FROM service_instance i
                JOIN unnest($1::text[], $2::text[]) AS n(service, task)
                  ON i.service = n.service AND i.task = n.task
                """;
        return TableWriter.select(
                        connection
                                .createStatement(sql)
                                .bind("$1", column(keys, key -> key.service().toString()))
                                .bind("$2", column(keys, key -> key.task().toString())),
                        row -> Map.entry(key(row), instance(row)))
                .map(ProjectionRebuild::readable);
    }

    private static Map<Key, Instance> readable(List<Map.Entry<Key, Optional<Instance>>> rows) {
        Map<Key, Instance> instances = new TreeMap<>();
        for (Map.Entry<Key, Optional<Instance>> row : rows) {
            row.getValue().ifPresent(instance -> instances.put(row.getKey(), instance));
        }
        return instances;
    }

    private static Key key(Readable row) {
        return new Key(
                ServiceId.parse(row.get(0, String.class)), TaskId.parse(row.get(1, String.class)));
    }

    /** Empty if the JSON is unreadable: the instance keeps its rows. */
    private static Optional<Instance> instance(Readable row) {
        try {
            return Optional.of(ServiceJson.decode(row.get(2, String.class), Instance.class));
        } catch (IllegalStateException unreadable) {
            LOG.error(
                    "cannot rebuild rows: service={} task={}; its rows stay as they are",
                    row.get(0, String.class),
                    row.get(1, String.class),
                    unreadable);
            return Optional.empty();
        }
    }

    private static String[] column(List<Key> keys, Function<Key, String> text) {
        return keys.stream().map(text).toArray(String[]::new);
    }

    private static TreeSet<ServiceId> services(List<Key> keys) {
        TreeSet<ServiceId> services = new TreeSet<>();
        keys.forEach(key -> services.add(key.service()));
        return services;
    }

    private static Mono<Void> write(Connection connection, String value) {
        String sql =
                """
                INSERT INTO meta (key, value) VALUES ($1, $2)
                ON CONFLICT (key) DO UPDATE SET value = excluded.value
                """;
        return TableWriter.execute(
                connection.createStatement(sql).bind("$1", KEY).bind("$2", value));
    }
}
