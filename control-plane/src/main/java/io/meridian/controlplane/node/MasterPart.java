package io.meridian.controlplane.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;

import io.meridian.actors.Entities;
import io.meridian.actors.ingest.Ingest;
import io.meridian.actors.ingest.IngestStatus;
import io.meridian.controlplane.config.Role;
import io.meridian.database.DatabaseException;
import io.meridian.database.PostgresSettings;
import io.meridian.database.Schema;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.FeedServer;
import io.meridian.feed.NodeReporter;
import io.meridian.feed.NodeStatus;
import io.meridian.feed.TableType;
import io.meridian.feed.TableView;
import io.meridian.projections.Completeness;
import io.meridian.projections.Housekeeping;
import io.meridian.projections.Projections;
import io.meridian.projections.ServiceQueries;
import io.meridian.projections.TableStores;
import io.meridian.sources.SourceCommand;
import io.meridian.sources.SourceSignal;
import io.meridian.sources.marathon.MarathonCounters;
import io.meridian.sources.marathon.MarathonSource;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/**
 * The master's half of a node: schema, entities, projections, ingest, and, once the tables are
 * complete, the feed. Comes up in the background, with patience for a database that is away.
 */
final class MasterPart implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MasterPart.class);
    private static final Duration ASK = Duration.ofSeconds(5);
    private static final Duration SHORT_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final NodeConfig config;
    private final ActorSystem<?> system;
    private final PostgresSettings database;
    private final Runnable startDatabase;
    private final Runnable fatal;
    private final MarathonCounters marathon;
    private final TableView<ZoneRow, ZoneImage> zones = new TableView<>(TableType.ZONE);
    private final TableView<VipRow, VipImage> vips = new TableView<>(TableType.VIP);
    private final Thread starter;

    private volatile boolean closed;
    private volatile String stage = "the database is not reached yet";
    private volatile Optional<Write> write = Optional.empty();
    private volatile Optional<Serve> serve = Optional.empty();

    /** The write side, once the schema is there. */
    record Write(
            Entities entities, ServiceQueries queries, Optional<ActorRef<Ingest.Command>> ingest) {}

    private record Serve(TableStores stores, ActorRef<FeedServer.Command> feed) {}

    private MasterPart(
            NodeConfig config,
            ActorSystem<?> system,
            PostgresSettings database,
            MarathonCounters marathon,
            Runnable startDatabase,
            Runnable fatal) {
        this.config = config;
        this.system = system;
        this.database = database;
        this.marathon = marathon;
        this.startDatabase = startDatabase;
        this.fatal = fatal;
        this.starter = Thread.ofVirtual().name("master-start").unstarted(this::comeUp);
    }

    /**
     * @param marathon counts on, whichever membership it is
     * @param startDatabase returns when the database may be tried; throws if it never can
     * @param fatal called if this program can't run on that database
     */
    static MasterPart start(
            NodeConfig config,
            ActorSystem<?> system,
            PostgresSettings database,
            MarathonCounters marathon,
            Runnable startDatabase,
            Runnable fatal) {
        MasterPart part = new MasterPart(config, system, database, marathon, startDatabase, fatal);
        part.starter.start();
        return part;
    }

    TableView<ZoneRow, ZoneImage> zones() {
        return zones;
    }

    TableView<VipRow, VipImage> vips() {
        return vips;
    }

    Optional<Write> write() {
        return write;
    }

    Optional<ActorRef<FeedServer.Command>> feed() {
        return serve.map(Serve::feed);
    }

    /** What it waits for; empty once it serves. */
    Optional<String> waitsFor() {
        return serve.isPresent() ? Optional.empty() : Optional.of(stage);
    }

    /** How the source is doing; empty if there is none, or it can't be asked now. */
    CompletionStage<Optional<IngestStatus>> ingest() {
        return write.flatMap(Write::ingest)
                .map(this::ask)
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    }

    private CompletionStage<Optional<IngestStatus>> ask(ActorRef<Ingest.Command> ingest) {
        CompletionStage<IngestStatus> status =
                AskPattern.ask(ingest, Ingest.GetStatus::new, ASK, system.scheduler());
        return status.handle(
                (answer, failure) -> failure == null ? Optional.of(answer) : Optional.empty());
    }

    private void comeUp() {
        try {
            startDatabase.run();
            if (ensureSchema()) {
                startWriting();
                awaitComplete();
                startServing();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (DatabaseException refused) {
            giveUp(() -> LOG.error("{}", refused.getMessage()));
        } catch (RuntimeException broken) {
            giveUp(() -> LOG.error("cannot come up as master", broken));
        }
    }

    /** What fails because its membership has ended meanwhile is no failure: the next one tries. */
    private void giveUp(Runnable log) {
        if (!closed) {
            log.run();
            fatal.run();
        }
    }

    /**
     * @return false if the database must not be used by this program
     */
    private boolean ensureSchema() throws InterruptedException {
        Duration pause = SHORT_PAUSE;
        while (true) {
            try {
                Schema.ensure(database);
                return true;
            } catch (DatabaseException failed) {
                if (failed.isFinal()) {
                    LOG.error("{}", failed.getMessage());
                    fatal.run();
                    return false;
                }
                stage = "the database can't be used: " + failed.getMessage();
                LOG.warn("{}; will try again in {} ms", failed.getMessage(), pause.toMillis());
            }
            Thread.sleep(pause);
            pause = longer(pause);
        }
    }

    private void startWriting() {
        Entities entities =
                Entities.init(
                        system,
                        Role.MASTER.label(),
                        config.ipvs().ownership().range(),
                        config.ipvs().ownership().range6());
        Projections.init(system, config.projections(), config.naming());
        Housekeeping.init(system, config.housekeeping());
        Optional<ActorRef<Ingest.Command>> ingest =
                config.marathon().enabled()
                        ? Optional.of(entities.ingest(config.ingest(), this::marathonSource))
                        : Optional.empty();
        write = Optional.of(new Write(entities, ServiceQueries.create(system), ingest));
        if (!config.node().is(Role.AGENT)) {
            system.systemActorOf(
                    NodeReporter.create(config.feed(), this::status),
                    "node-reporter",
                    Props.empty());
        }
    }

    /** What a node that is nothing but a master says about itself. */
    private NodeStatus status() {
        Instant now = Instant.now();
        Duration tolerance = config.feed().server().pollHold().multipliedBy(2);
        return new NodeStatus(
                config.node().id(),
                config.node().address().toString(),
                config.node().roles().stream().map(Role::label).sorted().toList(),
                Math.max(0, zones.revision()),
                Math.max(0, vips.revision()),
                Math.max(zones.lagSeconds(now, tolerance), vips.lagSeconds(now, tolerance)),
                NodeStatus.Dataplane.NONE);
    }

    /** Marathon's source under the protocol that the ingest speaks. */
    private Behavior<SourceCommand> marathonSource(ActorRef<SourceSignal> sink) {
        return Behaviors.setup(
                context -> {
                    ActorRef<MarathonSource.Command> source =
                            context.spawn(
                                    MarathonSource.create(config.marathon(), sink, marathon),
                                    "marathon");
                    context.watch(
                            source); // a source that stops takes this one along, and so the ingest
                    // restarts both
                    return Behaviors.receiveMessage(
                            command -> {
                                source.tell(new MarathonSource.Do(command));
                                return Behaviors.same();
                            });
                });
    }

    private void awaitComplete() throws InterruptedException {
        Completeness completeness = Completeness.create(system);
        Duration pause = SHORT_PAUSE;
        while (true) {
            try {
                if (completeness.isComplete().toCompletableFuture().get()) {
                    return;
                }
                if (includesFirstListing()) {
                    completeness.declare().toCompletableFuture().get();
                    LOG.info("tables are complete; serving");
                    return;
                }
                pause = SHORT_PAUSE;
            } catch (ExecutionException away) {
                stage = "the database can't be read: " + away.getCause().getMessage();
                pause = longer(pause);
            }
            Thread.sleep(pause);
        }
    }

    private boolean includesFirstListing() throws InterruptedException, ExecutionException {
        if (!config.marathon().enabled()) {
            stage = "no source is configured, see meridian.sources";
            return false;
        }
        Optional<IngestStatus> status = ingest().toCompletableFuture().get();
        stage =
                status.filter(IngestStatus::attached).isPresent()
                        ? "the first complete listing of Marathon is not in the tables yet"
                        : "Marathon was not attached yet: "
                                + status.map(IngestStatus::detail).orElse("the ingest is not up");
        if (status.isEmpty() || status.get().firstListing().isEmpty()) {
            return false;
        }
        ServiceQueries queries = write.orElseThrow().queries();
        return queries.applied(status.get().firstListing().get()).toCompletableFuture().get();
    }

    private void startServing() {
        TableStores stores = TableStores.create(system, database);
        ActorRef<FeedServer.Command> feed =
                system.systemActorOf(
                        FeedServer.create(
                                config.feed(),
                                new FeedServer.Served<>(stores.zone(), zones),
                                new FeedServer.Served<>(stores.vip(), vips),
                                Clock.systemUTC()),
                        "feed-server",
                        Props.empty());
        serve = Optional.of(new Serve(stores, feed));
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
    }

    @Override
    public void close() {
        closed = true;
        starter.interrupt();
        serve.ifPresent(serving -> serving.stores().close());
    }
}
