package io.meridian.actors.journal.r2dbc;

import akka.Done;
import akka.actor.ActorSystem;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.pubsub.Topic;
import akka.persistence.AtomicWrite;
import akka.persistence.Persistence;
import akka.persistence.PersistentRepr;
import akka.persistence.journal.japi.AsyncWriteJournal;
import akka.persistence.query.PersistenceQuery;
import akka.persistence.r2dbc.query.javadsl.R2dbcReadJournal;
import akka.persistence.typed.PersistenceId;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;

import com.typesafe.config.Config;

import io.meridian.domain.journal.WrittenTopic;

import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The {@code class} of {@code akka.persistence.r2dbc.journal}: the plugin's tables and replay, with
 * one statement for the concurrent writes or reads of many entities. After a write it publishes the
 * entity type to {@link WrittenTopic}. Runs on the journal actor's thread; stages complete on the
 * driver's.
 */
public final class BatchedJournal extends AsyncWriteJournal {
    private final ActorSystem system;
    private final Persistence persistence;
    private final Serialization serialization;
    private final R2dbcReadJournal query;
    private final ActorRef<Topic.Command<String>> topic;
    private final RequestBatcher<List<JournalSql.Event>, Done> writes;
    private final RequestBatcher<String, Long> highest;
    private final JournalSql sql;
    private final WriteCondition condition = new WriteCondition();

    /** Writes in flight by persistence id: a restarted entity must wait for its last write. */
    private final Map<String, CompletionStage<Done>> pending = new ConcurrentHashMap<>();

    /**
     * Akka calls this.
     *
     * @param config the settings at {@code path}
     * @param path of the plugin's settings, ends with {@code .journal}
     */
    public BatchedJournal(Config config, String path) {
        system = context().system();
        persistence = Persistence.get(system);
        serialization = SerializationExtension.get(system);
        String plugins = path.substring(0, path.lastIndexOf('.'));
        query =
                PersistenceQuery.get(system)
                        .getReadJournalFor(R2dbcReadJournal.class, plugins + ".query");
        topic =
                Adapter.spawn(
                        context(), Topic.create(String.class, WrittenTopic.NAME), "written-topic");
        sql = JournalSql.of(system, plugins);
        int batches = config.getInt("batch.max-concurrent");
        writes =
                new RequestBatcher<>(
                        batches,
                        config.getInt("batch.max-writes"),
                        this::write,
                        JournalSql::isOfOneRow);
        highest =
                new RequestBatcher<>(
                        batches,
                        config.getInt("batch.max-reads"),
                        sql::highest,
                        JournalSql::isOfOneRow);
    }

    @Override
    public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(
            Iterable<AtomicWrite> messages) {
        List<PersistentRepr> events = new ArrayList<>();
        messages.forEach(message -> events.addAll(CollectionConverters.asJava(message.payload())));
        String id = events.getFirst().persistenceId();
        List<JournalSql.Event> rows;
        try {
            rows = events.stream().map(this::written).toList();
        } catch (RuntimeException unwritable) {
            return FutureConverters.asScala(
                    CompletableFuture.completedFuture(refused(id, unwritable)));
        }
        CompletionStage<Done> written = writes.ask(rows);
        pending.put(id, written);
        return FutureConverters.asScala(
                written.whenComplete((_, _) -> pending.remove(id, written))
                        .<Iterable<Optional<Exception>>>thenApply(_ -> List.of()) // none refused
                        .exceptionallyCompose(
                                failure ->
                                        JournalSql.isPermanent(failure)
                                                ? CompletableFuture.completedStage(
                                                        refused(id, failure))
                                                : CompletableFuture.failedStage(failure))
                        .whenComplete((_, failure) -> condition.note(failure)));
    }

    /**
     * The journal's refusal of one entity's events. Unlike a failure, a refusal does not count in
     * Akka's circuit breaker, which all entities share.
     */
    private static Iterable<Optional<Exception>> refused(String id, Throwable cause) {
        return List.of(
                Optional.of(
                        new IllegalArgumentException(
                                "the journal cannot hold the events of "
                                        + id
                                        + ": "
                                        + JournalSql.unwrapped(cause).getMessage(),
                                cause)));
    }

    private CompletionStage<List<Done>> write(List<List<JournalSql.Event>> batch) {
        return sql.write(batch)
                .thenApply(
                        done -> {
                            batch.stream()
                                    .map(events -> events.getFirst().entityType())
                                    .distinct()
                                    .forEach(type -> topic.tell(Topic.publish(type)));
                            return done;
                        });
    }

    private JournalSql.Event written(PersistentRepr event) {
        if (event.metadata().isDefined()) {
            throw new IllegalArgumentException(
                    "cannot write event metadata: persistence-id=" + event.persistenceId());
        }
        return new JournalSql.Event(
                persistence.sliceForPersistenceId(event.persistenceId()),
                PersistenceId.extractEntityType(event.persistenceId()),
                event.persistenceId(),
                event.sequenceNr(),
                event.writerUuid(),
                JournalSql.Written.of(serialization, event.payload()));
    }

    @Override
    public Future<Void> doAsyncDeleteMessagesTo(String id, long sequenceNr) {
        return FutureConverters.asScala(sql.deleteEvents(id, sequenceNr));
    }

    @Override
    public Future<Void> doAsyncReplayMessages(
            String id, long from, long to, long max, Consumer<PersistentRepr> callback) {
        if (max == 0) {
            return FutureConverters.asScala(CompletableFuture.<Void>completedFuture(null));
        }
        return FutureConverters.asScala(
                query.currentEventsByPersistenceId(id, from, to)
                        .take(max)
                        .runForeach(
                                event ->
                                        callback.accept(
                                                PersistentRepr.apply(
                                                        event.event(),
                                                        event.sequenceNr(),
                                                        id,
                                                        "",
                                                        false,
                                                        null,
                                                        "")),
                                system)
                        .thenApply(_ -> null));
    }

    @Override
    public Future<Long> doAsyncReadHighestSequenceNr(String id, long from) {
        CompletionStage<Done> write =
                pending.getOrDefault(id, CompletableFuture.completedFuture(Done.getInstance()));
        return FutureConverters.asScala(write.handle((_, _) -> id).thenCompose(highest::ask));
    }
}
