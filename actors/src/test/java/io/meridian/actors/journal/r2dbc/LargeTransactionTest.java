package io.meridian.actors.journal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.AskPattern;
import akka.persistence.Persistence;
import akka.persistence.query.NoOffset;
import akka.persistence.query.PersistenceQuery;
import akka.persistence.r2dbc.query.javadsl.R2dbcReadJournal;
import akka.persistence.typed.PersistenceId;
import akka.persistence.typed.javadsl.CommandHandler;
import akka.persistence.typed.javadsl.Effect;
import akka.persistence.typed.javadsl.EventHandler;
import akka.persistence.typed.javadsl.EventSourcedBehavior;
import akka.serialization.Serialization;
import akka.serialization.SerializationExtension;
import akka.stream.javadsl.Sink;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.actors.Entities;
import io.meridian.actors.journal.r2dbc.JournalSql.Event;
import io.meridian.actors.journal.r2dbc.JournalSql.Written;
import io.meridian.database.EmbeddedPostgresExtension;
import io.meridian.database.PostgresSettings;
import io.meridian.database.R2dbcConfig;
import io.meridian.domain.service.ServiceEvent;
import io.meridian.domain.service.ServiceEventBatch;
import io.meridian.domain.service.ServiceId;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Law: a live query delivers every event of a transaction, however many events the transaction
 * holds. The query has Akka's own page of 1,000 events.
 */
@ExtendWith(EmbeddedPostgresExtension.class)
class LargeTransactionTest {
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private ActorTestKit kit;

    @BeforeEach
    void start(PostgresSettings settings) {
        Config config =
                ConfigFactory.parseString("akka.persistence.r2dbc.query.refresh-interval = 100 ms")
                        .withFallback(R2dbcConfig.of(settings))
                        .withFallback(Entities.akka())
                        .withFallback(ConfigFactory.load());
        assertThat(config.getInt("akka.persistence.r2dbc.query.buffer-size")).isEqualTo(1000);
        kit = ActorTestKit.create("LargeTransactionTest", config.resolve());
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 999, 1000, 1001, 2500, 20_000})
    void eventsOfManyEntitiesAreAllDelivered(int size) {
        JournalSql sql = JournalSql.of(Adapter.toClassic(kit.system()), "akka.persistence.r2dbc");
        List<List<Event>> writes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            writes.add(List.of(event(i)));
        }
        get(sql.write(writes));

        assertThat(delivered(size)).hasSize(size).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(ints = {1001, 20_000})
    void eventsOfOneEntityAreAllDelivered(int size) {
        ActorRef<Persist> entity = kit.spawn(new Recorder());
        List<ServiceEventBatch> events = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            events.add(removed(i));
        }
        get(
                AskPattern.<Persist, Integer>ask(
                        entity,
                        replyTo -> new Persist(events, replyTo),
                        DEADLINE,
                        kit.scheduler()));

        assertThat(delivered(size)).hasSize(size).doesNotHaveDuplicates();
    }

    /** The first {@code size} different events of a live query. */
    private List<ServiceId> delivered(int size) {
        R2dbcReadJournal query =
                PersistenceQuery.get(kit.system())
                        .getReadJournalFor(R2dbcReadJournal.class, R2dbcReadJournal.Identifier());
        return get(
                query.<ServiceEventBatch>eventsBySlices(
                                ServiceEvent.ENTITY_TYPE, 0, 1023, NoOffset.getInstance())
                        .filter(envelope -> envelope.getOptionalEvent().isPresent())
                        .map(envelope -> envelope.event().service())
                        .statefulMap(
                                java.util.HashSet<ServiceId>::new,
                                (seen, id) ->
                                        akka.japi.Pair.create(
                                                seen,
                                                seen.add(id) ? List.of(id) : List.<ServiceId>of()),
                                _ -> java.util.Optional.empty())
                        .mapConcat(fresh -> fresh)
                        .take(size)
                        .completionTimeout(DEADLINE)
                        .runWith(Sink.seq(), kit.system()));
    }

    private Event event(int number) {
        ServiceEventBatch event = removed(number);
        String id = PersistenceId.of(ServiceEvent.ENTITY_TYPE, event.service().toString()).id();
        Serialization serialization = SerializationExtension.get(kit.system());
        return new Event(
                Persistence.get(kit.system()).sliceForPersistenceId(id),
                ServiceEvent.ENTITY_TYPE,
                id,
                1,
                "writer",
                Written.of(serialization, event));
    }

    private static ServiceEventBatch removed(int number) {
        return new ServiceEventBatch(
                List.of(
                        new ServiceEvent.ServiceRemoved(
                                new ServiceId("marathon", "/a" + number), "test")));
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(180, TimeUnit.SECONDS).join();
    }

    private record Persist(List<ServiceEventBatch> events, ActorRef<Integer> replyTo) {}

    /** Persists events in one write, and replies with how many it has persisted. */
    private static final class Recorder
            extends EventSourcedBehavior<Persist, ServiceEventBatch, Integer> {
        private Recorder() {
            super(PersistenceId.of(ServiceEvent.ENTITY_TYPE, "marathon:/recorder"));
        }

        @Override
        public Integer emptyState() {
            return 0;
        }

        @Override
        public CommandHandler<Persist, ServiceEventBatch, Integer> commandHandler() {
            return (_, command) ->
                    Effect().persist(command.events()).thenReply(command.replyTo(), count -> count);
        }

        @Override
        public EventHandler<Integer, ServiceEventBatch> eventHandler() {
            return (count, _) -> count + 1;
        }
    }
}
