package io.meridian.controlplane.node;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.AskPattern;
import akka.actor.typed.javadsl.Behaviors;

import io.meridian.controlplane.OperatorException;
import io.meridian.controlplane.ProgramVersion;
import io.meridian.controlplane.admin.DataPlane;
import io.meridian.dns.DnsFrontend;
import io.meridian.domain.net.IpAddress;
import io.meridian.domain.table.Change;
import io.meridian.domain.table.Image;
import io.meridian.domain.table.Row;
import io.meridian.domain.time.SteadyClock;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.CurrentImage;
import io.meridian.feed.Provenance;
import io.meridian.feed.TableType;
import io.meridian.feed.node.FeedClient;
import io.meridian.feed.node.ImageFile;
import io.meridian.feed.node.NodeReporter;
import io.meridian.feed.node.Publisher;
import io.meridian.feed.wire.NodeStatus;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.Proposal;
import io.meridian.ipvs.reconcile.DataPlaneUpdate;
import io.meridian.ipvs.reconcile.IpvsSettings;
import io.meridian.ipvs.reconcile.IpvsStatus;
import io.meridian.ipvs.reconcile.IpvsWriter;
import io.meridian.ipvs.reconcile.NamespaceStatus;
import io.meridian.ipvs.reconcile.NamespaceWriters;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The agent's part of a node: feed clients, DNS front end and IPVS writer. Serves from the images
 * on disk without a master or a database.
 */
final class AgentPart implements DataPlane, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentPart.class);
    private static final Duration DISK = Duration.ofSeconds(30);
    private static final Duration ASK = Duration.ofSeconds(5);
    private static final long NEVER = Long.MIN_VALUE;

    /** Directory of the image files, below the state directory. */
    static final String IMAGES = "images";

    /**
     * Timeout of a plan: longer than a reconcile round of a large table and the dump of the
     * kernel's tables after it.
     */
    private static final Duration PLAN = Duration.ofSeconds(30);

    private final NodeConfig config;
    private final ActorSystem<?> local;
    private final DnsFrontend dns;
    private final ActorRef<IpvsWriter.Command> ipvs;
    private final Behavior<FeedClient.Command> zoneClient;
    private final Behavior<FeedClient.Command> vipClient;
    private final Optional<ActorRef<NamespaceWriters.Command>> namespaces;
    private final CurrentImage<ZoneRow, ZoneImage> zones = new CurrentImage<>(TableType.ZONE);
    private final CurrentImage<VipRow, VipImage> vips = new CurrentImage<>(TableType.VIP);
    private volatile long heardAt = NEVER; // System.nanoTime()
    private volatile Optional<IpvsStatus> ipvsStatus = Optional.empty();
    private volatile List<NamespaceStatus> namespaceStatuses = List.of();
    private volatile Supplier<Set<IpAddress>> members = Set::of;
    private final Machines machines;

    /** Guards {@link #judged} and {@link #told}. */
    private final Object judgement = new Object();

    private Reachability judged = Reachability.ALL;
    private Reachability told = Reachability.ALL;

    /**
     * @param local actor system that outlives every membership of the cluster
     */
    AgentPart(NodeConfig config, ActorSystem<?> local) {
        this.config = config;
        this.local = local;
        this.machines = Machines.of(config.node(), config.dns());
        this.dns = DnsFrontend.prepare(config.dns());
        this.ipvs =
                local.systemActorOf(
                        IpvsWriter.create(config.ipvs(), node()), "ipvs-writer", Props.empty());
        ipvs.tell(
                new IpvsWriter.Subscribe(
                        local.systemActorOf(following(), "ipvs-follower", Props.empty())));
        this.zoneClient =
                client(
                        zones,
                        List.of(
                                this.<ZoneRow, ZoneImage>judging(
                                        image -> judge(vips.image(), image)),
                                dns.zonePublisher()));
        this.namespaces =
                NamespaceWriters.create(config.ipvs(), node())
                        .map(
                                writers ->
                                        local.systemActorOf(
                                                writers, "ipvs-namespaces", Props.empty()));
        List<Publisher<VipRow, VipImage>> publishers = new ArrayList<>();
        publishers.add(judging(image -> judge(image, zones.image())));
        publishers.add(DataPlaneUpdate.publisher("ipvs", ipvs));
        namespaces
                .map(writers -> DataPlaneUpdate.publisher("ipvs-namespaces", writers))
                .ifPresent(publishers::add);
        publishers.add(dns.vipPublisher());
        this.vipClient = client(vips, publishers);
    }

    private Behavior<IpvsWriter.StatusUpdate> following() {
        return Behaviors.receiveMessage(
                update -> {
                    ipvsStatus = Optional.of(update.status());
                    return Behaviors.same();
                });
    }

    /**
     * Starts feed clients in that actor system; they continue from the current images. The actor
     * system of the previous call must have ended.
     */
    void follow(ActorSystem<?> system) {
        members = () -> Machines.members(system);
        system.systemActorOf(zoneClient, "feed-client-zone", Props.empty());
        system.systemActorOf(vipClient, "feed-client-vip", Props.empty());
        system.systemActorOf(
                NodeReporter.create(config.feed(), this::report, () -> heardAt = System.nanoTime()),
                "node-reporter",
                Props.empty());
    }

    /**
     * Whether a master has taken this node's report within that time; a master does so before it
     * has tables to serve.
     */
    boolean heardWithin(Duration limit) {
        long last = heardAt;
        return last != NEVER && System.nanoTime() - last <= limit.toNanos();
    }

    /**
     * Starts the DNS listeners, at the latest after {@code DISK} even if the images on disk are not
     * read.
     *
     * @throws OperatorException if a DNS address cannot be bound
     */
    void listen() {
        awaitDisk();
        refreshNamespaces();
        try {
            dns.listen();
        } catch (UncheckedIOException refused) {
            throw new OperatorException(
                    refused.getMessage() + "; " + BindAdvice.of(refused.getMessage()), refused);
        }
    }

    /**
     * Waits for the images on disk, because SERVFAIL for a name that the disk holds would be false.
     */
    private void awaitDisk() {
        try {
            zones.started()
                    .thenCombine(vips.started(), (_, _) -> true)
                    .toCompletableFuture()
                    .get(DISK.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn(
                    "cannot read the images on disk: seconds={}: {}; DNS listens without them",
                    DISK.toSeconds(),
                    e.toString());
        }
    }

    private <R extends Row, I extends Image<R, I>> Behavior<FeedClient.Command> client(
            CurrentImage<R, I> view, List<Publisher<R, I>> publishers) {
        FeedClient.Node<R, I> node =
                new FeedClient.Node<>(
                        config.node().id(),
                        publishers,
                        view,
                        new ImageFile<>(
                                view.type(), config.node().stateDirectory().resolve(IMAGES)),
                        SteadyClock.INSTANCE);
        return FeedClient.create(config.feed(), node);
    }

    /** Sets which agents the cluster considers unreachable; replaces the last value. */
    void judge(Reachability reachability) {
        synchronized (judgement) {
            judged = reachability;
            judge(vips.image(), zones.image());
        }
    }

    /** Tells the writers what this node knows of other machines, if that has changed. */
    private void judge(VipImage vips, ZoneImage zones) {
        synchronized (judgement) {
            Reachability now =
                    judged.with(machines.among(vips, zones, members, Machines::ofInterfaces));
            if (!now.equals(told)) {
                told = now;
                ipvs.tell(new DataPlaneUpdate.UpdateReachability(now));
                namespaces.ifPresent(all -> all.tell(new DataPlaneUpdate.UpdateReachability(now)));
            }
        }
    }

    /** Judges before the writers get an image, so that no VIP takes a machine's traffic. */
    private <R extends Row, I extends Image<R, I>> Publisher<R, I> judging(Consumer<I> judge) {
        return new Publisher<>() {
            @Override
            public String name() {
                return "machines";
            }

            @Override
            public void onUpdate(List<Change<R>> changes, I image, Provenance provenance) {
                judge.accept(image);
            }
        };
    }

    CurrentImage<ZoneRow, ZoneImage> zones() {
        return zones;
    }

    CurrentImage<VipRow, VipImage> vips() {
        return vips;
    }

    /** Why images cannot be written to disk, one sentence each. */
    List<String> imageFaults() {
        return Stream.of(zones.diskFault(), vips.diskFault()).flatMap(Optional::stream).toList();
    }

    DnsFrontend dns() {
        return dns;
    }

    @Override
    public Optional<IpvsStatus> status() {
        return ipvsStatus;
    }

    @Override
    public NodeView node() {
        return NodeView.at(config.node().address());
    }

    @Override
    public IpvsSettings settings() {
        return config.ipvs();
    }

    @Override
    public CompletionStage<Proposal> plan() {
        return AskPattern.ask(ipvs, IpvsWriter.GetPlan::new, PLAN, local.scheduler());
    }

    @Override
    public List<NamespaceStatus> namespaces() {
        return namespaceStatuses;
    }

    private NodeStatus report() {
        judge(vips.image(), zones.image()); // members join without a change of a table
        refreshNamespaces();
        return nodeStatus();
    }

    /** This node's report to the masters. */
    NodeStatus nodeStatus() {
        Instant now = SteadyClock.INSTANCE.instant();
        Duration tolerance = config.feed().server().longPollTimeout().multipliedBy(2);
        double lag = Math.max(zones.lagSeconds(now, tolerance), vips.lagSeconds(now, tolerance));
        return new NodeStatus(
                config.node().id(),
                ProgramVersion.text(),
                config.node().address().toString(),
                config.node().roles().stream().map(role -> role.label()).sorted().toList(),
                dns.status().zoneRevision(),
                ipvsStatus.map(IpvsStatus::appliedRevision).orElse(0L),
                lag,
                ipvsStatus.map(this::dataplane).orElse(NodeStatus.Dataplane.NONE));
    }

    private NodeStatus.Dataplane dataplane(IpvsStatus status) {
        List<NamespaceStatus> failing =
                namespaceStatuses.stream().filter(NamespaceStatus::isFailing).toList();
        String detail =
                Stream.of(
                                Stream.of(status.unavailable(), status.lastRound().fault()),
                                status.failures().stream().map(Object::toString),
                                failing.stream().map(NamespaceStatus::toString),
                                status.warnings().stream())
                        .flatMap(all -> all)
                        .filter(text -> !text.isEmpty())
                        .findFirst()
                        .orElse("");
        return new NodeStatus.Dataplane(
                status.kind(),
                status.table().virtualServers(),
                status.table().realServers(),
                status.totals().operations(),
                status.failures().size() + failing.size(),
                status.totals().driftRepaired(),
                detail);
    }

    private void refreshNamespaces() {
        namespaces.ifPresent(
                writers ->
                        AskPattern.ask(
                                        writers,
                                        NamespaceWriters.GetStatus::new,
                                        ASK,
                                        local.scheduler())
                                .thenAccept(
                                        statuses -> {
                                            namespaceStatuses = statuses;
                                        }));
    }

    /** Stops DNS and the writers; the kernel's tables stay. */
    @Override
    public void close() {
        dns.close();
    }
}
