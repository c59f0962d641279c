package io.meridian.feed;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.node.FeedClient;
import io.meridian.feed.node.ImageFile;
import io.meridian.feed.node.NodeReporter;
import io.meridian.feed.node.RecordingPublisher;
import io.meridian.feed.wire.NodeStatus;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A cluster over TCP on this machine; each master and the node has its own actor system. */
class ClusterFeedTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<ActorTestKit> systems = new ArrayList<>();
    private final RecordingPublisher<ZoneRow, ZoneImage> publisher =
            new RecordingPublisher<>(TableType.ZONE);
    private final TestNodes.Master tables = new TestNodes.Master();
    private final FeedSettings settings =
            TestNodes.settings("meridian.feed.server.part-size = 128 KiB");

    @TempDir Path directory;

    @AfterEach
    void stop() {
        systems.reversed().forEach(ActorTestKit::shutdownTestKit);
    }

    @Test
    void aNodeFollowsAMasterOfAnotherHostAcrossItsRestart() {
        ActorTestKit first = join("master");
        ActorTestKit agent = join("agent");
        ActorRef<FeedServer.Command> server = first.spawn(tables.server(settings));
        spawnClient(agent);
        tables.zoneStore.commit(Delta.all(Rows.zones(0, 100)));
        await(() -> publisher.revision() == 1);
        tables.zoneStore.commit(List.of(Change.remove(Rows.zone(5))));
        await(() -> publisher.revision() == 2);

        first.stop(server, PATIENCE);
        tables.zoneStore.commit(List.of(Change.add(Rows.zone(5))));
        first.spawn(tables.server(settings));
        await(() -> publisher.revision() == 3);
        publisher.assertExact();
        assertThat(publisher.obeyed().rows()).isEqualTo(Rows.zones(0, 100));
    }

    @Test
    void aNodeSwitchesToAnotherMasterWhenItsOwnEnds() {
        ActorTestKit first = join("master");
        ActorTestKit agent = join("agent");
        first.spawn(tables.server(settings));
        spawnClient(agent);
        tables.zoneStore.commit(Delta.all(Rows.zones(0, 10)));
        await(() -> publisher.revision() == 1);

        ActorTestKit second = join("master");
        TestNodes.Master other = new TestNodes.Master(tables.zoneStore, tables.vipStore);
        second.spawn(other.server(settings));
        await(() -> other.zones.revision() == 1);
        first.shutdownTestKit();
        systems.remove(first);
        tables.zoneStore.commit(Delta.all(Rows.zones(10, 20)));
        await(() -> publisher.revision() == 2);
        publisher.assertExact();
        assertThat(publisher.obeyed().rows()).isEqualTo(Rows.zones(0, 20));
    }

    @Test
    void fiftyThousandRowsCrossTheNetworkInParts() {
        ActorTestKit first = join("master");
        ActorTestKit agent = join("agent");
        tables.zoneStore.commit(Delta.all(Rows.zones(0, 50_000)));
        first.spawn(tables.server(settings));
        spawnClient(agent);
        await(() -> publisher.revision() == 1);
        publisher.assertExact();
        assertThat(publisher.obeyed().rows()).isEqualTo(Rows.zones(0, 50_000));
        assertThat(publisher.calls()).hasSize(1);
        tables.zoneStore.commit(List.of(Change.remove(Rows.zone(49_999))));
        await(() -> publisher.revision() == 2);
        assertThat(publisher.calls().getLast().origin()).isEqualTo(Provenance.Origin.CHANGES);
    }

    @Test
    void everyMasterKnowsEveryNode() {
        ActorTestKit first = join("master");
        ActorTestKit second = join("master");
        ActorRef<FeedServer.Command> one = first.spawn(tables.server(settings));
        ActorRef<FeedServer.Command> other =
                second.spawn(
                        new TestNodes.Master(tables.zoneStore, tables.vipStore).server(settings));
        for (ActorTestKit system : List.of(first, second)) {
            NodeStatus status =
                    new NodeStatus(
                            "n" + systems.indexOf(system),
                            "127.0.0.1",
                            List.of("master"),
                            1,
                            1,
                            0,
                            NodeStatus.Dataplane.NONE);
            system.spawn(NodeReporter.create(settings, () -> status));
        }
        TestProbe<FeedServer.Nodes> nodes = first.createTestProbe();
        for (ActorRef<FeedServer.Command> server : List.of(one, other)) {
            await(
                    () -> {
                        server.tell(new FeedServer.GetNodes(nodes.ref()));
                        return nodes.receiveMessage(PATIENCE).nodes().stream()
                                .map(seen -> seen.status().id())
                                .toList()
                                .equals(List.of("n0", "n1"));
                    });
        }
    }

    private ActorTestKit join(String role) {
        Config config =
                ConfigFactory.parseString(
                                "akka.actor.provider = cluster\nakka.cluster.roles = ["
                                        + role
                                        + "]")
                        .withFallback(TestNodes.remoting())
                        .withFallback(ConfigFactory.load());
        ActorTestKit kit = ActorTestKit.create("feed", config);
        systems.add(kit);
        Cluster cluster = Cluster.get(kit.system());
        cluster.manager()
                .tell(Join.create(Cluster.get(systems.getFirst().system()).selfMember().address()));
        await(() -> cluster.selfMember().status().equals(akka.cluster.MemberStatus.up()));
        return kit;
    }

    private void spawnClient(ActorTestKit system) {
        system.spawn(
                FeedClient.create(
                        settings,
                        new FeedClient.Node<>(
                                "n1",
                                List.of(publisher),
                                new CurrentImage<>(TableType.ZONE),
                                new ImageFile<>(TableType.ZONE, directory),
                                Clock.systemUTC())));
    }

    private void await(Supplier<Boolean> condition) {
        TestProbe<Object> probe = systems.getFirst().createTestProbe();
        probe.awaitAssert(
                PATIENCE,
                Duration.ofMillis(20),
                () -> {
                    assertThat(condition.get()).isTrue();
                    return null;
                });
    }
}
