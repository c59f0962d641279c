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
import io.meridian.domain.net.IpAddress;

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
    private volatile Incarnation current;
    private int attempt;

    /** One actor system, and the master's part that runs in it. */
    private record Incarnation(ActorSystem<Void> system, Optional<MasterPart> master) {}

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
        this.current = newIncarnation();
        this.watcher = Thread.ofVirtual().name("membership").unstarted(this::watch);
    }

    /**
     * @param akka all settings of the actor system
     * @param parts starts the parts that run in an actor system; called once for each membership
     * @param hearsMasters whether a master has answered lately; always true on a master
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

    /** The master's part of the current membership; empty on an agent. */
    Optional<MasterPart> master() {
        return current.master();
    }

    /** Address at which other nodes reach this node. */
    Address address() {
        return Cluster.get(current.system()).selfMember().address();
    }

    /** The addresses of the cluster's members, as this node sees them now. */
    Set<IpAddress> members() {
        return Machines.members(current.system());
    }

    private Incarnation newIncarnation() {
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), NAME, akka);
        try {
            Optional<MasterPart> master = parts.apply(system);
            closeConnectionsBeforeTheEnd(system);
            join(system);
            return new Incarnation(system, master);
        } catch (RuntimeException failed) {
            system.terminate();
            throw failed;
        }
    }

    /**
     * Closes the cluster connections first, because Akka logs an error for each that is open when
     * the actor system ends.
     */
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
                String why = awaitLoss(current.system());
                LOG.warn(
                        "membership of the cluster ended: {}; the node serves its images and"
                                + " rejoins the cluster",
                        why);
                end(current);
                attempt++;
                current = awaitNewIncarnation();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Blocks until this membership ends.
     *
     * @return the reason, for the log
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

    /**
     * Retries until an actor system starts, because the port of the last one may still be in use.
     */
    private Incarnation awaitNewIncarnation() throws InterruptedException {
        while (true) {
            try {
                return newIncarnation();
            } catch (RuntimeException failed) {
                LOG.error("cannot start the cluster's actor system; the node tries again", failed);
                Thread.sleep(rejoinTimeout.after(0, ThreadLocalRandom.current().nextDouble()));
            }
        }
    }

    /** Leaves the cluster by Akka's coordinated shutdown, within {@code STOP}. */
    private static void end(Incarnation ended) throws InterruptedException {
        ended.master().ifPresent(MasterPart::close);
        ActorSystem<?> system = ended.system();
        CompletionStage<?> left =
                CoordinatedShutdown.get(system).runAll(CoordinatedShutdown.jvmExitReason());
        if (!endsWithin(left, STOP)) {
            LOG.warn(
                    "cannot stop the actor system: seconds={}; the node goes on without it",
                    STOP.toSeconds());
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
            LOG.warn(
                    "cannot stop the actor system cleanly: {}; the node goes on without it",
                    failed.getCause().toString());
            return true;
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
        try {
            watcher.join();
            end(current);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }
}
