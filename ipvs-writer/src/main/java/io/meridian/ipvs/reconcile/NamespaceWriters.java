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

import io.meridian.domain.table.Change;
import io.meridian.domain.time.SteadyClock;
import io.meridian.domain.vip.Reachability;
import io.meridian.domain.vip.VipImage;
import io.meridian.domain.vip.VipRow;
import io.meridian.feed.Provenance;
import io.meridian.feed.node.Publisher;
import io.meridian.ipvs.NodeView;
import io.meridian.ipvs.reconcile.ContainerNamespaces.Entry;
import io.meridian.netlink.NetworkNamespace.Identity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Keeps VIPs in the network namespaces of containers: an {@link IpvsWriter} for each that a CNI
 * plugin lists. Whoever comes late gets the newest image, all of it; whoever goes is left as it is
 * and let go, so that the kernel can drop the namespace.
 *
 * <p>The plugin writes its file before it creates the interface that VIPs are routed on. Until that
 * is there, the namespace waits, and is tried again soon.
 */
public final class NamespaceWriters extends AbstractBehavior<NamespaceWriters.Command> {
    private static final Duration RELIST = Duration.ofSeconds(5);
    private static final Duration SOON = Duration.ofMillis(250);

    /** What it can be told. */
    public sealed interface Command {}

    /**
     * The VIP table as of a revision; replaces every image before.
     *
     * @param tentative as for {@link IpvsWriter.Show}
     */
    public record Show(VipImage image, long revision, boolean tentative) implements Command {
        Show(VipImage image, long revision) {
            this(image, revision, false);
        }
    }

    /** Which agents are lost, from now on; see {@link IpvsWriter.Judge}. */
    public record Judge(Reachability reachability) implements Command {}

    /** Asks how each namespace stands, as of its newest round; always answered. */
    public record GetStatus(ActorRef<List<NamespaceStatus>> replyTo) implements Command {}

    /** Something in the directory may have changed. */
    private record Look() implements Command {}

    private record Looked(Survey survey) implements Command {}

    private record LookFailed(Throwable cause) implements Command {}

    private record Heard(IpvsWriter.Told told) implements Command {}

    /**
     * What a look at the directory has found.
     *
     * @param found all that should be programmed
     * @param opened those of them that were not yet, and now can be
     * @param waiting why others can't
     */
    private record Survey(
            Map<String, Entry.Found> found,
            Map<String, Kernel> opened,
            SortedMap<String, String> waiting) {}

    private record Member(Identity identity, ActorRef<IpvsWriter.Command> writer) {}

    /** How a namespace's kernel is got at. */
    interface Opener {
        /**
         * @param namespace a file that stands for it
         * @throws IOException if it can't be programmed yet; worth another try
         */
        Kernel open(Path namespace) throws IOException;
    }

    private final IpvsSettings settings;
    private final Path directory;
    private final Opener opener;
    private NodeView node;
    private final TimerScheduler<Command> timers;
    private final DirectoryWatch watch;
    private final ExecutorService lookout =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("cni-lookout").factory());

    private final SortedMap<String, Member> members = new TreeMap<>();
    private final Map<ActorRef<IpvsWriter.Command>, IpvsStatus> statuses = new HashMap<>();
    private final ActorRef<IpvsWriter.Told> ears;
    private SortedMap<String, String> waiting = new TreeMap<>();
    private Optional<Show> newest = Optional.empty();
    private Duration retry = SOON;
    private boolean looking;
    private boolean lookAgain;
    private String fault = "";
    private long spawned;

    private NamespaceWriters(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            IpvsSettings settings,
            Path directory,
            Opener opener,
            NodeView node) {
        super(context);
        this.settings = settings;
        this.directory = directory;
        this.opener = opener;
        this.ears = context.messageAdapter(IpvsWriter.Told.class, Heard::new);
        this.node = node;
        this.timers = timers;
        ActorRef<Command> self = context.getSelf();
        this.watch = DirectoryWatch.start(directory, () -> self.tell(new Look()));
        self.tell(new Look());
    }

    /** Empty where the settings ask for none. */
    public static Optional<Behavior<Command>> create(IpvsSettings settings, NodeView node) {
        return settings.cniDirectory()
                .filter(_ -> settings.kind() == IpvsSettings.Kind.IPVS)
                .map(directory -> create(settings, directory, node));
    }

    /**
     * @param directory where the CNI plugin writes; need not exist yet
     */
    static Behavior<Command> create(IpvsSettings settings, Path directory, NodeView node) {
        return create(settings, directory, path -> Kernel.openIn(path, settings), node);
    }

    static Behavior<Command> create(
            IpvsSettings settings, Path directory, Opener opener, NodeView node) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers ->
                                        new NamespaceWriters(
                                                context, timers, settings, directory, opener,
                                                node)));
    }

    /** Hands every image of a feed to all namespaces. */
    public static Publisher<VipRow, VipImage> publisher(ActorRef<Command> writers) {
        return new Publisher<>() {
            @Override
            public String name() {
                return "ipvs-namespaces";
            }

            @Override
            public void onUpdate(
                    List<Change<VipRow>> changes, VipImage image, Provenance provenance) {
                boolean tentative = provenance.origin() == Provenance.Origin.DISK;
                writers.tell(new Show(image, provenance.revision(), tentative));
            }
        };
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
            case Show show -> {
                newest = Optional.of(show);
                members.values().forEach(member -> tell(member, show));
            }
            case Judge judge -> {
                node = node.judging(judge.reachability());
                members.values()
                        .forEach(
                                member ->
                                        member.writer()
                                                .tell(new IpvsWriter.Judge(judge.reachability())));
            }
            case GetStatus get -> reply(get);
            case Look _ -> look();
            case Looked looked -> onLooked(looked.survey());
            case LookFailed failed -> onLookFailed(failed.cause());
            case Heard heard -> // of those that are members still
                    statuses.computeIfPresent(
                            heard.told().writer(), (_, _) -> heard.told().status());
        }
        return this;
    }

    private static void tell(Member member, Show show) {
        member.writer().tell(new IpvsWriter.Show(show.image(), show.revision(), show.tentative()));
    }

    private void look() {
        if (looking) {
            lookAgain = true;
            return;
        }
        looking = true;
        lookAgain = false;
        Map<String, Identity> open = new HashMap<>();
        members.forEach((container, member) -> open.put(container, member.identity()));
        getContext()
                .pipeToSelf(
                        CompletableFuture.supplyAsync(() -> survey(open), lookout),
                        (survey, failure) ->
                                failure == null ? new Looked(survey) : new LookFailed(failure));
    }

    private Survey survey(Map<String, Identity> open) {
        Map<String, Entry.Found> found = new HashMap<>();
        Map<String, Kernel> opened = new HashMap<>();
        SortedMap<String, String> notYet = new TreeMap<>();
        try {
            ContainerNamespaces.list(directory)
                    .forEach(
                            (container, entry) -> {
                                switch (entry) {
                                    case Entry.Found here -> found.put(container, here);
                                    case Entry.Unusable not -> notYet.put(container, not.reason());
                                    case Entry.Shared _ -> {}
                                }
                            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        found.forEach(
                (container, here) -> {
                    if (!here.identity().equals(open.get(container))) {
                        try {
                            opened.put(container, opener.open(here.path()));
                        } catch (IOException e) {
                            notYet.put(container, e.getMessage());
                        }
                    }
                });
        return new Survey(found, opened, notYet);
    }

    private void onLooked(Survey survey) {
        looking = false;
        fault = "";
        Set<String> gone = new HashSet<>();
        members.forEach(
                (container, member) -> {
                    Entry.Found now = survey.found().get(container);
                    if (now == null || !now.identity().equals(member.identity())) {
                        gone.add(container);
                    }
                });
        gone.forEach(this::leave);
        survey.opened()
                .forEach(
                        (container, kernel) ->
                                join(container, survey.found().get(container), kernel));
        survey.waiting()
                .forEach(
                        (container, reason) -> {
                            if (!reason.equals(waiting.get(container))) {
                                getContext()
                                        .getLog()
                                        .info(
                                                "container {} has no VIPs of its own yet: {}; will"
                                                        + " look again",
                                                container,
                                                reason);
                            }
                        });
        retry = survey.waiting().keySet().equals(waiting.keySet()) ? twice(retry) : SOON;
        waiting = survey.waiting();
        lookLater();
    }

    private void onLookFailed(Throwable thrown) {
        looking = false;
        Throwable cause = Cause.of(thrown);
        if (!cause.toString().equals(fault)) {
            fault = cause.toString();
            getContext()
                    .getLog()
                    .warn(
                            "cannot list {}: {}; containers that come or go are not noticed; will"
                                    + " look again",
                            directory,
                            fault);
        }
        lookLater();
    }

    private void lookLater() {
        if (lookAgain) {
            look();
        } else {
            timers.startSingleTimer(new Look(), waiting.isEmpty() ? RELIST : retry);
        }
    }

    private static Duration twice(Duration duration) {
        Duration twice = duration.multipliedBy(2);
        return twice.compareTo(RELIST) > 0 ? RELIST : twice;
    }

    private void join(String container, Entry.Found found, Kernel kernel) {
        Behavior<IpvsWriter.Command> behavior =
                IpvsWriter.create(settings, Access.of(kernel), node, SteadyClock.INSTANCE);
        Member member =
                new Member(
                        found.identity(),
                        // Container ids are not all fit for names of actors.
                        getContext().spawn(behavior, "container-" + ++spawned));
        getContext().watch(member.writer());
        members.put(container, member);
        statuses.put(member.writer(), IpvsStatus.initial(settings.kind().label()));
        member.writer().tell(new IpvsWriter.Follow(ears));
        getContext()
                .getLog()
                .info(
                        "VIPs are kept in a network namespace: container={} path={}"
                                + " writer=container-{}",
                        container,
                        found.path(),
                        spawned);
        newest.ifPresent(show -> tell(member, show));
    }

    private void leave(String container) {
        Member member = members.remove(container);
        statuses.remove(member.writer());
        getContext().stop(member.writer());
        getContext()
                .getLog()
                .info("VIPs are no longer kept in a network namespace: container={}", container);
    }

    /** One that ended by itself is opened anew by the next look. */
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
        lookout.shutdown();
        return this;
    }
}
