package io.meridian.controlplane.node;

import akka.Done;
import akka.actor.Address;
import akka.actor.AddressFromURIString;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.JoinSeedNodes;
import akka.http.javadsl.Http;

import com.typesafe.config.Config;

import io.meridian.controlplane.artery.FrameGuard;
import io.meridian.controlplane.config.ClusterSettings;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * This node's membership of the cluster: an actor system that joins. A new actor system replaces it
 * when the cluster has downed this node, or when this node cannot join or hears no master. Images,
 * DNS and IPVS run outside of it and go on meanwhile.
 */
final class Membership implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);
    private static final String NAME = "meridian";
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration STOP = Duration.ofSeconds(20);
    private static final Set<MemberStatus> JOINED =
            Set.of(
                    MemberStatus.up(),
                    MemberStatus.weaklyUp(),
                    MemberStatus.leaving(),
                    MemberStatus.exiting());

    private final ClusterSettings settings;
    private final Config akka;
    private final Function<ActorSystem<?>, Optional<MasterPart>> parts;
    private final BooleanSupplier hearsMasters;
    private final RejoinTimeout rejoinTimeout;
    private final Thread watcher;
    private volatile Life life;
    private int attempt;

    /** One actor system and what runs in it. */
    private record Life(ActorSystem<Void> system, Optional<MasterPart> master) {}

    private Membership(
            ClusterSettings settings,
            Config akka,
            Function<ActorSystem<?>, Optional<MasterPart>> parts,
            BooleanSupplier hearsMasters) {
        this.settings = settings;
        this.akka = akka;
        this.parts = parts;
        this.hearsMasters = hearsMasters;
        this.rejoinTimeout = new RejoinTimeout(settings.rejoinAfter());
        this.life = begin();
        this.watcher = Thread.ofVirtual().name("membership").unstarted(this::watch);
    }

    /**
     * @param akka all settings of the actor system
     * @param parts starts what runs in it, each time
     * @param hearsMasters whether masters have answered lately; true on a master
     */
    static Membership start(
            ClusterSettings settings,
            Config akka,
            Function<ActorSystem<?>, Optional<MasterPart>> parts,
            BooleanSupplier hearsMasters) {
        FrameGuard.requireInstalled();
        Membership membership = new Membership(settings, akka, parts, hearsMasters);
        membership.watcher.start();
        return membership;
    }

    /** The master's half as it runs now; empty on an agent. */
    Optional<MasterPart> master() {
        return life.master();
    }

    /** Where others reach this node. */
    Address address() {
        return Cluster.get(life.system()).selfMember().address();
    }

    private Life begin() {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), NAME, akka);
        try {
            Optional<MasterPart> master = parts.apply(system);
            closeConnectionsBeforeTheEnd(system);
            join(system);
            return new Life(system, master);
        } catch (RuntimeException failed) {
            system.terminate();
            throw failed;
        }
    }

    /** Connections that are still open when the system has ended are reported as an error. */
    private static void closeConnectionsBeforeTheEnd(ActorSystem<?> system) {
        CoordinatedShutdown.get(system)
                .addTask(
                        CoordinatedShutdown.PhaseBeforeActorSystemTerminate(),
                        "close-http-connections",
                        () ->
                                Http.get(system)
                                        .shutdownAllConnectionPools()
                                        .thenApply(_ -> Done.getInstance()));
    }

    private void join(ActorSystem<?> system) {
        Cluster cluster = Cluster.get(system);
        Address self = cluster.selfMember().address();
        if (settings.seeds().isEmpty()) {
            cluster.manager().tell(Join.create(self));
            return;
        }
        String own = self.getHost().orElse("") + ":" + self.getPort().orElse(0);
        cluster.manager()
                .tell(
                        new JoinSeedNodes(
                                SeedOrder.of(
                                                settings.seeds(),
                                                own,
                                                attempt,
                                                Membership::takesConnections,
                                                ThreadLocalRandom.current().nextBoolean())
                                        .stream()
                                        .map(
                                                seed ->
                                                        AddressFromURIString.parse(
                                                                "akka://" + NAME + "@" + seed))
                                        .toList()));
    }

    private static boolean takesConnections(String seed) {
        int colon = seed.lastIndexOf(':');
        String host = seed.substring(0, colon).replaceAll("^\\[|\\]$", "");
        int port = Integer.parseInt(seed.substring(colon + 1));
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) TICK.toMillis());
            return true;
        } catch (IOException absent) {
            LOG.debug("seed {} takes no connection: {}", seed, absent.toString());
            return false;
        }
    }

    private void watch() {
        try {
            while (true) {
                String why = awaitLoss(life.system());
                LOG.warn(
                        "membership ended: {}; the node goes on serving and rejoins the cluster",
                        why);
                end(life);
                attempt++;
                life = beginAgain();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Returns when this membership has come to its end.
     *
     * @return why
     */
    private String awaitLoss(ActorSystem<?> system) throws InterruptedException {
        Cluster cluster = Cluster.get(system);
        Duration limit = rejoinTimeout.after(attempt, ThreadLocalRandom.current().nextDouble());
        long useful = System.nanoTime();
        while (true) {
            if (endsWithin(system.getWhenTerminated(), TICK)) {
                return "the other masters have downed this node";
            }
            boolean joined = JOINED.contains(cluster.selfMember().status());
            if (joined && hearsMasters.getAsBoolean()) {
                useful = System.nanoTime();
                attempt = 0;
            } else if (System.nanoTime() - useful > limit.toNanos()) {
                return (joined ? "no master has answered for " : "no cluster could be joined for ")
                        + limit.toSeconds()
                        + " s";
            }
        }
    }

    /** Retries until an actor system starts; the old one's port may not be free yet. */
    private Life beginAgain() throws InterruptedException {
        while (true) {
            try {
                return begin();
            } catch (RuntimeException failed) {
                LOG.error("cannot start the cluster's actor system; the node tries again", failed);
                Thread.sleep(rejoinTimeout.after(0, ThreadLocalRandom.current().nextDouble()));
            }
        }
    }

    /** Leaves in the cluster's own order, if it can. */
    private static void end(Life life) throws InterruptedException {
        life.master().ifPresent(MasterPart::close);
        ActorSystem<?> system = life.system();
        CompletionStage<?> left =
                CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.jvmExitReason());
        if (!endsWithin(left, STOP)) {
            LOG.warn("the actor system did not stop in {} s", STOP.toSeconds());
            system.terminate();
            endsWithin(system.getWhenTerminated(), STOP);
        }
    }

    private static boolean endsWithin(CompletionStage<?> stage, Duration limit)
            throws InterruptedException {
        try {
            stage.toCompletableFuture().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException notYet) {
            return false;
        } catch (ExecutionException failed) {
            LOG.warn("the actor system did not stop cleanly: {}", failed.getCause().toString());
            return true;
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
        try {
            watcher.join();
            end(life);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
