package io.meridian.feed;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import akka.cluster.typed.Leave;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;

import io.meridian.domain.table.Change;
import io.meridian.domain.zone.ZoneImage;
import io.meridian.domain.zone.ZoneRow;
import io.meridian.feed.master.FeedServer;
import io.meridian.feed.master.NodeRegistry;
import io.meridian.feed.master.SeenNodes;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;

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
    void everyMasterListsEveryNodeAsItIs() {
        List<ActorTestKit> members = List.of(join("master"), join("master"), join("agent"));
        List<SeenNodes> views = List.of(registry(members.get(0)), registry(members.get(1)));
        List<ActorRef<NodeReporter.Command>> reporters =
                members.stream().map(this::reporter).toList();
        views.forEach(view -> await(() -> states(view).equals("n0 OK, n1 OK, n2 OK")));

        members.get(2).stop(reporters.get(2));
        views.forEach(view -> await(() -> states(view).equals("n0 OK, n1 OK, n2 LOST")));

        ActorTestKit third = join("master");
        SeenNodes late = registry(third);
        reporter(third);
        await(() -> states(late).equals("n0 OK, n1 OK, n2 LOST, n3 OK"));
        views.forEach(view -> await(() -> states(view).equals(states(late))));

        Cluster leaving = Cluster.get(third.system());
        leaving.manager().tell(Leave.create(leaving.selfMember().address()));
        views.forEach(view -> await(() -> states(view).equals("n0 OK, n1 OK, n2 LOST, n3 LEFT")));
    }

    @Test
    void aReporterHearsEveryMasterThatTakesItsReports() {
        ActorTestKit master = join("master");
        AtomicInteger heard = new AtomicInteger();
        master.spawn(NodeReporter.create(settings, () -> status(0), heard::incrementAndGet));
        assertThat(heard).as("there is no registry yet").hasValue(0);

        registry(master);

        await(() -> heard.get() > 0);
    }

    private SeenNodes registry(ActorTestKit master) {
        SeenNodes nodes = new SeenNodes(settings.nodes(), Clock.systemUTC());
        master.spawn(NodeRegistry.create(nodes));
        return nodes;
    }

    private ActorRef<NodeReporter.Command> reporter(ActorTestKit system) {
        NodeStatus status = status(systems.indexOf(system));
        return system.spawn(NodeReporter.create(settings, () -> status, () -> {}));
    }

    private static NodeStatus status(int number) {
        return new NodeStatus(
                "n" + number,
                "1",
                "127.0.0.1",
                List.of("master"),
                1,
                1,
                0,
                NodeStatus.Dataplane.NONE);
    }

    private static String states(SeenNodes view) {
        return view.list().stream()
                .map(node -> node.status().id() + " " + node.state())
                .collect(Collectors.joining(", "));
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
