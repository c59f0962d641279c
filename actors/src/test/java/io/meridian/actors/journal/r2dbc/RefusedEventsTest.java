package io.meridian.actors.journal.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.AskPattern;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.actors.Entities;
import io.meridian.actors.Examples;
import io.meridian.actors.JournalledEntity.NotJournalled;
import io.meridian.actors.JournalledEntity.Reply;
import io.meridian.actors.service.ServiceEntity;
import io.meridian.database.EmbeddedPostgresExtension;
import io.meridian.database.PostgresSettings;
import io.meridian.database.R2dbcConfig;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.r2dbc.spi.Connection;
import io.r2dbc.spi.ConnectionFactory;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** Entities beside others whose events the database refuses. */
@ExtendWith(EmbeddedPostgresExtension.class)
class RefusedEventsTest {
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    /** The database refuses rows of services called "bad" with an SQLSTATE. */
    private static final String REFUSING =
            """
            CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
              IF NEW.persistence_id LIKE '%%bad%%' THEN
                RAISE EXCEPTION 'refused by the test' USING ERRCODE = '%s';
              END IF;
              RETURN NEW; END $$
            """;

    private static final String PERMANENT = "22021"; // as for text with U+0000
    private static final String PASSING = "57014"; // as for a cancelled statement

    private ActorTestKit kit;
    private ConnectionFactory database;

    @BeforeEach
    void start(PostgresSettings settings) {
        Config config =
                R2dbcConfig.of(settings)
                        .withFallback(Entities.akka())
                        .withFallback(ConfigFactory.load());
        kit = ActorTestKit.create("RefusedEventsTest", config.resolve());
        database = settings.connections("test");
        execute(REFUSING.formatted(PERMANENT));
        execute(
                "CREATE OR REPLACE TRIGGER refuse BEFORE INSERT ON event_journal"
                        + " FOR EACH ROW EXECUTE FUNCTION refuse()");
    }

    @AfterEach
    void stop() {
        execute("DROP TRIGGER refuse ON event_journal");
        kit.shutdownTestKit();
    }

    /** Akka's circuit breaker opens after ten failures in a row, for all entities. */
    @Test
    void eventsThatTheDatabaseCannotHoldAreRefusedAndFailNoOther() {
        List<CompletionStage<Reply>> bad = new ArrayList<>();
        List<CompletionStage<Reply>> good = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            bad.add(observe("bad" + i));
            if (i % 20 == 0) {
                good.add(observe("good" + i));
            }
        }

        assertThat(bad)
                .allSatisfy(
                        reply ->
                                assertThat(get(reply))
                                        .isInstanceOfSatisfying(
                                                NotJournalled.class,
                                                refusal -> {
                                                    assertThat(refusal.permanent()).isTrue();
                                                    assertThat(refusal.cause())
                                                            .contains("refused by the test");
                                                }));
        good.add(observe("good-later"));
        assertThat(good)
                .allSatisfy(
                        reply -> assertThat(get(reply)).isInstanceOf(ServiceEntity.Observed.class));
    }

    @Test
    void aFailureOfTheJournalIsAnsweredAndTheEntityGoesOn() {
        execute(REFUSING.formatted(PASSING));
        var entity = kit.spawn(ServiceEntity.create(service("bad-for-now")));
        assertThat(get(observe(entity, "bad-for-now")))
                .isInstanceOfSatisfying(
                        NotJournalled.class, failure -> assertThat(failure.permanent()).isFalse());

        execute("ALTER TABLE event_journal DISABLE TRIGGER refuse");
        assertThat(get(observe(entity, "bad-for-now"))).isInstanceOf(ServiceEntity.Observed.class);
        execute("ALTER TABLE event_journal ENABLE TRIGGER refuse");
    }

    private CompletionStage<Reply> observe(String path) {
        return observe(kit.spawn(ServiceEntity.create(service(path))), path);
    }

    private CompletionStage<Reply> observe(ActorRef<ServiceEntity.Command> entity, String path) {
        Observation seen =
                new Observation.MesosTaskSeen(
                        service(path), Examples.mesosTask("t"), true, "TASK_RUNNING");
        return AskPattern.ask(
                entity,
                replyTo -> new ServiceEntity.Observe(seen, replyTo),
                DEADLINE,
                kit.scheduler());
    }

    private static ServiceId service(String path) {
        return new ServiceId("kafka", path);
    }

    private static Reply get(CompletionStage<Reply> reply) {
        return reply.toCompletableFuture().join();
    }

    private void execute(String statement) {
        Mono.usingWhen(
                        database.create(),
                        connection -> Mono.from(connection.createStatement(statement).execute()),
                        Connection::close)
                .block();
    }
}
