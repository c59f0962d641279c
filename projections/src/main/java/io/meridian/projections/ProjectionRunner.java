package io.meridian.projections;

import akka.serialization.Serialization;

import io.meridian.projections.EventQueue.SetAside;
import io.r2dbc.spi.Connection;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * Projects queued events, a batch in one transaction: the rows, the entities' sequence numbers and
 * the end of the events in the queue are committed together or not at all (ADR 0030). An event that
 * cannot be projected is set aside, so that all others go on. One call at a time.
 *
 * @param <E> the entries of the journal
 */
final class ProjectionRunner<E> {
    private static final Logger LOG = LoggerFactory.getLogger(ProjectionRunner.class);

    private final Transactions transactions;
    private final Serialization serialization;
    private final EventQueue queue;
    private final Class<E> type;
    private final BiFunction<Connection, List<SequencedEvent<E>>, Mono<Void>> projection;
    private BatchLimit limit;

    /**
     * @param projection projects a batch in the caller's transaction; events that the tables
     *     include change nothing
     */
    ProjectionRunner(
            Serialization serialization,
            Transactions transactions,
            Progress progress,
            Class<E> type,
            int batchSize,
            BiFunction<Connection, List<SequencedEvent<E>>, Mono<Void>> projection) {
        this.transactions = transactions;
        this.serialization = serialization;
        this.queue = new EventQueue(progress);
        this.type = type;
        this.projection = projection;
        this.limit = BatchLimit.of(batchSize);
    }

    /**
     * Projects the next batch, or sets an event aside.
     *
     * @return whether more events may wait; fails if the database or the connection does
     */
    Mono<Boolean> next() {
        int most = limit.events();
        return transactions
                .run(connection -> next(connection, most))
                .doOnNext(_ -> limit = limit.afterSuccess())
                .map(count -> count == most)
                .onErrorResume(BatchFailed.class, this::onFailure);
    }

    private Mono<Integer> next(Connection connection, int most) {
        return queue.take(connection, most)
                .flatMap(events -> project(connection, events).thenReturn(events.size()));
    }

    private Mono<Void> project(Connection connection, List<QueuedEvent> events) {
        return events.isEmpty()
                ? Mono.empty()
                : Mono.defer(() -> projection.apply(connection, decoded(events)))
                        .onErrorMap(failure -> new BatchFailed(events, Exceptions.unwrap(failure)));
    }

    private List<SequencedEvent<E>> decoded(List<QueuedEvent> events) {
        List<SequencedEvent<E>> decoded = new ArrayList<>(events.size());
        for (QueuedEvent event : events) {
            decoded.add(new SequencedEvent<>(event.entity(), event.sequenceNr(), decoded(event)));
        }
        return decoded;
    }

    private E decoded(QueuedEvent event) {
        if (event.payload() == null) {
            throw new IllegalArgumentException("the journal no longer has the event");
        }
        return type.cast(
                serialization
                        .deserialize(event.payload(), event.serializer(), event.manifest())
                        .get());
    }

    private Mono<Boolean> onFailure(BatchFailed failed) {
        if (!EventFailure.isOfAnEvent(failed)) {
            return Mono.error(failed.failure());
        }
        List<QueuedEvent> events = failed.events();
        if (events.size() > 1) {
            limit = limit.afterFailure(events.size());
            return Mono.just(true);
        }
        return setAside(events.getFirst(), failed.failure());
    }

    private Mono<Boolean> setAside(QueuedEvent event, Throwable failure) {
        return transactions
                .run(connection -> queue.setAside(connection, event, failure))
                .doOnNext(_ -> logSetAside(event, failure));
    }

    private static void logSetAside(QueuedEvent event, Throwable failure) {
        LOG.error(
                "cannot project an event: entity={} seq={} event={}: {}; it is set aside, later"
                        + " events of the entity are projected, and the event is tried again every"
                        + " {} min",
                event.persistenceId(),
                event.sequenceNr(),
                event.manifest(),
                EventFailure.text(failure),
                ProjectionActor.RETRY_INTERVAL.toMinutes());
    }

    /**
     * Projects again, for each entity with events set aside, all its events from the first of these
     * on, in one transaction. Later events may have made an event projectable: a task that has
     * ended has no rows. Fails if the database or the connection does.
     */
    Mono<Void> retrySetAside() {
        return transactions
                .run(queue::setAside)
                .flatMapIterable(entities -> entities)
                .concatMap(this::retry)
                .then();
    }

    private Mono<Boolean> retry(SetAside entity) {
        return transactions
                .run(connection -> retry(connection, entity))
                .doOnNext(_ -> logReleased(entity))
                .onErrorResume(EventFailure::isOfAnEvent, _ -> Mono.empty());
    }

    /**
     * Sets the entity's progress back, projects its events up to that progress, and restores it.
     */
    private Mono<Boolean> retry(Connection connection, SetAside entity) {
        Progress progress = queue.progress();
        return progress.rewind(connection, entity.entity(), entity.first() - 1)
                .flatMap(last -> retry(connection, entity, last).thenReturn(last))
                .flatMap(last -> progress.advance(connection, entity.entity(), last))
                .then(Mono.defer(() -> queue.release(connection, entity)));
    }

    private Mono<Void> retry(Connection connection, SetAside entity, long last) {
        return queue.events(connection, entity, last)
                .flatMap(events -> project(connection, events));
    }

    private static void logReleased(SetAside entity) {
        LOG.info(
                "projected events that were set aside: entity={} seq={}",
                entity.persistenceId(),
                entity.first());
    }
}
