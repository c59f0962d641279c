package io.meridian.controlplane.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;

import io.meridian.actors.Entities;
import io.meridian.controlplane.ProgramVersion;
import io.meridian.controlplane.config.Role;
import io.meridian.database.DatabaseException;
import io.meridian.database.PostgresSettings;
import io.meridian.database.Schema;
import io.meridian.domain.time.Backoff;
import io.meridian.domain.time.SteadyClock;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.TableType;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.master.NodeRegistry;
import io.meridian.feed.master.SeenNodes;
import io.meridian.feed.node.NodeReporter;
import io.meridian.feed.wire.NodeStatus;
import io.meridian.projections.Completeness;
import io.meridian.projections.Housekeeping;
import io.meridian.projections.ProjectionBacklog;
import io.meridian.projections.ProjectionMonitor;
import io.meridian.projections.Projections;
import io.meridian.projections.ServiceQueries;
import io.meridian.projections.TableStores;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntConsumer;

/**
 * The master's part of a node: schema, entities, projections, ingest and, once the tables are
 * complete, the feed. Starts in the background and retries while the database does not answer.
 */
final class MasterPart implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MasterPart.class);
    private static final Backoff RETRY = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));

    /** Exit code of a process whose settings or database an operator must change. */
    private static final int REFUSED = 2;

    private final NodeConfig config;
    private final ActorSystem<?> system;
    private final PostgresSettings database;
    private final Runnable startDatabase;
    private final IntConsumer fatal;
    private final SourceCounters counters;
    private final CurrentImage<ZoneRow, ZoneImage> zones = new CurrentImage<>(TableType.ZONE);
    private final CurrentImage<VipRow, VipImage> vips = new CurrentImage<>(TableType.VIP);
    private final Thread starter;

    private final DatabaseProbe probe = new DatabaseProbe();
    private volatile boolean closed;
    private volatile String stage = "the database is not reached yet";

    private volatile Optional<Write> write = Optional.empty();
    private volatile Optional<Serve> serve = Optional.empty();

    /** The write side; exists once the schema does. */
    record Write(
            Entities entities,
            ServiceQueries queries,
            Sources sources,
            ProjectionMonitor monitor) {}

    private record Serve(TableStores stores, ActorRef<FeedServer.Command> feed) {}

    private MasterPart(
            NodeConfig config,
            ActorSystem<?> system,
            PostgresSettings database,
            SourceCounters counters,
            Runnable startDatabase,
            IntConsumer fatal) {
        this.config = config;
        this.system = system;
        this.database = database;
        this.counters = counters;
        this.startDatabase = startDatabase;
        this.fatal = fatal;
        this.starter = Thread.ofVirtual().name("master-start").unstarted(this::startInBackground);
    }

    /**
     * @param nodes receives the nodes' reports; outlives each membership
     * @param counters counters that outlive each membership
     * @param startDatabase returns once a connection may be tried; throws if the database can never
     *     start
     * @param fatal called with the exit code of the process, if this program cannot use that
     *     database
     */
    static MasterPart start(
            NodeConfig config,
            ActorSystem<?> system,
            PostgresSettings database,
            SeenNodes nodes,
            SourceCounters counters,
            Runnable startDatabase,
            IntConsumer fatal) {
        MasterPart part = new MasterPart(config, system, database, counters, startDatabase, fatal);
        part.startRegistry(nodes);
        part.starter.start();
        return part;
    }

    CurrentImage<ZoneRow, ZoneImage> zones() {
        return zones;
    }

    CurrentImage<VipRow, VipImage> vips() {
        return vips;
    }

    Optional<Write> write() {
        return write;
    }

    Optional<ActorRef<FeedServer.Command>> feed() {
        return serve.map(Serve::feed);
    }

    /** The condition that the master's part waits for; empty once it serves. */
    Optional<String> waitsFor() {
        return serve.isPresent() ? Optional.empty() : Optional.of(stage);
    }

    /** The last probe of the database. */
    DatabaseProbe.Result database() {
        return probe.last();
    }

    /** What waits for the projections; empty while the database does not say. */
    Optional<ProjectionBacklog> backlog() {
        return write.flatMap(writing -> writing.monitor().last());
    }

    /**
     * Asks the database what waits for the projections, and so whether it answers; {@link
     * #database} has the result later.
     */
    void probeDatabase() {
        write.ifPresentOrElse(
                writing -> probe.ask(writing.monitor()::ask), () -> probe.failed(stage));
    }

    /**
     * The state of each source; empty before the sources are started.
     *
     * @param limit an ingest without an answer within that time has no status
     */
    CompletionStage<List<Sources.State>> sources(Duration limit) {
        return write.map(writing -> writing.sources().states(limit))
                .orElseGet(() -> CompletableFuture.completedFuture(List.of()));
    }

    private void startInBackground() {
        try {
            startDatabase.run();
            if (ensureSchema()) {
                startWriting();
                new FirstListings(
                                Completeness.create(system),
                                write.orElseThrow().queries(),
                                write.orElseThrow().sources(),
                                waiting -> stage = waiting)
                        .awaitTables();
                startServing();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (DatabaseException refused) {
            fail(1, () -> LOG.error("{}; the process ends", refused.getMessage()));
        } catch (RuntimeException | Error broken) {
            // An error that ends this thread alone would leave a node that is never ready.
            fail(1, () -> LOG.error("cannot start the master part; the process ends", broken));
        }
    }

    /**
     * Ends the process, unless this membership ended meanwhile: then its failures are expected, and
     * the next membership tries again.
     */
    private void fail(int exitCode, Runnable log) {
        if (!closed) {
            log.run();
            fatal.accept(exitCode);
        }
    }

    /**
     * Retries until the schema exists.
     *
     * @return false if the database refuses this program for good
     */
    private boolean ensureSchema() throws InterruptedException {
        for (int failures = 1; ; failures++) {
            Duration pause = RETRY.bound(failures);
            try {
                Schema.ensure(
                        database,
                        Map.of(Entities.SHARDS, Integer.toString(config.serviceShards())));
                return true;
            } catch (DatabaseException failed) {
                if (failed.isFinal()) {
                    fail(REFUSED, () -> LOG.error("{}; the process ends", failed.getMessage()));
                    return false;
                }
                stage = "the database cannot be used: " + failed.getMessage();
                LOG.warn("{}; next try in {} ms", failed.getMessage(), pause.toMillis());
            }
            Thread.sleep(pause);
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
        Sources sources = Sources.start(config, system, entities, counters);
        write =
                Optional.of(
                        new Write(
                                entities,
                                ServiceQueries.create(system),
                                sources,
                                ProjectionMonitor.create(system)));
    }

    /** Starts before the database is reached: other nodes must hear this master meanwhile. */
    private void startRegistry(SeenNodes nodes) {
        system.systemActorOf(NodeRegistry.create(nodes), "node-registry", Props.empty());
        if (!config.node().is(Role.AGENT)) {
            system.systemActorOf(
                    NodeReporter.create(config.feed(), this::status, () -> {}),
                    "node-reporter",
                    Props.empty());
        }
    }

    /** The report of a node without role agent. */
    private NodeStatus status() {
        Instant now = SteadyClock.INSTANCE.instant();
        Duration tolerance = config.feed().server().longPollTimeout().multipliedBy(2);
        return new NodeStatus(
                config.node().id(),
                ProgramVersion.text(),
                config.node().address().toString(),
                config.node().roles().stream().map(Role::label).sorted().toList(),
                Math.max(0, zones.revision()),
                Math.max(0, vips.revision()),
                Math.max(zones.lagSeconds(now, tolerance), vips.lagSeconds(now, tolerance)),
                NodeStatus.Dataplane.NONE);
    }

    private void startServing() {
        TableStores stores = TableStores.create(system, database);
        ActorRef<FeedServer.Command> feed =
                system.systemActorOf(
                        FeedServer.create(
                                config.feed(),
                                new FeedServer.Served<>(stores.zone(), zones),
                                new FeedServer.Served<>(stores.vip(), vips),
                                SteadyClock.INSTANCE),
                        "feed-server",
                        Props.empty());
        serve = Optional.of(new Serve(stores, feed));
    }

    @Override
    public void close() {
        closed = true;
        starter.interrupt();
        serve.ifPresent(serving -> serving.stores().close());
    }
}
