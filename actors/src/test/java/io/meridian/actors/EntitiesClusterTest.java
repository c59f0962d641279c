package io.meridian.actors;

import static io.meridian.actors.Examples.listed;
import static io.meridian.actors.Examples.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;

import com.typesafe.config.ConfigFactory;

import io.meridian.actors.ingest.Ingest;
import io.meridian.actors.ingest.IngestSettings;
import io.meridian.actors.ingest.IngestStatus;
import io.meridian.actors.journal.JournalFormat;
import io.meridian.actors.service.ServiceEntity;
import io.meridian.database.EmbeddedPostgresExtension;
import io.meridian.database.PostgresSettings;
import io.meridian.database.R2dbcConfig;
import io.meridian.domain.net.AddressRange;
import io.meridian.domain.service.Observation;
import io.meridian.domain.service.ServiceId;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The write side of one master, sharded and singleton, over a real PostgreSQL. */
@ExtendWith(EmbeddedPostgresExtension.class)
class EntitiesClusterTest {
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final ServiceId WEB = service("/web");
    private static final ServiceId DB = service("/db");

    private final BlockingQueue<ActorRef<SourceSignal>> sources = new LinkedBlockingQueue<>();
    private PostgresSettings database;
    private ActorSystem<Void> system;
    private Entities entities;
    private ActorRef<Ingest.Command> ingest;
    private ActorRef<SourceSignal> source;

    @BeforeEach
    void start(PostgresSettings settings) throws InterruptedException {
        database = settings;
        up();
    }

    @AfterEach
    void stop() {
        system.terminate();
        get(system.getWhenTerminated());
    }

    @Test
    void stateSurvivesARestart() throws InterruptedException {
        listAll(listed(WEB, "a", "b"), listed(DB, "d"));
        SortedMap<String, Long> first =
                await(status -> status.firstListing().isPresent()).firstListing().orElseThrow();
        ServiceEntity.Current before = get(entities.service(WEB, PATIENCE));

        restart();

        assertThat(get(entities.service(WEB, PATIENCE))).isEqualTo(before);
        assertThat(first).containsEntry("service|marathon:/web", before.sequenceNumber());
        assertThat(get(entities.known())).containsExactlyInAnyOrder(WEB, DB);
        listAll(listed(WEB, "a", "b"), listed(DB, "d"));
        assertThat(await(status -> status.firstListing().isPresent()).firstListing())
                .contains(first);
    }

    @Test
    void theJournalHoldsOurNamesAndNoClassNames() {
        listAll(listed(WEB, "a", "b"), listed(DB, "d"));
        await(status -> status.firstListing().isPresent());

        List<String> names = column("SELECT DISTINCT event_ser_manifest FROM event_journal");
        assertThat(names).isNotEmpty();
        assertThat(JournalFormat.known()).containsAll(names);
        assertThat(column("SELECT encode(event_payload, 'escape') FROM event_journal"))
                .isNotEmpty()
                .noneMatch(body -> body.contains("io.meridian") || body.contains("@class"));
    }

    @Test
    void anEntityWithANewerEventStaysDownAndOthersWork() throws InterruptedException {
        listAll(listed(WEB, "a"), listed(DB, "d"));
        await(status -> status.firstListing().isPresent());
        system.terminate();
        get(system.getWhenTerminated());
        column(
                "UPDATE event_journal SET event_ser_manifest = 'service.events.3' WHERE"
                        + " persistence_id = 'service|marathon:/web' AND seq_nr = 1 RETURNING 'x'");
        up();

        LoggingTestKit.error(
                        "attempt=1: cannot read journal entry: name=service.events.3: this program"
                                + " knows version 1 at most")
                .withCustom(_ -> true)
                .expect(
                        system,
                        () -> {
                            listAll(listed(WEB, "a"), listed(DB, "d", "e"));
                            return null;
                        });
        assertThatThrownBy(() -> get(entities.service(WEB, Duration.ofSeconds(2))))
                .hasMessageContaining("AskTimeout");
        int[] i = {0};
        IngestStatus status =
                await(
                        one -> {
                            source.tell(
                                    new SourceSignal.Observed(
                                            listed(DB, "d", "e", "x" + i[0]++ % 2)));
                            return one.firstListing().isPresent();
                        });
        assertThat(status.stuck()).containsExactly("marathon:/web");
        assertThat(get(entities.service(DB, PATIENCE)).service().live()).hasSizeGreaterThan(1);
        assertThat(column("SELECT DISTINCT persistence_id FROM event_journal"))
                .contains("service|marathon:/web");
    }

    @Test
    void servicesOfMoreThanOnePageAreAllKnown() {
        Set<ServiceId> many =
                IntStream.range(0, 25)
                        .mapToObj(i -> service("/group/s" + i))
                        .collect(Collectors.toSet());
        listAll(
                many.stream()
                        .map(id -> listed(id, "t" + id.path()))
                        .toArray(Observation.Listed[]::new));
        await(status -> status.firstListing().isPresent());

        assertThat(get(entities.known())).isEqualTo(many);
    }

    @Test
    void claimsWaitWhileTheDatabaseRefusesAndAreJournalledAfter() {
        column("ALTER TABLE event_journal RENAME TO away");
        listAll(listed(WEB, "a"));
        await(status -> status.queued() + status.inFlight() > 0);
        assertThatThrownBy(() -> get(entities.service(WEB, Duration.ofSeconds(2))))
                .hasMessageContaining("AskTimeout");
        assertThat(await(_ -> true).firstListing()).isEmpty();
        column("ALTER TABLE away RENAME TO event_journal");

        await(status -> status.firstListing().isPresent());
        assertThat(get(entities.service(WEB, PATIENCE)).service().live()).hasSize(1);
    }

    private void restart() throws InterruptedException {
        system.terminate();
        get(system.getWhenTerminated());
        up();
    }

    private void up() throws InterruptedException {
        var config =
                ConfigFactory.parseString(
                                """
                                akka.actor.provider = cluster
                                akka.actor.allow-java-serialization = off
                                akka.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                                akka.cluster.roles = [master]
                                akka.cluster.jmx.enabled = off
                                akka.persistence.r2dbc.query.persistence-ids.buffer-size = 10
                                meridian.ingest.ask-timeout = 1 s
                                """)
                        .withFallback(R2dbcConfig.of(database))
                        .withFallback(Entities.akka())
                        .withFallback(ConfigFactory.load())
                        .resolve();
        system = ActorSystem.create(Behaviors.empty(), "test", config);
        Cluster cluster = Cluster.get(system);
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        entities =
                Entities.init(
                        system,
                        "master",
                        AddressRange.parse("11.0.0.0-11.255.255.255").orElseThrow(),
                        AddressRange.parse("fd01:c::-fd01:c::ffff").orElseThrow());
        ingest = entities.ingest(IngestSettings.ofMarathon(config, "marathon"), this::source);
        source = sources.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(source).isNotNull();
        source.tell(new SourceSignal.Attached("leader:8080"));
    }

    private Behavior<SourceCommand> source(ActorRef<SourceSignal> signals) {
        return Behaviors.setup(
                _ -> {
                    sources.add(signals);
                    return Behaviors.ignore();
                });
    }

    private void listAll(Observation.Listed... services) {
        source.tell(new SourceSignal.ListedAll(Arrays.asList(services), java.time.Instant.now()));
    }

    private IngestStatus await(Predicate<IngestStatus> condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            IngestStatus status =
                    get(
                            AskPattern.ask(
                                    ingest, Ingest.GetStatus::new, PATIENCE, system.scheduler()));
            if (condition.test(status)) {
                return status;
            }
            assertThat(System.nanoTime()).as("still %s", status).isLessThan(deadline);
        }
    }

    private List<String> column(String sql) {
        return Flux.usingWhen(
                        database.connections("test").create(),
                        connection ->
                                connection
                                        .createStatement(sql)
                                        .execute()
                                        .concatMap(
                                                result ->
                                                        result.map(
                                                                (row, _) ->
                                                                        String.valueOf(
                                                                                row.get(0)))),
                        connection -> Mono.from(connection.close()))
                .collectList()
                .block(PATIENCE);
    }

    private static <T> T get(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }
}
