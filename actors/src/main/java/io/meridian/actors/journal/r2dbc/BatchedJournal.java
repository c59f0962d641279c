package io.meridian.actors.journal.r2dbc;

import akka.actor.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.persistence.AtomicWrite;
import akka.persistence.Persistence;
import akka.persistence.PersistentRepr;
import akka.persistence.journal.japi.AsyncWriteJournal;
import akka.persistence.query.PersistenceQuery;
import akka.persistence.r2dbc.internal.PubSub;
import akka.persistence.r2dbc.query.javadsl.R2dbcReadJournal;
import akka.persistence.typed.PersistenceId;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;

import com.typesafe.config.Config;

import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The {@code class} of {@code akka.persistence.r2dbc.journal}: the plugin's tables, replay and
 * published events, with one statement for the concurrent writes or reads of many entities. Runs on
 * the journal actor's thread; stages complete on the driver's.
 */
public final class BatchedJournal extends AsyncWriteJournal {
    private final ActorSystem system;
    private final Persistence persistence;
    private final Serialization serialization;
    private final R2dbcReadJournal query;
    private final Optional<PubSub> announcements;
    private final RequestBatcher<List<JournalSql.Event>, List<Instant>> writes;
    private final RequestBatcher<String, Long> highest;
    private final JournalSql sql;

    /** Writes in flight by persistence id: a restarted entity must wait for its last write. */
    private final Map<String, CompletionStage<List<Instant>>> pending = new ConcurrentHashMap<>();

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
        announcements =
                config.getBoolean("publish-events")
                        ? Optional.of(PubSub.get(Adapter.toTyped(system)))
                        : Optional.empty();
        sql = JournalSql.of(system, plugins);
        int batches = config.getInt("batch.max-concurrent");
        writes =
                new RequestBatcher<>(
                        batches,
                        config.getInt("batch.max-writes"),
                        sql::write,
                        JournalSql::isOfOneRow);
        highest =
                new RequestBatcher<>(
                        batches, config.getInt("batch.max-reads"), sql::highest, _ -> false);
    }

    @Override
    public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(
            Iterable<AtomicWrite> messages) {
        List<PersistentRepr> events = new ArrayList<>();
        messages.forEach(message -> events.addAll(CollectionConverters.asJava(message.payload())));
        String id = events.getFirst().persistenceId();
        CompletionStage<List<Instant>> written =
                writes.ask(events.stream().map(this::written).toList())
                        .thenApply(
                                timestamps -> {
                                    announcements.ifPresent(
                                            all -> publish(all, events, timestamps));
                                    return timestamps;
                                });
        pending.put(id, written);
        return FutureConverters.asScala(
                written.whenComplete((_, _) -> pending.remove(id, written))
                        .thenApply(_ -> List.of())); // nothing was refused
    }

    private static void publish(
            PubSub announcements, List<PersistentRepr> events, List<Instant> timestamps) {
        for (int i = 0; i < events.size(); i++) {
            announcements.publish(events.get(i), timestamps.get(i));
        }
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
        CompletionStage<List<Instant>> write =
                pending.getOrDefault(id, CompletableFuture.completedFuture(List.of()));
        return FutureConverters.asScala(write.handle((_, _) -> id).thenCompose(highest::ask));
    }
}
