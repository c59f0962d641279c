package io.meridian.controlplane.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Behaviors;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.actors.Entities;
import io.meridian.controlplane.OperatorException;
import io.meridian.controlplane.Program;
import io.meridian.controlplane.admin.AdminData;
import io.meridian.controlplane.admin.AdminRoutes;
import io.meridian.controlplane.admin.DataPlane;
import io.meridian.controlplane.admin.EventHub;
import io.meridian.controlplane.admin.Metrics;
import io.meridian.controlplane.admin.ServiceReader;
import io.meridian.controlplane.compat.CompatData;
import io.meridian.controlplane.compat.DcosNetApi;
import io.meridian.controlplane.compat.DcosNetMetrics;
import io.meridian.controlplane.compat.MesosDnsApi;
import io.meridian.controlplane.config.CompatSettings;
import io.meridian.controlplane.config.Configuration;
import io.meridian.controlplane.config.NodeSettings;
import io.meridian.controlplane.config.Role;
import io.meridian.controlplane.http.HostNames;
import io.meridian.controlplane.http.HttpListener;
import io.meridian.database.DatabaseException;
import io.meridian.database.PostgresSettings;
import io.meridian.database.R2dbcConfig;
import io.meridian.dns.ServedZone;
import io.meridian.domain.time.SteadyClock;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.vip.VipRules;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.master.SeenNode;
import io.meridian.feed.master.SeenNodes;
import io.meridian.ipvs.NodeView;
import io.meridian.projections.Projections;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A running node of the cluster. The agent's part starts first and serves from the images on disk;
 * the master's part starts in the background. The node stops them in the opposite order.
 */
public final class RunningNode implements Program, AdminData, CompatData {
    private static final Logger LOG = LoggerFactory.getLogger(RunningNode.class);

    /**
     * Timeout of the sources' states in {@code /health/ready}. Probes time out after 1 s, and the
     * master with the ingest may just have failed.
     */
    private static final Duration DETAILS = Duration.ofMillis(500);

    private static final Duration WATCH_INTERVAL = Duration.ofSeconds(2);

    /** Timeout of the sources' states for metrics and the log: longer than a pause of a master. */
    private static final Duration WATCH_LIMIT = Duration.ofSeconds(5);

    private static final Duration STOP = Duration.ofSeconds(20);
    private static final Duration ID_LOOK = Duration.ofSeconds(4);
    private static final Config LOCAL = ConfigFactory.parseString("akka.actor.provider = local");

    private final NodeConfig config;
    private final Optional<JournalServer> journal;
    private final ActorSystem<Void> local;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile int exitCode = 1;
    private final SourceCounters counters = SourceCounters.none();
    private final SeenNodes nodes;
    private final HealthWatch health = new HealthWatch();
    private final ServiceNotifier notifier = ServiceNotifier.of(System.getenv());
    private final Optional<AgentPart> agent;
    private final Membership membership;
    private final InetSocketAddress http;
    private final Optional<InetSocketAddress> mesosDns;
    private final Optional<InetSocketAddress> dcosNet;
    private final Machines machines;
    private volatile Reachability reachability = Reachability.ALL;

    private RunningNode(
            NodeConfig config,
            Configuration configuration,
            Optional<JournalServer> journal,
            Optional<PostgresSettings> database) {
        this.config = config;
        this.machines = Machines.of(config.node(), config.dns());
        this.journal = journal;
        this.nodes = new SeenNodes(config.feed().nodes(), SteadyClock.INSTANCE);
        Config akka = akka(config.node(), configuration, database);
        this.local =
                ActorSystem.create(
                        Behaviors.empty(), "meridian-node", LOCAL.withFallback(akka).resolve());
        Optional<Membership> begun = Optional.empty();
        try {
            this.agent =
                    config.node().is(Role.AGENT)
                            ? Optional.of(new AgentPart(config, local))
                            : Optional.empty();
            begun =
                    Optional.of(
                            Membership.start(
                                    config.node().cluster(),
                                    akka,
                                    system -> startParts(system, database),
                                    this::hearsMasters));
            this.membership = begun.get();
            agent.ifPresent(AgentPart::listen);
            Metrics metrics =
                    new Metrics(
                            this,
                            agent.map(AgentPart::dns),
                            database.map(_ -> counters.marathon()),
                            database.map(_ -> counters.mesos()));
            agent.ifPresent(part -> metrics.namespaces(part::namespaces));
            metrics.register(registry -> HealthMetrics.register(registry, health::last));
            if (config.node().is(Role.MASTER)) {
                metrics.register(
                        registry ->
                                HealthMetrics.registerMaster(registry, health::last, nodes::list));
            }
            HttpListener listener = new HttpListener(local, configuration, config.http());
            this.http =
                    listener.open(
                            "http.listen",
                            config.node().http(),
                            true,
                            new AdminRoutes(this, metrics, hostNames(), events())
                                    .routes()
                                    .handler(local));
            this.mesosDns = openMesosDns(listener, configuration);
            this.dcosNet = openDcosNet(listener, metrics);
        } catch (RuntimeException failed) {
            begun.ifPresent(Membership::close);
            local.terminate();
            throw failed;
        }
        watchHealth();
        notifier.interval().ifPresent(this::notifyWatchdog);
        notifier.ready();
        LOG.info(
                "node {} is up: roles={} address={} http={} cluster={}",
                config.node().id(),
                config.node().roles(),
                config.node().address(),
                http,
                membership.address());
    }

    /**
     * Starts a node. Returns once the node serves its images on disk; after a restart these are
     * complete.
     *
     * @throws io.meridian.controlplane.config.ConfigurationException if a setting is invalid
     * @throws OperatorException if a port or directory is not available
     */
    public static RunningNode start(Configuration configuration) {
        NodeConfig config = NodeConfig.from(configuration);
        if (!config.node().is(Role.MASTER)) {
            return new RunningNode(config, configuration, Optional.empty(), Optional.empty());
        }
        return switch (config.node().journal()) {
            case NodeSettings.Journal.External(PostgresSettings settings) ->
                    new RunningNode(config, configuration, Optional.empty(), Optional.of(settings));
            case NodeSettings.Journal.Embedded(var directory) -> {
                JournalServer journal = embedded(directory);
                try {
                    yield new RunningNode(
                            config,
                            configuration,
                            Optional.of(journal),
                            Optional.of(journal.settings()));
                } catch (RuntimeException failed) {
                    journal.close();
                    throw failed;
                }
            }
        };
    }

    /**
     * Reads and checks a configuration as {@link #start} does, and starts nothing.
     *
     * @return one line that says what the node would be
     * @throws io.meridian.controlplane.config.ConfigurationException if a setting is invalid
     */
    public static String check(Configuration configuration) {
        NodeSettings node = NodeConfig.from(configuration).node();
        return "node %s: roles=%s address=%s seeds=%s"
                .formatted(
                        node.id(),
                        node.roles().stream().map(Role::label).sorted().toList(),
                        node.address(),
                        node.cluster().seeds());
    }

    private static JournalServer embedded(java.nio.file.Path directory) {
        try {
            return JournalServer.in(directory);
        } catch (DatabaseException refused) {
            throw new OperatorException(refused.getMessage(), refused);
        }
    }

    /** All settings of the cluster's actor system. */
    static Config akka(
            NodeSettings node, Configuration configuration, Optional<PostgresSettings> database) {
        Config rooms =
                ConfigFactory.parseResources(RunningNode.class, "akka.conf")
                        .withFallback(Entities.akka())
                        .withFallback(Projections.akka());
        ClusterConfig cluster = ClusterConfig.of(node);
        // The operator's akka.* settings, from the file or -D, override the defaults of the rooms.
        return cluster.identity()
                .withFallback(database.map(R2dbcConfig::of).orElseGet(ConfigFactory::empty))
                .withFallback(configuration.operatorAkka())
                .withFallback(cluster.witness())
                .withFallback(rooms)
                .withFallback(configuration.config())
                .resolve();
    }

    /**
     * Notifies systemd's watchdog from an actor's dispatcher: if all dispatcher threads hang,
     * systemd gets no notification and kills the process.
     */
    private void notifyWatchdog(Duration interval) {
        local.scheduler()
                .scheduleAtFixedRate(
                        Duration.ZERO, interval, notifier::alive, local.executionContext());
    }

    /**
     * Starts without unreachable agents, because a new membership does not know those of the last
     * one.
     */
    private void watchReachability(ActorSystem<?> system) {
        judge(Reachability.ALL);
        if (config.reachability().enabled()) {
            system.systemActorOf(
                    ReachabilityWatch.create(config.reachability().forgetAfter(), this::judge),
                    "reachability-watch",
                    Props.empty());
        }
    }

    private void judge(Reachability now) {
        reachability = now;
        agent.ifPresent(part -> part.judge(now));
    }

    /**
     * Starts what uses the cluster's actor system: the agent's feed clients and the master's part.
     */
    private Optional<MasterPart> startParts(
            ActorSystem<?> system, Optional<PostgresSettings> database) {
        agent.ifPresent(part -> part.follow(system));
        watchReachability(system);
        system.systemActorOf(
                NodeIdWatch.create(ID_LOOK, ended::countDown), "node-id-watch", Props.empty());
        return database.map(
                settings ->
                        MasterPart.start(
                                config,
                                system,
                                settings,
                                nodes,
                                counters,
                                () -> journal.ifPresent(JournalServer::start),
                                this::end));
    }

    private boolean hearsMasters() {
        Duration silence = config.feed().client().answerTimeout().multipliedBy(2);
        return config.node().is(Role.MASTER)
                || agent.filter(part -> part.heardWithin(silence)).isPresent();
    }

    private Optional<MasterPart> master() {
        return membership.master();
    }

    /** This node's id, its host's name and the operator's names. */
    private HostNames hostNames() {
        return new HostNames(
                Stream.concat(
                                Stream.of(config.node().id(), NodeSettings.hostName().orElse("")),
                                config.http().hosts().stream())
                        .toList());
    }

    private EventHub events() {
        return new EventHub(local, config.http().maxEventClients());
    }

    private Optional<InetSocketAddress> openMesosDns(
            HttpListener listener, Configuration configuration) {
        CompatSettings compat = config.compat();
        return compat.mesosDns()
                .map(
                        address -> {
                            MesosDnsApi api =
                                    MesosDnsApi.of(
                                            this,
                                            configuration.config(),
                                            config.dns().mesosDomain(),
                                            config.dns().listen().getFirst(),
                                            address,
                                            compat.enumeration(),
                                            config.node().is(Role.AGENT));
                            return listener.open(
                                    CompatSettings.MESOS_DNS,
                                    address,
                                    false,
                                    request ->
                                            CompletableFuture.completedFuture(api.answer(request)));
                        });
    }

    private Optional<InetSocketAddress> openDcosNet(HttpListener listener, Metrics metrics) {
        return config.compat()
                .dcosNet()
                .map(
                        address -> {
                            DcosNetMetrics figures =
                                    new DcosNetMetrics(
                                            this,
                                            metrics::text,
                                            NodeView.at(config.node().address()),
                                            agent.map(part -> part.dns()::status),
                                            () -> agent.flatMap(AgentPart::status),
                                            master().filter(_ -> !config.mesos().enabled())
                                                    .map(_ -> counters.marathon()));
                            if (config.mesos().enabled() && config.node().is(Role.MASTER)) {
                                figures.mesos(counters.mesos());
                            }
                            agent.ifPresent(part -> figures.namespaces(part::namespaces));
                            return listener.open(
                                    CompatSettings.DCOS_NET,
                                    address,
                                    false,
                                    new DcosNetApi(this, figures)::answer);
                        });
    }

    /** Address of the admin HTTP, with the port that the system chose for port 0. */
    public InetSocketAddress httpAddress() {
        return http;
    }

    /**
     * Address of Mesos-DNS's HTTP API, with the port that the system chose for port 0; empty if it
     * is off.
     */
    public Optional<InetSocketAddress> mesosDnsAddress() {
        return mesosDns;
    }

    /**
     * Address of dcos-net's HTTP API, with the port that the system chose for port 0; empty if it
     * is off.
     */
    public Optional<InetSocketAddress> dcosNetAddress() {
        return dcosNet;
    }

    /** Addresses of the DNS listeners, with the ports that the system chose for port 0. */
    public List<InetSocketAddress> dnsAddresses() {
        return agent.map(part -> part.dns().status().listening()).orElse(List.of());
    }

    @Override
    public CurrentImage<ZoneRow, ZoneImage> zones() {
        return master().filter(part -> part.feed().isPresent())
                .map(MasterPart::zones)
                .or(() -> agent.map(AgentPart::zones))
                .orElseGet(() -> master().orElseThrow().zones());
    }

    @Override
    public CurrentImage<VipRow, VipImage> vips() {
        return master().filter(part -> part.feed().isPresent())
                .map(MasterPart::vips)
                .or(() -> agent.map(AgentPart::vips))
                .orElseGet(() -> master().orElseThrow().vips());
    }

    @Override
    public Reachability reachability() {
        return reachability.with(
                machines.among(
                        vips().image(),
                        zones().image(),
                        membership::members,
                        Machines::ofInterfaces));
    }

    @Override
    public VipRules vipRules() {
        return config.naming().vips();
    }

    @Override
    public List<ServedZone> servedZones() {
        return agent.map(part -> part.dns().zones())
                .orElseGet(
                        () ->
                                ServedZone.ofTables(
                                        config.dns().mesosDomain(),
                                        config.dns().mesosTtl().toSeconds(),
                                        zones(),
                                        vips()));
    }

    @Override
    public List<SeenNode> nodes() {
        return config.node().is(Role.MASTER) ? nodes.list() : self();
    }

    /** This node alone: only masters know the others. */
    private List<SeenNode> self() {
        return agent
                .map(AgentPart::nodeStatus)
                .map(
                        status ->
                                new SeenNode(
                                        status,
                                        status.lagSeconds() > 0
                                                ? SeenNode.State.LATE
                                                : SeenNode.State.OK,
                                        SteadyClock.INSTANCE.instant()))
                .stream()
                .toList();
    }

    @Override
    public Optional<ServiceReader> services() {
        return master().flatMap(MasterPart::write)
                .map(write -> new SqlServiceReader(write.queries(), write.entities()));
    }

    @Override
    public Optional<ActorRef<FeedServer.Command>> feed() {
        return master().flatMap(MasterPart::feed);
    }

    @Override
    public Optional<DataPlane> dataPlane() {
        return agent.map(part -> part);
    }

    @Override
    public CompletionStage<Readiness> readiness() {
        return readiness(DETAILS).thenApply(NodeReadiness::report);
    }

    private CompletionStage<NodeReadiness> readiness(Duration limit) {
        return master().map(part -> part.sources(limit))
                .orElseGet(() -> CompletableFuture.completedFuture(List.of()))
                .thenApply(this::readiness);
    }

    private NodeReadiness readiness(List<Sources.State> sources) {
        boolean servesTables =
                agent.map(part -> part.dns().status().complete())
                        .orElseGet(() -> zones().shown().isPresent() && vips().shown().isPresent());
        return new NodeReadiness(
                servesTables,
                new NodeReadiness.Tables(zones().revision(), vips().revision(), lagSeconds()),
                master().map(
                                part ->
                                        new NodeReadiness.Master(
                                                part.waitsFor(),
                                                part.database(),
                                                part.backlog(),
                                                sources)),
                agent.map(AgentPart::imageFaults).orElse(List.of()),
                counters.mesos().snapshot(),
                SteadyClock.INSTANCE.instant());
    }

    /** Reads the parts of the readiness for metrics and the log, one time after the other. */
    private void watchHealth() {
        master().ifPresent(MasterPart::probeDatabase);
        readiness(WATCH_LIMIT)
                .thenAccept(health::update)
                .whenComplete(
                        (_, _) ->
                                local.scheduler()
                                        .scheduleOnce(
                                                WATCH_INTERVAL,
                                                this::watchHealth,
                                                local.executionContext()));
    }

    private double lagSeconds() {
        Duration tolerance = config.feed().server().longPollTimeout().multipliedBy(2);
        Instant now = SteadyClock.INSTANCE.instant();
        return Math.max(zones().lagSeconds(now, tolerance), vips().lagSeconds(now, tolerance));
    }

    @Override
    public int awaitEnd() throws InterruptedException {
        ended.await();
        return exitCode;
    }

    private void end(int code) {
        exitCode = code;
        ended.countDown();
    }

    /**
     * Stops the membership by Akka's coordinated shutdown first, then HTTP and DNS, the database
     * last. DNS and HTTP answer as long as possible.
     */
    @Override
    public void close() {
        notifier.stopping();
        membership.close();
        local.terminate();
        try {
            local.getWhenTerminated().toCompletableFuture().get(STOP.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException late) {
            LOG.warn(
                    "cannot stop HTTP: seconds={}: {}; the node stops without it",
                    STOP.toSeconds(),
                    late.toString());
        }
        agent.ifPresent(AgentPart::close);
        journal.ifPresent(JournalServer::close);
        LOG.info("stopped");
    }
}
