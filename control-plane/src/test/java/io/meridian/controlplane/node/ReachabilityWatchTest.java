package io.meridian.controlplane.node;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.MemberStatus;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.JoinSeedNodes;
import akka.cluster.typed.Leave;

import com.typesafe.config.ConfigFactory;

import io.meridian.domain.net.IpAddress;
import io.meridian.domain.vip.Reachability;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/** A real cluster of four nodes in one process, each at its own loopback address. */
class ReachabilityWatchTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LONG = Duration.ofHours(1);

    private final List<ActorSystem<Void>> nodes = new ArrayList<>();
    private final BlockingQueue<Reachability> told = new LinkedBlockingQueue<>();

    @AfterEach
    void stop() throws Exception {
        for (ActorSystem<Void> node : nodes) {
            terminate(node);
        }
    }

    @Test
    void aSilentNodeIsUnreachableUntilItRejoins() throws Exception {
        ActorSystem<Void> watching = cluster(LONG);
        ActorSystem<Void> last = nodes.getLast();
        int port = Cluster.get(last).selfMember().address().getPort().orElseThrow();

        terminate(last);

        assertThat(next()).isEqualTo(lost("127.0.0.5"));
        awaitMembers(watching, 3); // the cluster has downed it
        assertThat(told).as("it stays unreachable").isEmpty();
        nodes.add(join(node("127.0.0.5", port), watching));
        assertThat(next()).isEqualTo(Reachability.ALL);
    }

    @Test
    void aDownedNodeIsForgottenAfterForgetAfter() throws Exception {
        ActorSystem<Void> watching = cluster(Duration.ofSeconds(1));

        terminate(nodes.getLast());

        assertThat(next()).isEqualTo(lost("127.0.0.5"));
        assertThat(next()).isEqualTo(Reachability.ALL);
        awaitMembers(watching, 3);
    }

    @Test
    void aNodeThatLeavesIsNotReportedUnreachable() throws Exception {
        ActorSystem<Void> watching = cluster(LONG);
        Cluster last = Cluster.get(nodes.getLast());

        last.manager().tell(Leave.create(last.selfMember().address()));
        awaitMembers(watching, 3);
        terminate(nodes.get(2));

        assertThat(next())
                .as("unreachable nodes without the one that left")
                .isEqualTo(lost("127.0.0.4"));
    }

    @Test
    void aNodeThatSeesMostOthersUnreachableReportsNone() throws Exception {
        cluster(LONG);

        terminate(nodes.get(2));
        terminate(nodes.get(3));
        Reachability first = next();

        // reports one node or none: both at once are most of the others
        assertThat(first.lost()).hasSize(1);
        assertThat(next()).isEqualTo(Reachability.ALL);
    }

    private Reachability next() throws InterruptedException {
        Reachability next = told.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(next).as("told within " + PATIENCE).isNotNull();
        return next;
    }

    private static Reachability lost(String address) {
        return new Reachability(new TreeSet<>(List.of(IpAddress.literal(address))));
    }

    /** Starts four nodes of one cluster; the first one watches the others. */
    private ActorSystem<Void> cluster(Duration forgetAfter) throws Exception {
        ActorSystem<Void> first = node("127.0.0.2", 0);
        nodes.add(first);
        Cluster.get(first).manager().tell(Join.create(Cluster.get(first).selfMember().address()));
        first.systemActorOf(
                ReachabilityWatch.create(forgetAfter, told::add),
                "watch",
                akka.actor.typed.Props.empty());
        for (String address : List.of("127.0.0.3", "127.0.0.4", "127.0.0.5")) {
            nodes.add(join(node(address, 0), first));
        }
        for (ActorSystem<Void> node : nodes) {
            awaitMembers(node, 4);
        }
        return first;
    }

    private static ActorSystem<Void> join(ActorSystem<Void> node, ActorSystem<Void> seed) {
        Cluster.get(node)
                .manager()
                .tell(new JoinSeedNodes(List.of(Cluster.get(seed).selfMember().address())));
        return node;
    }

    private static ActorSystem<Void> node(String address, int port) throws Exception {
        return ActorSystem.create(
                Behaviors.empty(),
                "meridian",
                ConfigFactory.parseString(
                                """
                                akka.remote.artery.canonical { hostname = "%s", port = %d }
                                akka.coordinated-shutdown.run-by-actor-system-terminate = off
                                akka.cluster.roles = [master, agent]
                                akka.cluster.failure-detector { heartbeat-interval = 200 ms, acceptable-heartbeat-pause = 2 s }
                                akka.cluster.split-brain-resolver.stable-after = 2 s
                                """
                                        .formatted(address, port == 0 ? freePort(address) : port))
                        .withFallback(
                                ConfigFactory.parseResources(ReachabilityWatch.class, "akka.conf"))
                        .withFallback(ConfigFactory.load()));
    }

    private static int freePort(String address) throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            return socket.getLocalPort();
        }
    }

    /** Stops a node's heartbeats without leaving, like a killed process. */
    private static void terminate(ActorSystem<Void> node) throws Exception {
        node.terminate();
        node.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static void awaitMembers(ActorSystem<Void> node, int count) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (upMembers(node) != count) {
            assertThat(System.nanoTime()).as("time for %d members", count).isLessThan(deadline);
            Thread.sleep(50);
        }
    }

    private static long upMembers(ActorSystem<Void> node) {
        return StreamSupport.stream(Cluster.get(node).state().getMembers().spliterator(), false)
                .filter(member -> member.status().equals(MemberStatus.up()))
                .count();
    }
}
