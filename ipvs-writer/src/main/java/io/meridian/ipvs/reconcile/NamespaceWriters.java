package io.meridian.ipvs.reconcile;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;

import io.meridian.domain.time.Backoff;
import io.meridian.domain.time.SteadyClock;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.reconcile.ContainerNamespaces.Entry;
import io.meridian.netlink.NetworkNamespace.Identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Runs an {@link IpvsWriter} for each container's network namespace that a CNI plugin lists. A new
 * container's writer starts with the newest image. When a container goes, its writer stops and the
 * namespace keeps its table; closing the sockets lets the kernel drop the namespace.
 *
 * <p>The plugin writes its file before it creates the interface for the VIP routes. Until the
 * interface exists the container waits, and the next scan comes soon.
 */
public final class NamespaceWriters extends AbstractBehavior<NamespaceWriters.Command> {
    /** Delay of the next scan; grows while the same containers wait. */
    private static final Backoff RESCAN =
            new Backoff(Duration.ofMillis(250), Duration.ofSeconds(5));

    /** Messages to the actor. */
    public sealed interface Command
            permits DataPlaneUpdate, GetStatus, Scan, Scanned, ScanFailed, StatusReceived {}

    /** Requests the status of every container; the actor always replies. */
    public record GetStatus(ActorRef<List<NamespaceStatus>> replyTo) implements Command {}

    /** Requests a scan of the directory. */
    private record Scan() implements Command {}

    private record Scanned(NamespaceScan.Result result) implements Command {}

    private record ScanFailed(Throwable cause) implements Command {}

    private record StatusReceived(IpvsWriter.StatusUpdate update) implements Command {}

    private record Member(Identity identity, ActorRef<IpvsWriter.Command> writer) {}

    private final IpvsSettings settings;
    private final Path directory;
    private final NamespaceScan scan;
    private NodeView node;
    private final TimerScheduler<Command> timers;
    private final DirectoryWatch watch;
    private final ExecutorService scanner =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("cni-scanner").factory());

    private final SortedMap<String, Member> members = new TreeMap<>();
    private final Map<ActorRef<IpvsWriter.Command>, IpvsStatus> statuses = new HashMap<>();
    private final ActorRef<IpvsWriter.StatusUpdate> statusAdapter;
    private SortedMap<String, String> waiting = new TreeMap<>();
    private Optional<DataPlaneUpdate.ApplyImage> newest = Optional.empty();
    private int scansWithoutProgress;
    private boolean scanning;
    private boolean scanAgain;
    private String fault = "";
    private long spawned;

    private NamespaceWriters(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            IpvsSettings settings,
            Path directory,
            NamespaceScan.Opener opener,
            NodeView node) {
        super(context);
        this.settings = settings;
        this.directory = directory;
        this.scan = new NamespaceScan(directory, opener);
        this.statusAdapter =
                context.messageAdapter(IpvsWriter.StatusUpdate.class, StatusReceived::new);
        this.node = node;
        this.timers = timers;
        ActorRef<Command> self = context.getSelf();
        this.watch = DirectoryWatch.start(directory, () -> self.tell(new Scan()));
        self.tell(new Scan());
    }

    /** The actor for this host; empty if the settings name no CNI directory. */
    public static Optional<Behavior<Command>> create(IpvsSettings settings, NodeView node) {
        return settings.cniDirectory()
                .filter(_ -> settings.kind() == IpvsSettings.Kind.IPVS)
                .map(directory -> create(settings, directory, node));
    }

    /**
     * @param directory of the CNI plugin; need not exist yet
     */
    static Behavior<Command> create(IpvsSettings settings, Path directory, NodeView node) {
        return create(settings, directory, path -> Kernel.openIn(path, settings), node);
    }

    static Behavior<Command> create(
            IpvsSettings settings, Path directory, NamespaceScan.Opener opener, NodeView node) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers ->
                                        new NamespaceWriters(
                                                context, timers, settings, directory, opener,
                                                node)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Command.class, this::onCommand)
                .onSignal(Terminated.class, this::onTerminated)
                .onSignal(PostStop.class, _ -> onStop())
                .build();
    }

    private Behavior<Command> onCommand(Command command) {
        switch (command) {
            case DataPlaneUpdate update -> onUpdate(update);
            case GetStatus get -> reply(get);
            case Scan _ -> scan();
            case Scanned scanned -> onScanned(scanned.result());
            case ScanFailed failed -> onScanFailed(failed.cause());
            case StatusReceived received -> // of a writer that may be gone
                    statuses.computeIfPresent(
                            received.update().writer(), (_, _) -> received.update().status());
        }
        return this;
    }

    private void onUpdate(DataPlaneUpdate update) {
        switch (update) {
            case DataPlaneUpdate.ApplyImage image -> newest = Optional.of(image);
            case DataPlaneUpdate.UpdateReachability lost ->
                    node = node.withReachability(lost.reachability());
        }
        members.values().forEach(member -> member.writer().tell(update));
    }

    private void scan() {
        if (scanning) {
            scanAgain = true;
            return;
        }
        scanning = true;
        scanAgain = false;
        Map<String, Identity> written = new HashMap<>();
        members.forEach((container, member) -> written.put(container, member.identity()));
        getContext()
                .pipeToSelf(
                        CompletableFuture.supplyAsync(() -> runScan(written), scanner),
                        (result, failure) ->
                                failure == null ? new Scanned(result) : new ScanFailed(failure));
    }

    private NamespaceScan.Result runScan(Map<String, Identity> written) {
        try {
            return scan.run(written);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void onScanned(NamespaceScan.Result result) {
        scanning = false;
        fault = "";
        List<String> gone = new ArrayList<>();
        members.forEach(
                (container, member) -> {
                    if (!result.has(container, member.identity())) {
                        gone.add(container);
                    }
                });
        gone.forEach(this::leave);
        result.opened()
                .forEach(
                        (container, kernel) ->
                                join(container, result.found().get(container), kernel));
        result.waiting().forEach(this::logWaiting);
        boolean progress = !result.waiting().keySet().equals(waiting.keySet());
        scansWithoutProgress = progress ? 0 : scansWithoutProgress + 1;
        waiting = result.waiting();
        scheduleScan();
    }

    private void logWaiting(String container, String reason) {
        if (!reason.equals(waiting.get(container))) {
            getContext()
                    .getLog()
                    .info(
                            "cannot keep VIPs in a container's namespace yet: container={}: {};"
                                    + " will scan again",
                            container,
                            reason);
        }
    }

    private void onScanFailed(Throwable thrown) {
        scanning = false;
        Throwable cause = RootCause.of(thrown);
        if (!cause.toString().equals(fault)) {
            fault = cause.toString();
            getContext()
                    .getLog()
                    .warn(
                            "cannot list containers: directory={}: {}; will scan again",
                            directory,
                            fault);
        }
        scheduleScan();
    }

    private void scheduleScan() {
        if (scanAgain) {
            scan();
        } else {
            timers.startSingleTimer(
                    new Scan(),
                    waiting.isEmpty() ? RESCAN.max() : RESCAN.bound(scansWithoutProgress + 1));
        }
    }

    private void join(String container, Entry.Found found, Kernel kernel) {
        Behavior<IpvsWriter.Command> behavior =
                IpvsWriter.create(settings, KernelProvider.of(kernel), node, SteadyClock.INSTANCE);
        Member member =
                new Member(
                        found.identity(),
                        // A container id may have characters that an actor name must not have.
                        getContext().spawn(behavior, "container-" + ++spawned));
        getContext().watch(member.writer());
        members.put(container, member);
        statuses.put(member.writer(), IpvsStatus.initial(settings.kind().label()));
        member.writer().tell(new IpvsWriter.Subscribe(statusAdapter));
        getContext()
                .getLog()
                .info(
                        "writer started for a container's namespace: container={} path={}"
                                + " writer=container-{}",
                        container,
                        found.path(),
                        spawned);
        newest.ifPresent(image -> member.writer().tell(image));
    }

    private void leave(String container) {
        Member member = members.remove(container);
        statuses.remove(member.writer());
        getContext().stop(member.writer());
        getContext()
                .getLog()
                .info("writer stopped for a container's namespace: container={}", container);
    }

    /** The next scan opens the namespace of a writer that stopped by itself again. */
    private Behavior<Command> onTerminated(Terminated signal) {
        ActorRef<?> ended = signal.getRef();
        members.values().removeIf(member -> member.writer().equals(ended));
        statuses.keySet().removeIf(writer -> writer.equals(ended));
        return this;
    }

    private void reply(GetStatus get) {
        List<NamespaceStatus> all = new ArrayList<>();
        members.forEach(
                (container, member) ->
                        all.add(
                                new NamespaceStatus(
                                        container,
                                        "",
                                        Optional.of(statuses.get(member.writer())))));
        waiting.forEach(
                (container, reason) ->
                        all.add(new NamespaceStatus(container, reason, Optional.empty())));
        get.replyTo().tell(List.copyOf(all));
    }

    private Behavior<Command> onStop() {
        watch.close();
        scanner.shutdown();
        return this;
    }
}
