package io.meridian.projections;

import io.meridian.domain.service.Instance;
import io.meridian.domain.service.ServiceId;
import io.meridian.domain.service.TaskId;
import io.meridian.projections.ServiceBatch.Key;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;
import io.r2dbc.spi.Readable;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
 * Makes all rows anew when the rules that made them are no longer the present ones, from the
 * instances as the projection keeps them. In batches, each a transaction and a revision of its own,
 * while events go on to be projected: both lock the services that they change. An instance changes
 * from its old rows to its new ones within one revision, so no record is missing that both rules
 * give; one that both give is no change at all.
 *
 * <p>The database says by which rules its rows were made. From the first batch to the last it says
 * that it is between two, so that a program that starts then, by whichever rules, makes all anew.
 */
final class Rederivation {
    private static final Logger LOG = LoggerFactory.getLogger(Rederivation.class);
    private static final String KEY = "rules";
    private static final String UNFINISHED = "unfinished: ";
    private static final Duration LEAST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final ConnectionFactory connections;
    private final ServiceTablesProjection projection;
    private final ClusterProjection cluster;
    private final String rules;
    private final int batchSize;

    /**
     * @param rules text that is another whenever rows come out differently
     * @param batchSize instances in one transaction
     */
    Rederivation(
            ConnectionFactory connections,
            ServiceTablesProjection projection,
            ClusterProjection cluster,
            String rules,
            int batchSize) {
        this.connections = connections;
        this.projection = projection;
        this.cluster = cluster;
        this.rules = rules;
        this.batchSize = batchSize;
    }

    /** A place in the order of instances, as the database sorts them. */
    record Cursor(String service, String task) {
        static final Cursor START = new Cursor("", "");
    }

    /**
     * What a batch has done.
     *
     * @param last where it ended; empty if nothing is behind it
     */
    record Step(Optional<Cursor> last, int instances, int rows) {
        Step plus(Step next) {
            return new Step(next.last, instances + next.instances, rows + next.rows);
        }
    }

    /**
     * To be awaited before the present rules make any row.
     *
     * @return whether there is something to do: then {@link #run} follows
     */
    Mono<Boolean> begin() {
        return inTransaction(
                connection ->
                        TableWriter.select(
                                        connection
                                                .createStatement(
                                                        "SELECT value FROM meta WHERE key = $1 FOR"
                                                                + " UPDATE")
                                                .bind("$1", KEY),
                                        row -> row.get(0, String.class))
                                .flatMap(
                                        found ->
                                                found.equals(List.of(rules))
                                                        ? Mono.just(false)
                                                        : write(connection, UNFINISHED + rules)
                                                                .thenReturn(true)));
    }

    /** Goes through all instances; a batch that fails is tried again, with backoff. */
    Mono<Void> run() {
        LOG.info("rules have changed: rows are made anew: rules={}", rules);
        Retry patience =
                Retry.backoff(Long.MAX_VALUE, LEAST_PAUSE)
                        .maxBackoff(LONGEST_PAUSE)
                        .jitter(0.3)
                        .doBeforeRetry(
                                retry ->
                                        LOG.warn(
                                                "rows are not made anew: attempt={}: {}; will try"
                                                        + " again",
                                                retry.totalRetriesInARow() + 1,
                                                retry.failure().getMessage()));
        return step(Cursor.START)
                .retryWhen(patience)
                .expand(
                        step ->
                                Mono.justOrEmpty(step.last())
                                        .flatMap(after -> step(after).retryWhen(patience)))
                .reduce(Step::plus)
                .flatMap(
                        sum ->
                                inTransaction(cluster::rederive)
                                        .retryWhen(patience)
                                        .map(rows -> sum.plus(new Step(Optional.empty(), 0, rows))))
                .flatMap(sum -> finish().retryWhen(patience).thenReturn(sum))
                .doOnNext(
                        sum ->
                                LOG.info(
                                        "rows are those of the present rules: instances={}"
                                                + " changes={}",
                                        sum.instances(),
                                        sum.rows()))
                .then();
    }

    /** One batch. */
    Mono<Step> step(Cursor after) {
        return inTransaction(
                connection ->
                        next(connection, after)
                                .flatMap(
                                        keys ->
                                                projection
                                                        .lock(connection, services(keys))
                                                        .then(
                                                                Mono.defer(
                                                                        () ->
                                                                                read(
                                                                                        connection,
                                                                                        keys)))
                                                        .flatMap(
                                                                found ->
                                                                        projection.rederive(
                                                                                connection, found))
                                                        .map(
                                                                rows ->
                                                                        new Step(
                                                                                last(keys),
                                                                                keys.size(),
                                                                                rows))));
    }

    private Mono<Void> finish() {
        return inTransaction(
                        connection ->
                                TableWriter.execute(
                                                connection
                                                        .createStatement(
                                                                "UPDATE meta SET value = $1 WHERE"
                                                                    + " key = $2 AND value = $3")
                                                        .bind("$1", rules)
                                                        .bind("$2", KEY)
                                                        .bind("$3", UNFINISHED + rules))
                                        .thenReturn(true))
                .then();
    }

    private Optional<Cursor> last(List<Key> keys) {
        return keys.size() < batchSize
                ? Optional.empty()
                : Optional.of(
                        new Cursor(
                                keys.getLast().service().toString(),
                                keys.getLast().task().value()));
    }

    private Mono<List<Key>> next(Connection connection, Cursor after) {
        return TableWriter.select(
                connection
                        .createStatement(
                                "SELECT service, task FROM service_instance WHERE (service, task) >"
                                        + " ($1, $2) ORDER BY service, task LIMIT $3")
                        .bind("$1", after.service())
                        .bind("$2", after.task())
                        .bind("$3", batchSize),
                Rederivation::key);
    }

    /** The instances as they are once their services are locked; some may have ended. */
    private static Mono<Map<Key, Instance>> read(Connection connection, List<Key> keys) {
        Mono<List<Map.Entry<Key, Optional<Instance>>>> rows =
                TableWriter.select(
                        connection
                                .createStatement(
                                        "SELECT i.service, i.task, i.instance::text FROM"
                                                + " service_instance i JOIN unnest($1::text[],"
                                                + " $2::text[]) AS n(service, task) ON i.service ="
                                                + " n.service AND i.task = n.task")
                                .bind("$1", column(keys, key -> key.service().toString()))
                                .bind("$2", column(keys, key -> key.task().value())),
                        row -> Map.entry(key(row), instance(row)));
        return rows.map(
                found -> {
                    Map<Key, Instance> instances = new TreeMap<>();
                    found.forEach(
                            entry ->
                                    entry.getValue()
                                            .ifPresent(one -> instances.put(entry.getKey(), one)));
                    return instances;
                });
    }

    private static Key key(Readable row) {
        return new Key(
                ServiceId.parse(row.get(0, String.class)), new TaskId(row.get(1, String.class)));
    }

    /** Empty for what can't be read: that instance keeps the rows that it has. */
    private static Optional<Instance> instance(Readable row) {
        try {
            return Optional.of(ServiceJson.decode(row.get(2, String.class), Instance.class));
        } catch (IllegalStateException unreadable) {
            LOG.error(
                    "cannot make rows anew: service={} task={}: its rows stay as they are",
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
        return TableWriter.execute(
                connection
                        .createStatement(
                                "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO"
                                        + " UPDATE SET value = excluded.value")
                        .bind("$1", KEY)
                        .bind("$2", value));
    }

    private <T> Mono<T> inTransaction(Function<Connection, Mono<T>> work) {
        return Mono.usingWhen(
                connections.create(),
                connection ->
                        Mono.from(connection.beginTransaction())
                                .then(Mono.defer(() -> work.apply(connection)))
                                .flatMap(
                                        result ->
                                                Mono.from(connection.commitTransaction())
                                                        .thenReturn(result)),
                Connection::close,
                (connection, _) ->
                        Mono.from(connection.rollbackTransaction())
                                .onErrorComplete()
                                .then(Mono.from(connection.close())),
                Connection::close);
    }
}
